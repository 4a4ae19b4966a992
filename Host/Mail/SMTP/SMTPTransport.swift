public import AlmanacKernel
public import AlmanacStorage
internal import Dispatch
internal import Foundation

/// Hands mails to a mail server, through libcurl.
///
/// One mail at a time, on a thread of its own; the connection is kept for the next one. Proxies and `.netrc` files of
/// the environment are not heeded.
public final class SMTPTransport: MailTransport {
    /// Which server, and how it is spoken to.
    public struct Configuration: Sendable {
        /// Whether the connection is encrypted.
        public enum Encryption: String, Sendable, CaseIterable {
            /// Always; without it nothing is said to the server.
            case required
            /// Not unless the address says `smtps`.
            case none
        }

        /// The server and who signs in.
        public var url: SMTPURL
        /// From whom mails come.
        public var sender: Mailbox
        /// Where answers go, if not to the sender.
        public var replyTo: Mailbox?
        /// Whether the connection is encrypted.
        public var encryption: Encryption
        /// A file with the certificates (PEM) that the server's is checked against; the system's when `nil`.
        public var certificates: String?
        /// Seconds within which a mail must have been taken.
        public var timeoutSeconds: Int

        /// Describes a server.
        public init(
            url: SMTPURL, sender: Mailbox, replyTo: Mailbox? = nil, encryption: Encryption = .required,
            certificates: String? = nil, timeoutSeconds: Int = 30
        ) {
            self.url = url
            self.sender = sender
            self.replyTo = replyTo
            self.encryption = encryption
            self.certificates = certificates
            self.timeoutSeconds = timeoutSeconds
        }
    }

    private let configuration: Configuration
    private let clock: any WallClock
    private let random: any RandomSource
    private let queue = DispatchQueue(label: "almanac.mail")
    private let session: SMTPSession

    /// Makes a transport; connects to nothing.
    ///
    /// - Parameters:
    ///   - configuration: Which server, and how it is spoken to.
    ///   - clock: What the dates of mails say.
    ///   - random: Where the identifiers of mails come from.
    public init(
        _ configuration: Configuration, clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom()
    ) {
        self.configuration = configuration
        self.clock = clock
        self.random = random
        self.session = SMTPSession(configuration)
        // Writing to a connection that the server has closed must be an error and not the end of the program.
        signal(SIGPIPE, SIG_IGN)
    }

    /// The address from which mails come.
    public var sender: EmailAddress? { self.configuration.sender.address }

    /// Sends a mail and waits until the server has taken responsibility for it.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError``: permanent when the server said so or no message can be made.
    public func send(_ mail: OutgoingMail) async throws { _ = try await self.deliver(mail) }

    /// Sends a mail, waits until the server has taken responsibility for it, and tells what it said then.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError``: permanent when the server said so or no message can be made.
    public func deliver(_ mail: OutgoingMail) async throws -> MailReceipt {
        let message = try MailMessage(
            mail, from: self.configuration.sender, replyTo: self.configuration.replyTo, at: self.clock.now,
            random: self.random)
        return try await withCheckedThrowingContinuation { continuation in
            self.queue.async {
                continuation.resume(
                    with: Result {
                        MailReceipt(response: try self.session.send(message.bytes, to: mail.recipient.text))
                    })
            }
        }
    }
}
