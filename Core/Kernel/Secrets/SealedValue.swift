internal import Crypto
internal import Foundation

/// A value as it is stored: version, name of the key, nonce, ciphertext, tag.
///
/// AES-256 in Galois/Counter Mode with a random nonce of 96 bits (NIST SP 800-38D §8.2.2): one key may seal 2³² values
/// before it should be rotated. Header and place are authenticated with the value.
struct SealedValue {
    static let version: UInt8 = 1
    static let headerLength = 1 + KeyID.length
    private static let nonceLength = 12
    private static let tagLength = 16

    let key: KeyID
    private let stored: [UInt8]

    /// What every value sealed with a key begins with.
    static func header(_ key: KeyID) -> [UInt8] { [self.version] + key.bytes }

    /// Reads a stored value, or `nil` when it cannot be one.
    init?(_ stored: [UInt8]) {
        guard stored.count >= Self.headerLength + Self.nonceLength + Self.tagLength, stored[0] == Self.version,
            let key = KeyID(bytes: Array(stored[1..<Self.headerLength]))
        else { return nil }
        self.key = key
        self.stored = stored
    }

    static func seal(
        _ value: [UInt8], with key: EncryptionKey, nonce: [UInt8], authenticating place: [UInt8]
    ) throws -> [UInt8] {
        let header = self.header(key.id)
        let box = try AES.GCM.seal(
            value, using: key.material, nonce: AES.GCM.Nonce(data: nonce), authenticating: header + place)
        return header + nonce + Array(box.ciphertext) + Array(box.tag)
    }

    /// The value; `nil` when it was sealed for another place, with another key, or has been changed.
    func open(with key: EncryptionKey, authenticating place: [UInt8]) -> [UInt8]? {
        let header = self.stored.prefix(Self.headerLength)
        guard let box = try? AES.GCM.SealedBox(combined: self.stored.dropFirst(Self.headerLength)),
            let value = try? AES.GCM.open(box, using: key.material, authenticating: header + place)
        else { return nil }
        return Array(value)
    }

    static func drawNonce(_ random: (Int) -> [UInt8]) -> [UInt8] { random(self.nonceLength) }
}
