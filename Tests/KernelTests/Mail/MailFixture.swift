import AlmanacStorage
import AlmanacTestKit
import Synchronization

@testable import AlmanacKernel

/// A queue with a transport that does as it is told, and what it logs.
struct MailFixture {
    let transport = ScriptedTransport()
    let clock = ManualClock(TestClock.start)
    let log = TestLog()
    let queue: MailQueue

    init(policy: MailPolicy = MailPolicy(), configured: Bool = true) {
        self.queue = MailQueue(
            to: configured ? self.transport : nil, policy: policy, clock: self.clock,
            logger: self.log.logger)
    }

    func mail(_ number: Int) throws -> OutgoingMail {
        OutgoingMail(
            recipient: try EmailAddress("anna@example.org"), subject: "subject \(number)", text: "token-\(number)",
            kind: "test.kind")
    }

    func counts(
        sent: Int = 0, refused: Int = 0, expired: Int = 0, dropped: Int = 0, unconfigured: Int = 0, waiting: Int = 0
    ) -> MailCounts {
        var counts = MailCounts()
        counts.sent = sent
        counts.refused = refused
        counts.expired = expired
        counts.dropped = dropped
        counts.unconfigured = unconfigured
        counts.waiting = waiting
        return counts
    }
}

/// Notes the subjects of mails, and fails when it is told to.
final class ScriptedTransport: MailTransport {
    private struct State {
        var seen: [String] = []
        var answer: @Sendable (OutgoingMail) -> (any Error)? = { _ in nil }
    }

    private let state = Mutex(State())

    var seen: [String] { self.state.withLock { $0.seen } }

    /// The error of a mail, or none.
    var answer: @Sendable (OutgoingMail) -> (any Error)? {
        get { self.state.withLock { $0.answer } }
        set { self.state.withLock { $0.answer = newValue } }
    }

    func send(_ mail: OutgoingMail) async throws {
        let answer = self.state.withLock { state in
            state.seen.append(mail.subject)
            return state.answer
        }
        await Task.yield()
        if let error = answer(mail) { throw error }
    }
}
