internal import Dispatch
internal import Foundation

/// Keeps files in a folder, each under its digest: `ab/abcdef…`.
public struct FileBlobStorage: BlobStorage {
    private let folder: String
    private let queue = DispatchQueue(label: "almanac.blobs")

    /// - Parameter folder: The folder; it is made when it is missing.
    public init(folder: String) {
        self.folder = folder
    }

    /// Keeps bytes under their digest; a file that is there already is left as it is.
    public func store(_ bytes: [UInt8], as digest: BlobDigest) async throws {
        try await self.onOwnThread {
            let path = self.path(digest)
            guard !FileManager.default.fileExists(atPath: path) else { return }
            let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            try self.write(bytes, to: path, through: path + ".part\(getpid())")
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func load(_ digest: BlobDigest) async throws -> [UInt8]? {
        try await self.onOwnThread {
            let path = self.path(digest)
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
    }

    private func path(_ digest: BlobDigest) -> String {
        let name = digest.description
        return "\(self.folder)/\(name.prefix(2))/\(name)"
    }

    /// Writes beside and renames, so that nobody sees half a file; syncs, so that it is there after a power cut.
    private func write(_ bytes: [UInt8], to path: String, through draft: String) throws {
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BlobStorageError(path: draft, code: errno) }
        defer { close(descriptor) }
        try bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let count = Foundation.write(
                    descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                guard count > 0 else { throw BlobStorageError(path: draft, code: errno) }
                written += count
            }
        }
        guard fsync(descriptor) == 0, rename(draft, path) == 0 else { throw BlobStorageError(path: path, code: errno) }
    }

    private func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            self.queue.async { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// A file could not be kept.
public struct BlobStorageError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { "\(self.path) cannot be written: \(String(cString: strerror(self.code)))" }
}
