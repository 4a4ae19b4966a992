internal import AlmanacStorage
internal import Crypto

/// What binds one try to sign in to the client that began it.
///
/// The client keeps it and shows it again at the end; the database has its digest only. The nonce and the verifier of
/// the try are derived from it, so that neither is stored anywhere.
struct OIDCHandle: Sendable {
    private static let length = 32
    private let bytes: [UInt8]

    /// Draws a handle.
    init(random: any RandomSource) { self.bytes = random.bytes(Self.length) }

    /// Reads a handle that a client sent, or `nil` when it cannot be one.
    init?(_ text: String) {
        guard let bytes = Base64URL.decode(text), bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// The handle itself, for the answer to its client.
    func reveal() -> String { Base64URL.encode(self.bytes) }

    /// What is stored.
    var digest: [UInt8] { self.derive("digest") }

    /// What the ID token must hold.
    var nonce: String { Base64URL.encode(self.derive("nonce")) }

    /// What proves to the provider who began (RFC 7636 §4.1): 43 characters.
    var verifier: String { Base64URL.encode(self.derive("verifier")) }

    /// What of the verifier is sent beforehand (RFC 7636 §4.2, `S256`).
    var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Array(self.verifier.utf8)))) }

    private func derive(_ purpose: String) -> [UInt8] {
        Array(
            HMAC<SHA256>.authenticationCode(
                for: Array("almanac oidc \(purpose)".utf8), using: SymmetricKey(data: self.bytes)))
    }
}
