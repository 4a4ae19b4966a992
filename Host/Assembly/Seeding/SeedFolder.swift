internal import AlmanacKernel
internal import AlmanacSurface
internal import Foundation

/// Reads the CSV files of a folder into memory.
enum SeedFolder {
    /// What one file may have, in bytes; its rows and fields have limits of their own.
    private static let maximumBytes = 64 << 20

    /// Reads a folder.
    ///
    /// - Parameters:
    ///   - path: The folder.
    ///   - known: The names of the files that somebody reads.
    /// - Returns: The files by name.
    /// - Throws: ``AlmanacKernel/Problems`` when there is no such folder or nothing in it to read;
    ///   ``AlmanacSurface/CSVProblems`` when a file in it is nobody's or cannot be read.
    static func read(_ path: String, known: [String]) throws -> ImportFolder {
        let names = try self.names(in: path)
        var problems = CSVProblems()
        var files: [String: [UInt8]] = [:]
        for name in names {
            let file = "\(path)/\(name)"
            guard known.contains(where: { $0.utf8.elementsEqual(name.utf8) }) else {
                let near = Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" }
                let reason = "no plugin reads this file; " + (near ?? self.list(known))
                problems.append(CSVProblem(file: file, line: 1, column: nil, reason: reason))
                continue
            }
            do throws(Unreadable) {
                files[name] = try self.bytes(of: file)
            } catch {
                problems.append(CSVProblem(file: file, line: 1, column: nil, reason: error.reason))
            }
        }
        guard problems.isEmpty else { throw problems }
        guard !files.isEmpty else {
            let message = "there is no CSV file in this folder"
            throw Problems([Problem(place: path, message: message, advice: self.list(known))])
        }
        return ImportFolder(path: path, files: files)
    }

    private static func list(_ known: [String]) -> String {
        "the files that are read are \(known.joined(separator: ", "))"
    }

    private static func names(in path: String) throws(Problems) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Problems([Problem(place: path, message: "there is no such folder")])
        }
        guard isFolder.boolValue else {
            throw Problems([Problem(place: path, message: "is a file", advice: "name the folder that holds it")])
        }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { $0.lowercased().hasSuffix(".csv") && !$0.hasPrefix(".") }.sorted()
        } catch {
            let message = "this folder cannot be read"
            throw Problems([Problem(place: path, message: message, advice: "check its permissions")])
        }
    }

    private struct Unreadable: Error {
        let reason: String
    }

    private static func bytes(of file: String) throws(Unreadable) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue else {
            throw Unreadable(reason: "is not a file")
        }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            // One byte more than allowed tells a file that is too long, without reading what never ends.
            let data = try handle.read(upToCount: self.maximumBytes + 1) ?? Data()
            guard data.count <= self.maximumBytes else {
                throw Unreadable(reason: "is larger than \(self.maximumBytes >> 20) MiB; split it")
            }
            return Array(data)
        } catch let unreadable as Unreadable {
            throw unreadable
        } catch {
            throw Unreadable(reason: "cannot be read: check its permissions")
        }
    }
}
