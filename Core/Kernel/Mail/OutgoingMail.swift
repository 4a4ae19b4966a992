/// A mail that the program sends to one person.
public struct OutgoingMail: Sendable, Equatable {
    /// Who gets it.
    public let recipient: EmailAddress
    /// The subject, one line in any script.
    public let subject: String
    /// The body as plain text; lines may end in any way.
    public let text: String
    /// What sort of mail it is, as `kernel.password-reset`: for logs and metrics, which never show the content.
    public let kind: String

    /// Describes a mail.
    public init(recipient: EmailAddress, subject: String, text: String, kind: String) {
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.kind = kind
    }
}

/// Takes mails to where they can be read: a mail server, a folder, a test.
///
/// Laws: `send` returns only when somebody else has taken responsibility for the mail; it ends by itself within a
/// minute; it blocks no thread of the cooperative pool; it may be called again with a mail that was not sent.
public protocol MailTransport: Sendable {
    /// Sends a mail.
    ///
    /// - Throws: ``MailDeliveryError`` that says whether trying again can help; any other error counts as one that may
    ///   pass.
    func send(_ mail: OutgoingMail) async throws
}
