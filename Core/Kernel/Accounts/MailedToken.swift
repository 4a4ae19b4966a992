internal import AlmanacStorage
internal import Crypto

/// What a mail holds and its reader sends back, to show that the mailbox is theirs: 256 random bits that work once, for
/// minutes.
///
/// Only its digest is stored, so that who reads the database cannot use it.
struct MailedToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    private static let prefix = "almanac_mail_"
    private let text: String

    /// Draws a token.
    init(random: any RandomSource) {
        self.text = Self.prefix + Base64URL.encode(random.bytes(32))
    }

    /// Reads a token that somebody sent, or `nil` when it cannot be one.
    init?(_ text: String) {
        guard text.utf8.count == Self.prefix.utf8.count + 43, text.utf8.starts(with: Self.prefix.utf8) else {
            return nil
        }
        self.text = text
    }

    /// The token itself, for the mail.
    func reveal() -> String { self.text }

    /// SHA-256 of the token: what is stored and looked up.
    ///
    /// The token has 256 random bits, so it needs no slow hash.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(self.text.utf8))) }

    /// The prefix alone, so that no log shows a token.
    var description: String { "almanac_mail_…" }
    /// The prefix alone, as ``description``.
    var debugDescription: String { self.description }
}
