internal import CZlib

/// Bytes in memory, compressed in the zlib format (RFC 1950), whose checksum tells when they are damaged.
enum Zlib {
    /// Something could not be compressed, or is not what was compressed.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Compresses.
    ///
    /// - Throws: ``Failure`` when there is no memory.
    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(size))
        guard compress2(&result, &size, bytes, uLong(bytes.count), Z_DEFAULT_COMPRESSION) == Z_OK else {
            throw Failure(description: "\(bytes.count) bytes could not be compressed")
        }
        return Array(result.prefix(Int(size)))
    }

    /// Expands what was compressed.
    ///
    /// - Parameters:
    ///   - bytes: What was compressed.
    ///   - size: How many bytes it was; more are not made of it.
    /// - Returns: What it was.
    /// - Throws: ``Failure`` when it is damaged, or of another size.
    static func expand(_ bytes: [UInt8], size: Int) throws -> [UInt8] {
        guard size >= 0 else { throw Failure(description: "an archive has a size below zero") }
        var count = uLong(size)
        var result = [UInt8](repeating: 0, count: max(size, 1))
        guard uncompress(&result, &count, bytes, uLong(bytes.count)) == Z_OK, Int(count) == size else {
            throw Failure(description: "an archive is damaged: it does not expand to its \(size) bytes")
        }
        return Array(result.prefix(size))
    }
}
