package import AlmanacStorage
internal import Foundation

/// Who an ID token is about, after everything in it has been checked (OpenID Connect Core 1.0 §3.1.3.7).
///
/// Pure: the signature has been verified before.
package struct OIDCClaims: Sendable, Equatable {
    /// What a token must say.
    package struct Expectation: Sendable {
        package let issuer: String
        package let clientID: String
        package let nonce: String
        /// When the user was sent to the provider; no token for it is older.
        package let sentAt: Instant
        package let now: Instant

        package init(issuer: String, clientID: String, nonce: String, sentAt: Instant, now: Instant) {
            self.issuer = issuer
            self.clientID = clientID
            self.nonce = nonce
            self.sentAt = sentAt
            self.now = now
        }
    }

    private static let leewaySeconds = Double(OIDCProvider.clockLeewaySeconds)

    /// Who, within the issuer: at most 255 bytes, compared as bytes.
    package let subject: String
    /// An address that the provider says it has verified; only one that is not merely a look-alike of its own key.
    package let verifiedEmail: EmailAddress?
    /// First names, as far as they can be shown; may be empty.
    package let givenName: String
    /// The family name, as far as it can be shown; may be empty.
    package let familyName: String
    /// The preferred language as a BCP 47 tag.
    package let locale: String?

    /// Checks the claims of a token.
    ///
    /// - Throws: ``OIDCRefusal`` with the first thing that is wrong.
    package init(_ claims: JSON, expecting expected: Expectation) throws(OIDCRefusal) {
        try Self.require(claims["iss"]?.string, is: expected.issuer, "wrong_issuer")
        try Self.checkAudience(claims, expected.clientID)
        try Self.checkTimes(claims, expected)
        guard let nonce = claims["nonce"]?.string, Secret(nonce) == Secret(expected.nonce) else {
            throw OIDCRefusal("wrong_nonce")
        }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.utf8.count),
            subject.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
        else { throw OIDCRefusal("no_subject") }
        self.subject = subject
        self.verifiedEmail = Self.verifiedEmail(claims)
        self.givenName = Self.name(claims["given_name"])
        self.familyName = Self.name(claims["family_name"])
        self.locale = claims["locale"]?.string.flatMap { LanguageTag.normalized($0) }
    }

    private static func verifiedEmail(_ claims: JSON) -> EmailAddress? {
        // Only the truth value counts: some providers write the word.
        guard claims["email_verified"]?.bool == true, let email = try? EmailAddress(claims["email"]?.string ?? "")
        else {
            return nil
        }
        // Whoever has a mailbox with a letter that folds to another has not shown to have the other one's.
        let lowered = email.text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        return lowered.elementsEqual(email.key.text.utf8) ? email : nil
    }

    /// A name as somebody could have typed it; nothing where it is too long or holds what cannot be seen.
    private static func name(_ claim: JSON?) -> String {
        guard let text = claim?.string, text.unicodeScalars.count <= 200 else { return "" }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
            default: true
            }
        }
        return isPlain ? text : ""
    }

    private static func require(_ value: String?, is wanted: String, _ reason: String) throws(OIDCRefusal) {
        guard let value, value.utf8.elementsEqual(wanted.utf8) else { throw OIDCRefusal(reason) }
    }

    /// The token must be for this client; where it is for others too, it must have been issued to this one.
    private static func checkAudience(_ claims: JSON, _ client: String) throws(OIDCRefusal) {
        let audiences: [String?]
        switch claims["aud"] {
        case .string(let one)?: audiences = [one]
        case .array(let all)?: audiences = all.map(\.string)
        default: throw OIDCRefusal("no_audience")
        }
        guard audiences.contains(where: { $0.map { $0.utf8.elementsEqual(client.utf8) } ?? false }) else {
            throw OIDCRefusal("wrong_audience")
        }
        guard audiences.count > 1 || claims["azp"] != nil else { return }
        try self.require(claims["azp"]?.string, is: client, "wrong_party")
    }

    private static func checkTimes(_ claims: JSON, _ expected: Expectation) throws(OIDCRefusal) {
        let now = Double(expected.now.microseconds) / 1e6
        let sent = Double(expected.sentAt.microseconds) / 1e6
        guard let expiry = claims["exp"]?.double, now < expiry + self.leewaySeconds else {
            throw OIDCRefusal("expired")
        }
        guard let issued = claims["iat"]?.double, issued <= now + self.leewaySeconds else {
            throw OIDCRefusal("issued_in_the_future")
        }
        guard issued >= sent - self.leewaySeconds else { throw OIDCRefusal("issued_too_early") }
        guard let begin = claims["nbf"] else { return }
        guard let begin = begin.double, begin <= now + self.leewaySeconds else { throw OIDCRefusal("not_valid_yet") }
    }
}
