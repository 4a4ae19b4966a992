internal import AlmanacStorage
internal import Crypto
internal import Foundation

/// The personal fields of an entry as its canonical bytes hold them: `{"key":ID,"sealed":…}`.
///
/// `sealed` is base64url of a nonce of 96 random bits, the ciphertext of AES-256 in Galois/Counter Mode (NIST SP
/// 800-38D) and a tag of 128 bits. Organization, entry and key are authenticated with it: it opens nowhere else. The
/// chain's hash is over the ciphertext, so that it holds whether anybody can read it or not.
struct SealedFields: Sendable, Equatable {
    /// What names the key.
    let key: ID<SubjectKey>
    /// Nonce, ciphertext, tag.
    private let bytes: [UInt8]

    private static let domain = Array("almanac audit personal 1\0".utf8)
    static let nonceLength = 12

    /// Seals fields for one entry.
    init(
        _ fields: PersonalFields, of entry: ID<AuditEntry>, in organization: OrganizationID, key: ID<SubjectKey>,
        _ material: SymmetricKey, nonce: [UInt8]
    ) throws {
        let box = try AES.GCM.seal(
            fields.padded, using: material, nonce: AES.GCM.Nonce(data: nonce),
            authenticating: Self.place(entry, organization, key))
        self.key = key
        self.bytes = nonce + Array(box.ciphertext) + Array(box.tag)
    }

    /// Reads an entry; `nil` when it has none, or says them as versions before 4 did.
    init?(_ document: JSON) {
        guard let personal = document["personal"], let key = personal["key"]?.string.flatMap({ ID<SubjectKey>($0) }),
            let bytes = personal["sealed"]?.string.flatMap({ Base64URL.decode($0) })
        else { return nil }
        self.key = key
        self.bytes = bytes
    }

    /// The fields; `nil` when they were sealed for another entry or with another key, or were changed.
    func open(
        of entry: ID<AuditEntry>, in organization: OrganizationID, with material: SymmetricKey
    ) -> PersonalFields? {
        guard let box = try? AES.GCM.SealedBox(combined: self.bytes),
            let opened = try? AES.GCM.open(
                box, using: material, authenticating: Self.place(entry, organization, self.key))
        else { return nil }
        return PersonalFields(padded: Array(opened))
    }

    /// Writes them as a value; the members stand in the order in which RFC 8785 sorts them.
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("key", self.key)
            writer.member("sealed", Base64URL.encode(self.bytes))
        }
    }

    private static func place(
        _ entry: ID<AuditEntry>, _ organization: OrganizationID, _ key: ID<SubjectKey>
    ) -> [UInt8] {
        let words = [organization.high, organization.low, entry.high, entry.low, key.high, key.low]
        return Self.domain + words.flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
    }
}
