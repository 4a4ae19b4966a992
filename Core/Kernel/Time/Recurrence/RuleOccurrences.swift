internal import AlmanacStorage

/// The start and what the rule makes of it as instants, ascending, each once, up to the rule's end.
///
/// Wall times ascend, and their instants nearly do: a time that is moved over a gap can come after a later wall time,
/// and so can the second of two readings. Such instants wait until nothing earlier can follow.
struct RuleOccurrences: IteratorProtocol {
    private let zone: Zone
    private let policy: WallTimePolicy
    private let last: Instant
    private var cursor: RuleCursor?
    /// Ascending; nearly always empty.
    private var waiting: [Recurrence.Occurrence] = []
    /// No later wall time has an earlier instant.
    private var bound = Instant.distantPast
    /// How many `COUNT` leaves.
    private var remaining: Int

    /// The occurrences of a series, or those from about `from` on.
    ///
    /// - Parameters:
    ///   - recurrence: Its added and excluded times are not looked at.
    ///   - from: Jumps to at most two days before this instant; without effect where `COUNT` has to be counted.
    ///   - patience: How many periods without an occurrence may follow one another before the rule counts as over.
    init(_ recurrence: Recurrence, from: Instant? = nil, patience: Int = .max) {
        self.zone = recurrence.zone
        self.policy = recurrence.effectivePolicy
        self.last = recurrence.lastInstant
        self.cursor = recurrence.ruleCursor
        self.cursor?.patience = patience
        self.remaining = .max
        if case .count(let count) = recurrence.rule?.end {
            self.remaining = count
        } else if let from {
            let (date, second) = recurrence.zone.local(at: from)
            // A time that is moved over a gap lies before the instant's own on the wall, by a whole day at most.
            let target = LocalDateTime(date.adding(days: -2), secondOfDay: second).localSeconds
            if target > recurrence.localStart.localSeconds {
                self.cursor?.seek(to: target)
                return
            }
        }
        self.waiting = [recurrence.explicit(recurrence.localStart)]
    }

    mutating func next() -> Recurrence.Occurrence? {
        guard self.remaining > 0 else { return nil }
        guard let occurrence = self.nextInOrder(), occurrence.instant <= self.last else {
            self.remaining = 0
            return nil
        }
        self.remaining -= 1
        return occurrence
    }

    private mutating func nextInOrder() -> Recurrence.Occurrence? {
        while true {
            if let first = self.waiting.first, first.instant < self.bound || self.cursor == nil {
                return self.waiting.removeFirst()
            }
            guard let second = self.cursor?.next() else {
                guard self.cursor != nil else { return nil }
                self.cursor = nil
                continue
            }
            let local = LocalDateTime(localSeconds: second)
            let resolution = self.zone.instants(of: local)
            // The ordinary case: nothing waits, or only the start or a moved time at the very instant.
            if case .one(let instant) = resolution, self.waiting.allSatisfy({ $0.instant == instant }) {
                self.waiting.removeAll(keepingCapacity: true)
                self.bound = instant
                return Recurrence.Occurrence(local: local, instant: instant)
            }
            self.wait(local, resolution)
        }
    }

    private mutating func wait(_ local: LocalDateTime, _ resolution: LocalResolution) {
        let (first, second) = self.policy.instants(of: resolution)
        for instant in [first, second].compactMap({ $0 }) {
            self.insert(Recurrence.Occurrence(local: local, instant: instant), isExact: resolution.exact != nil)
        }
        switch resolution {
        case .one(let instant): self.bound = instant
        case .ambiguous(let earlier, _): self.bound = earlier
        case .skipped(_, _, let transition): self.bound = transition
        }
    }

    /// Puts an occurrence in its place; of two at one instant the one stays that clocks show.
    private mutating func insert(_ occurrence: Recurrence.Occurrence, isExact: Bool) {
        let index = self.waiting.firstIndex { $0.instant >= occurrence.instant } ?? self.waiting.count
        if index < self.waiting.count, self.waiting[index].instant == occurrence.instant {
            if isExact { self.waiting[index] = occurrence }
            return
        }
        self.waiting.insert(occurrence, at: index)
    }
}
