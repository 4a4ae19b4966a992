public import AlmanacKernel
public import AlmanacStorage
internal import Dispatch
internal import Foundation

/// Puts each mail into a folder as a file `.eml`, readable by its owner only: for development.
///
/// A file appears whole or not at all. Names sort by time.
public final class FolderTransport: MailTransport {
    private let folder: String
    private let mailbox: Mailbox
    private let replyTo: Mailbox?
    private let clock: any WallClock
    private let random: any RandomSource
    private let queue = DispatchQueue(label: "almanac.mail")

    /// Makes a transport; the folder is made with the first mail.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - sender: From whom mails come.
    ///   - replyTo: Where answers go, if not to the sender.
    ///   - clock: What the dates of mails say.
    ///   - random: Where the identifiers of mails come from.
    public init(
        folder: String, sender: Mailbox, replyTo: Mailbox? = nil, clock: any WallClock = SystemClock(),
        random: any RandomSource = SystemRandom()
    ) {
        self.folder = folder
        self.mailbox = sender
        self.replyTo = replyTo
        self.clock = clock
        self.random = random
    }

    /// The address from which mails come.
    public var sender: EmailAddress? { self.mailbox.address }

    /// Writes a mail.
    ///
    /// - Throws: ``AlmanacKernel/MailDeliveryError`` when no message can be made, or the folder cannot be written.
    public func send(_ mail: OutgoingMail) async throws {
        let now = self.clock.now
        let message = try MailMessage(mail, from: self.mailbox, replyTo: self.replyTo, at: now, random: self.random)
        // Without colons, which other systems refuse in names.
        let time = now.rfc3339.split(separator: ":").joined(separator: "-")
        let name = "\(time)-\(Base64URL.encode(self.random.bytes(6)))"
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            self.queue.async {
                continuation.resume(with: Result { try self.write(message.bytes, as: name) })
            }
        }
    }

    private func write(_ bytes: [UInt8], as name: String) throws {
        try? FileManager.default.createDirectory(
            atPath: self.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let draft = "\(self.folder)/.\(name).part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw self.failure() }
        do {
            try self.fill(descriptor, with: bytes)
            close(descriptor)
            guard rename(draft, "\(self.folder)/\(name).eml") == 0 else { throw self.failure() }
        } catch {
            unlink(draft)
            throw error
        }
    }

    private func fill(_ descriptor: Int32, with bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else {
                let failure = self.failure()
                close(descriptor)
                throw failure
            }
            written += max(count, 0)
        }
    }

    private func failure() -> MailDeliveryError {
        MailDeliveryError(
            isPermanent: false, reason: "\(self.folder) cannot be written: \(String(cString: strerror(errno)))")
    }
}
