public import AlmanacKernel
internal import Synchronization

/// Takes every mail and keeps it, for tests that read what was sent.
public final class TestMailbox: MailTransport {
    private let taken = Mutex<[OutgoingMail]>([])

    /// The address from which mails come.
    public let sender: EmailAddress?

    /// Makes an empty mailbox.
    public init() { self.sender = try? EmailAddress("office@school.example") }

    /// The mails so far, in the order in which they were sent.
    public var mails: [OutgoingMail] { self.taken.withLock { $0 } }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func send(_ mail: OutgoingMail) async throws {
        self.taken.withLock { $0.append(mail) }
    }
}
