internal import Crypto
internal import Foundation

/// The SHA-256 of a file's bytes.
package enum FileDigest {
    private static let chunk = 1 << 20

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - copy: Where its bytes are copied to while they are read; the file must not exist, and is on the disk when
    ///     this returns.
    /// - Returns: The number of bytes, and the digest in hexadecimal.
    /// - Throws: ``StorageError`` when a file cannot be read or written.
    package static func of(_ path: String, copyingTo copy: String? = nil) throws -> (bytes: Int, digest: String) {
        guard let source = FileHandle(forReadingAtPath: path) else {
            throw DurableFile.failure(path, "cannot be read")
        }
        let target = try copy.map { try DurableFile.create($0) }
        var hash = SHA256()
        var count = 0
        while true {
            let data: Data
            do { data = try source.read(upToCount: Self.chunk) ?? Data() } catch {
                throw StorageError(.unavailable, "\(path) cannot be read: the disk may be failing")
            }
            guard !data.isEmpty else { break }
            hash.update(data: data)
            count += data.count
            do { try target?.write(contentsOf: data) } catch {
                throw StorageError(.full, "\(copy ?? path) cannot be written: is the disk full?")
            }
        }
        do { try target?.synchronize() } catch {
            throw StorageError(.full, "\(copy ?? path) cannot be written: is the disk full?")
        }
        return (count, Hexadecimal.encode(Array(hash.finalize())))
    }

    /// Hashes bytes.
    package static func of(_ bytes: [UInt8]) -> String { Hexadecimal.encode(Array(SHA256.hash(data: bytes))) }
}
