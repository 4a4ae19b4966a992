package import AlmanacStorage
internal import Crypto

/// A signed statement of what stood at a position of a chain at a time; kept outside the database.
///
/// It is one line of canonical JSON (RFC 8785). Signed with Ed25519 (RFC 8032) are the words
/// `almanac audit checkpoint 1`, a zero byte and the line without its member `signature`. Each names the SHA-256 of the
/// line before in its file, so that lines cannot be taken out of the middle.
package struct AuditCheckpoint: Sendable, Equatable {
    /// Whose chain.
    package let organization: OrganizationID
    /// The position.
    package let position: Int64
    /// The chain's hash there.
    package let hash: [UInt8]
    /// When it was signed.
    package let at: Instant
    /// SHA-256 of the line before it in its file; 32 zero bytes in the first line.
    package let previous: [UInt8]

    /// What stands for the digest of the line before the first.
    package static let origin = [UInt8](repeating: 0, count: SHA256.byteCount)

    private static let domain = Array("almanac audit checkpoint 1\0".utf8)

    /// The digest of a line, without its line break.
    static func digest(of line: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: line)) }

    private var members: JSONObject {
        [
            "at": .string(self.at.rfc3339), "hash": .string(Hexadecimal.encode(self.hash)),
            "organization": .string(self.organization.description), "position": .number(JSONNumber(self.position)),
            "previous": .string(Hexadecimal.encode(self.previous)), "v": 1,
        ]
    }

    private var signedBytes: [UInt8] { Self.domain + JSON.object(self.members).canonical }

    /// The line, without its line break.
    package func line(signedBy key: AuditKey) throws -> [UInt8] {
        var members = self.members
        members["signature"] = .string(Base64URL.encode(try key.sign(self.signedBytes)))
        return JSON.object(members).canonical
    }

    /// Reads a line without asking whether the signature is right.
    init?(unverified line: [UInt8]) {
        guard let json = try? JSON(parsing: line), json["v"] == 1, json.object?.count == 7,
            let at = json["at"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let hash = json["hash"]?.string.flatMap({ Hexadecimal.decode($0, count: SHA256.byteCount) }),
            let organization = json["organization"]?.string.flatMap({ OrganizationID($0) }),
            let position = json["position"]?.int64, position > 0,
            let previous = json["previous"]?.string.flatMap({ Hexadecimal.decode($0, count: SHA256.byteCount) })
        else { return nil }
        self.init(organization: organization, position: position, hash: hash, at: at, previous: previous)
    }

    /// Reads a line and checks its signature.
    package init?(_ line: [UInt8], signedBy key: AuditPublicKey) {
        guard let checkpoint = AuditCheckpoint(unverified: line),
            let signature = (try? JSON(parsing: line))?["signature"]?.string.flatMap({ Base64URL.decode($0) }),
            key.isSignature(signature, of: checkpoint.signedBytes)
        else { return nil }
        self = checkpoint
    }

    package init(organization: OrganizationID, position: Int64, hash: [UInt8], at: Instant, previous: [UInt8]) {
        self.organization = organization
        self.position = position
        self.hash = hash
        self.at = at
        self.previous = previous
    }
}
