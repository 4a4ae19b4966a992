internal import AlmanacStorage

/// The mails that wait, and the rules by which they come and go; a value, guarded by ``MailQueue``.
struct MailQueueState {
    /// A mail with its history.
    struct Entry: Sendable {
        let mail: OutgoingMail
        /// When it is too old.
        let expiresAt: Instant
        /// When it is tried next.
        var dueAt: Instant
        /// How often it was tried.
        var attempts = 0
    }

    /// What became of a mail that wants in.
    enum Admission: Equatable {
        case taken
        /// It was taken, and it is the first after so many that were not.
        case takenAgain(dropped: Int)
        case dropped(isFirst: Bool)
    }

    /// How a mail ends.
    enum End {
        case sent
        case refused
        case unconfigured
    }

    private let policy: MailPolicy
    /// In the order in which they came.
    private var waiting: [Entry] = []
    /// How many have been taken out and not been settled.
    private var inFlight = 0
    /// How many were dropped in a row.
    private var droppedInARow = 0
    private var ended = MailCounts()

    init(_ policy: MailPolicy) { self.policy = policy }

    var counts: MailCounts {
        var counts = self.ended
        counts.waiting = self.waiting.count + self.inFlight
        return counts
    }

    mutating func admit(_ mail: OutgoingMail, at now: Instant) -> Admission {
        guard self.waiting.count + self.inFlight < self.policy.capacity else {
            self.ended.dropped += 1
            self.droppedInARow += 1
            return .dropped(isFirst: self.droppedInARow == 1)
        }
        self.waiting.append(
            Entry(mail: mail, expiresAt: now.adding(seconds: self.policy.lifetimeSeconds), dueAt: now))
        guard self.droppedInARow > 0 else { return .taken }
        defer { self.droppedInARow = 0 }
        return .takenAgain(dropped: self.droppedInARow)
    }

    /// Takes out the first mail whose time has come, and those before it that are too old.
    mutating func next(at now: Instant) -> (entry: Entry?, expired: [Entry]) {
        let expired = self.waiting.filter { $0.expiresAt <= now }
        if !expired.isEmpty {
            self.waiting.removeAll { $0.expiresAt <= now }
            self.ended.expired += expired.count
        }
        guard let index = self.waiting.firstIndex(where: { $0.dueAt <= now }) else { return (nil, expired) }
        self.inFlight += 1
        return (self.waiting.remove(at: index), expired)
    }

    /// Takes out the first mail that is not too old.
    mutating func nextRegardless(at now: Instant) -> Entry? {
        guard let index = self.waiting.firstIndex(where: { $0.expiresAt > now }) else { return nil }
        self.inFlight += 1
        return self.waiting.remove(at: index)
    }

    /// Ends a mail that was taken out.
    mutating func settle(_ entry: Entry, _ end: End) {
        self.inFlight -= 1
        switch end {
        case .sent: self.ended.sent += 1
        case .refused: self.ended.refused += 1
        case .unconfigured: self.ended.unconfigured += 1
        }
    }

    /// Puts a mail back that was taken out, unless it would be too old when its turn comes.
    ///
    /// - Returns: Whether it was put back.
    mutating func postpone(_ entry: Entry, at now: Instant) -> Bool {
        self.inFlight -= 1
        var entry = entry
        entry.attempts += 1
        entry.dueAt = now.adding(seconds: self.policy.pause(after: entry.attempts))
        guard entry.dueAt < entry.expiresAt else {
            self.ended.expired += 1
            return false
        }
        self.waiting.append(entry)
        return true
    }

    /// Gives up all that wait.
    ///
    /// - Returns: How many that were.
    mutating func abandon() -> Int {
        defer { self.waiting = [] }
        self.ended.expired += self.waiting.count
        return self.waiting.count
    }
}
