internal import AlmanacStorage

/// What is said by mail about an account.
enum AccountMail: Sendable {
    /// Somebody registered with this address: the token completes it.
    case verification(MailedToken)
    /// Somebody registered with the address of an account.
    case alreadyRegistered
    /// Somebody forgot the password: the token lets them choose another one.
    case passwordReset(MailedToken)
    /// The password is another one now.
    case passwordChanged
    /// The owner of an account wants to sign in with this address: the token confirms it.
    case newAddress(MailedToken)
    /// Somebody wanted to sign in with the address of another account.
    case addressTaken
    /// The account has another address now.
    case addressChanged
    /// Somebody who runs the organization wants the reader to join it.
    case invitation
    /// An account elsewhere signs in here now, or no longer.
    case identity(IdentityMail)

    /// The languages in which there are words.
    enum Language: String, CaseIterable, Sendable {
        case en
        case de
        case fr

        /// The language that a reader prefers, English when they prefer none of these.
        init(_ preferred: [String]) {
            let found = LanguageTag.lookup(preferred) { tag in Self(rawValue: tag) != nil }
            self = found.flatMap { Self(rawValue: $0) } ?? .en
        }
    }

    /// What sort of mail it is, for logs and metrics.
    var kind: String {
        switch self {
        case .verification: "kernel.registration"
        case .alreadyRegistered: "kernel.registration-known"
        case .passwordReset: "kernel.password-reset"
        case .passwordChanged: "kernel.password-changed"
        case .newAddress: "kernel.email-verification"
        case .addressTaken: "kernel.email-taken"
        case .addressChanged: "kernel.email-changed"
        case .invitation: "kernel.invitation"
        case .identity(let mail): "kernel.identity-\(mail.change)"
        }
    }

    /// The token that the mail carries, and the page that takes it.
    private var entry: (page: String, token: MailedToken)? {
        switch self {
        case .verification(let token): ("verify-email", token)
        case .passwordReset(let token): ("reset-password", token)
        case .newAddress(let token): ("confirm-email", token)
        case .alreadyRegistered, .passwordChanged, .addressTaken, .addressChanged, .invitation, .identity: nil
        }
    }

    /// The name of the provider that the mail is about.
    private var provider: String {
        guard case .identity(let mail) = self else { return "" }
        return Self.line(mail.provider)
    }

    /// Subject and text.
    ///
    /// - Parameters:
    ///   - language: The reader's.
    ///   - organization: The name of the organization that writes.
    ///   - pages: Where the deployment's pages are; without them the plain code is shown.
    /// - Returns: A subject of one line, and the text.
    func words(in language: Language, of organization: String, pages: String?) -> (subject: String, text: String) {
        let name = Self.line(organization)
        let phrases = AccountMailWords.phrases(for: self, in: language)
        var text = phrases.text
        if let (page, token) = self.entry {
            // After the # so that neither proxies nor the pages' own logs nor `Referer` get to see it (ASVS 14.2.1).
            let link = pages.map { "\($0)/account/\(page)#token=\(token.reveal())" }
            text += "\n\n    \(link ?? token.reveal())\n\n"
            text += (link == nil ? AccountMailWords.aboutCode : AccountMailWords.aboutLink)[language] ?? ""
        }
        text += "\n\n\(phrases.otherwise)\n\n\(name)\n"
        return (self.filled(phrases.subject, name), self.filled(text, name))
    }

    private func filled(_ text: String, _ name: String) -> String {
        // Not by replacing one after the other: what is put in is not looked at again.
        text.split(separator: "{provider}", omittingEmptySubsequences: false).map { part in
            part.split(separator: "{organization}", omittingEmptySubsequences: false).joined(separator: name)
        }.joined(separator: self.provider)
    }

    /// A name on one line: what ends lines would begin headers.
    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 }))
    }
}
