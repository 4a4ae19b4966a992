package import AlmanacStorage
package import Logging
public import ServiceLifecycle
internal import Synchronization

/// Mails on their way out: taken at once, sent by a loop of its own.
///
/// Whoever has a mail to send must neither wait for a mail server nor let a stranger measure whether there was a mail
/// at all; so ``enqueue(_:)`` only puts it into memory. It is kept nowhere else: mails hold tokens of which the database
/// has digests only, and that work for minutes. What a crash loses, its recipient asks for again.
///
/// A mail that cannot be sent is tried again after growing pauses, until it is ten minutes old. Logs show the kind of a
/// mail and why it was not sent, never whom it was for or what stood in it.
public final class MailQueue: Sendable, Service {
    private let state: Mutex<MailQueueState>
    private let transport: (any MailTransport)?
    private let hold: DeliveryHold?
    private let isHolding = Mutex(false)
    private let clock: any WallClock
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - transport: Who takes the mails; where there is none, each is logged as not sent, by its kind.
    ///   - policy: How long and how often sending is tried.
    ///   - hold: Whether anything may leave; asked before mails are sent. They always may when `nil`.
    ///   - clock: What time it is.
    ///   - logger: Where the log goes.
    package init(
        to transport: (any MailTransport)?, policy: MailPolicy = MailPolicy(), hold: DeliveryHold? = nil,
        clock: any WallClock, logger: Logger
    ) {
        self.state = Mutex(MailQueueState(policy))
        self.transport = transport
        self.hold = hold
        self.clock = clock
        self.logger = logger
        // One wake that has not been seen yet is as good as many.
        (self.wakes, self.waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether mails go anywhere.
    public var isConfigured: Bool { self.transport != nil }

    /// What became of the mails so far.
    package var counts: MailCounts { self.state.withLock { $0.counts } }

    /// Takes a mail; returns at once.
    ///
    /// When too many wait already it is dropped, counted and logged. Takes the same time whatever the mail is and
    /// wherever it goes.
    ///
    /// - Parameter mail: The mail.
    public func enqueue(_ mail: OutgoingMail) {
        let admission = self.state.withLock { $0.admit(mail, at: self.clock.now) }
        switch admission {
        case .taken: self.waker.yield()
        case .takenAgain(let dropped):
            self.logger.error("mails were dropped because too many waited", metadata: ["dropped": "\(dropped)"])
            self.waker.yield()
        case .dropped(let isFirst):
            guard isFirst else { return }
            self.logger.error("too many mails wait; more are dropped", metadata: ["kind": "\(mail.kind)"])
        }
    }

    /// Sends the mails whose time has come, each once.
    ///
    /// The step of the loop. It may run several times at once: a mail is taken by one of them.
    ///
    /// - Returns: How many were sent.
    @discardableResult
    package func deliver() async -> Int {
        var sent = 0
        guard await self.maySend() else { return 0 }
        while !Task.isCancelled {
            let next = self.state.withLock { $0.next(at: self.clock.now) }
            self.log(expired: next.expired)
            guard let entry = next.entry else { break }
            if await self.attempt(entry) { sent += 1 }
        }
        return sent
    }

    /// Whether mails may leave; while nothing waits, nobody needs to know.
    private func maySend() async -> Bool {
        guard let hold = self.hold, self.state.withLock({ $0.counts.waiting > 0 }) else { return true }
        do {
            let isHeld = try await hold.current() != nil
            let isNew = self.isHolding.withLock { was in
                defer { was = isHeld }
                return isHeld && !was
            }
            if isNew {
                self.logger.warning("mails wait because deliveries are held: see `almanac deliveries status`")
            }
            return !isHeld
        } catch {
            // Whoever does not know must not send. The next turn asks again.
            return false
        }
    }

    /// Sends mails until graceful shutdown, then tries once more what is left.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.tick() }
                for await _ in self.wakes { await self.deliver() }
                group.cancelAll()
            }
        }
        await self.finish()
    }

    /// Wakes the loop each second, for mails whose pause is over.
    private func tick() async {
        while (try? await Task.sleep(for: .seconds(1))) != nil { self.waker.yield() }
    }

    /// Tries all mails that are left, whether their time has come or not, until the first that fails.
    package func finish() async {
        let maySend = await self.maySend()
        while maySend, let entry = self.state.withLock({ $0.nextRegardless(at: self.clock.now) }) {
            guard await self.attempt(entry) else { break }
        }
        let left = self.state.withLock { $0.abandon() }
        guard left > 0 else { return }
        self.logger.error("mails were not sent before the end", metadata: ["mails": "\(left)"])
    }

    /// Tries one mail, and puts it back when that fails and may succeed later.
    private func attempt(_ entry: MailQueueState.Entry) async -> Bool {
        guard let transport = self.transport else {
            self.state.withLock { $0.settle(entry, .unconfigured) }
            self.logger.warning(
                "a mail was not sent because the manifest has no section mail",
                metadata: ["kind": "\(entry.mail.kind)"])
            return false
        }
        do {
            try await transport.send(entry.mail)
            self.state.withLock { $0.settle(entry, .sent) }
            return true
        } catch {
            self.note(entry, error)
            return false
        }
    }

    private func note(_ entry: MailQueueState.Entry, _ error: any Error) {
        let failure = error as? MailDeliveryError
        let isPermanent = failure?.isPermanent ?? false
        let isKept = self.state.withLock { state in
            if isPermanent {
                state.settle(entry, .refused)
                return false
            }
            return state.postpone(entry, at: self.clock.now)
        }
        let metadata: Logger.Metadata = [
            "kind": "\(entry.mail.kind)", "attempt": "\(entry.attempts + 1)",
            // Errors of a transport that is not ours may show anything.
            "reason": "\(failure?.reason ?? "\(type(of: error))")",
        ]
        if isKept {
            self.logger.warning("a mail could not be sent; it is tried again", metadata: metadata)
        } else {
            self.logger.error("a mail could not be sent", metadata: metadata)
        }
    }

    private func log(expired: [MailQueueState.Entry]) {
        for entry in expired {
            self.logger.error(
                "a mail was dropped because it was too old",
                metadata: ["kind": "\(entry.mail.kind)", "attempts": "\(entry.attempts)"])
        }
    }
}
