package import AlmanacStorage
internal import Crypto

/// One organization's chain of hashes over its audit entries.
///
/// The hash at a position is SHA-256 over the words `almanac audit chain 1` and a zero byte, the organization, the
/// position as eight bytes, most significant first, the hash at the position before (32 zero bytes at position 1), and
/// the SHA-256 of the entry's canonical bytes. Whoever knows it knows all entries up to there, and their order.
package enum AuditChain {
    /// What stands for the hash before the first position.
    package static let origin = [UInt8](repeating: 0, count: SHA256.byteCount)

    private static let domain = Array("almanac audit chain 1\0".utf8)

    /// The hash at a position.
    ///
    /// - Parameters:
    ///   - position: Counts the organization's entries from 1.
    ///   - organization: Whose chain it is.
    ///   - previous: The hash at the position before.
    ///   - canonical: The entry's canonical bytes.
    /// - Returns: 32 bytes.
    package static func hash(
        at position: Int64, of organization: OrganizationID, after previous: [UInt8], canonical: [UInt8]
    ) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Self.domain)
        for number in [organization.high, organization.low, UInt64(bitPattern: position)] {
            withUnsafeBytes(of: number.bigEndian) { hash.update(bufferPointer: $0) }
        }
        hash.update(data: previous)
        hash.update(data: Array(SHA256.hash(data: canonical)))
        return Array(hash.finalize())
    }
}
