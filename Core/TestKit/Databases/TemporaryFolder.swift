internal import Foundation

/// A folder that belongs to one test and goes with it.
package struct TemporaryFolder: Sendable {
    /// Where it is.
    package let path: String

    /// Makes a folder.
    package init() throws {
        let pattern = FileManager.default.temporaryDirectory.appendingPathComponent("almanac-test-XXXXXX").path
        var bytes = pattern.utf8CString.map { $0 }
        guard mkdtemp(&bytes) != nil else {
            throw TestKitError(
                "no folder can be made in \(FileManager.default.temporaryDirectory.path): is the disk full?")
        }
        self.path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The path of a file in it.
    package func file(_ name: String) -> String { "\(self.path)/\(name)" }

    /// Writes a file in it and returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String) throws -> String {
        let path = self.file(name)
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw TestKitError("\(path) cannot be written: is the disk full?")
        }
        return path
    }

    /// Reads a file in it.
    package func read(_ name: String) throws -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: self.file(name)) else {
            throw TestKitError("\(self.file(name)) cannot be read")
        }
        return Array(data)
    }

    /// Removes it with everything in it.
    package func remove() {
        try? FileManager.default.removeItem(atPath: self.path)
    }
}

/// Runs `body` with a folder that is removed afterwards.
package func withTemporaryFolder<T>(_ body: (TemporaryFolder) async throws -> T) async throws -> T {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    return try await body(folder)
}
