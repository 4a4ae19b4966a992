internal import Foundation

/// The text of a file that a manifest needs.
enum FileText {
    /// Why a file could not be read, in words that follow its name or stand alone.
    struct Fault: Error, Equatable {
        let message: String
        /// The line and column of the first byte that is no text, each counted from 1.
        var line = 0
        var column = 0
    }

    /// Reads a file as UTF-8; a byte order mark at its beginning is left out.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - limit: How many bytes it may have.
    /// - Returns: The text.
    /// - Throws: ``Fault``.
    static func read(_ path: String, limit: Int) throws(Fault) -> String {
        let bytes = try self.bytes(path, limit: limit)
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            let valid = self.validPrefix(of: content)
            let line = valid.split(separator: "\n", omittingEmptySubsequences: false)
            throw Fault(
                message: "is not UTF-8 text", line: line.count, column: (line.last?.unicodeScalars.count ?? 0) + 1)
        }
        return text
    }

    private static func bytes(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Fault(message: "there is no such file")
        }
        guard !isFolder.boolValue else { throw Fault(message: "is a folder, not a file") }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            // One byte more than allowed tells a file that is too long, without reading what never ends.
            let data = try handle.read(upToCount: limit + 1) ?? Data()
            guard data.count <= limit else { throw Fault(message: "is larger than \(limit / 1024) KiB") }
            return Array(data)
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(message: "cannot be read: \(error.localizedDescription)")
        }
    }

    /// The text before the first byte that is none.
    private static func validPrefix(of bytes: ArraySlice<UInt8>) -> String {
        var decoder = UTF8()
        var source = bytes.makeIterator()
        var scalars = String.UnicodeScalarView()
        while case .scalarValue(let scalar) = decoder.decode(&source) {
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
