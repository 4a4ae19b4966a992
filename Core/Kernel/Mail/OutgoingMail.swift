/// A mail that the program sends to one person.
public struct OutgoingMail: Sendable, Equatable {
    /// Another form of what a mail says, or something that comes with it.
    public struct Part: Sendable, Equatable {
        /// What it is, with its parameters, in ASCII: `text/calendar; charset=utf-8; method=REQUEST`.
        public let contentType: String
        /// The name of the file: letters, digits, points, hyphens and underscores of ASCII; `nil` where it has none.
        public let fileName: String?
        /// What is in it.
        public let bytes: [UInt8]

        /// Describes a part.
        public init(contentType: String, fileName: String? = nil, bytes: [UInt8]) {
            self.contentType = contentType
            self.fileName = fileName
            self.bytes = bytes
        }
    }

    /// Who gets it.
    public let recipient: EmailAddress
    /// The subject, one line in any script.
    public let subject: String
    /// The body as plain text; lines may end in any way.
    public let text: String
    /// The same body as a document in HTML; `nil` where there is only the text.
    public let html: String?
    /// Further forms of the same body, the plainest first: readers show the last one that they understand.
    public let alternatives: [Part]
    /// What comes with it; each has a file name.
    public let attachments: [Part]
    /// Names the mail for ever, so that its `Message-ID` is the same each time it is tried: letters, digits, points and
    /// hyphens; `nil` for a new one each time.
    public let identifier: String?
    /// What sort of mail it is, as `kernel.password-reset`: for logs and metrics, which never show the content.
    public let kind: String

    /// Describes a mail.
    public init(
        recipient: EmailAddress, subject: String, text: String, html: String? = nil, alternatives: [Part] = [],
        attachments: [Part] = [], identifier: String? = nil, kind: String
    ) {
        self.recipient = recipient
        self.subject = subject
        self.text = text
        self.html = html
        self.alternatives = alternatives
        self.attachments = attachments
        self.identifier = identifier
        self.kind = kind
    }
}

/// What whoever took a mail said to it.
public struct MailReceipt: Sendable, Equatable {
    /// The answer in its own words, on one line, as `250 2.0.0 Ok: queued as 4F2A`; `nil` where there is none.
    public let response: String?

    /// Describes an answer.
    public init(response: String? = nil) { self.response = response }
}

/// Takes mails to where they can be read: a mail server, a folder, a test.
///
/// Laws: `send` and `deliver` return only when somebody else has taken responsibility for the mail; they end by
/// themselves within a minute; they block no thread of the cooperative pool; they may be called again with a mail that
/// was not sent.
public protocol MailTransport: Sendable {
    /// Sends a mail.
    ///
    /// - Throws: ``MailDeliveryError`` that says whether trying again can help; any other error counts as one that may
    ///   pass.
    func send(_ mail: OutgoingMail) async throws

    /// Sends a mail and tells what was answered; the same as ``send(_:)`` for those who have no answer.
    ///
    /// - Returns: What whoever took it said.
    /// - Throws: As ``send(_:)``.
    func deliver(_ mail: OutgoingMail) async throws -> MailReceipt

    /// The address from which mails come; `nil` where there is none.
    var sender: EmailAddress? { get }
}

extension MailTransport {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func deliver(_ mail: OutgoingMail) async throws -> MailReceipt {
        try await self.send(mail)
        return MailReceipt()
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var sender: EmailAddress? { nil }
}
