public import AlmanacStorage

extension Recurrence {
    /// The occurrences of a series in order, computed one by one; it may be endless.
    public struct Occurrences: Sequence, Sendable {
        /// Walks the occurrences.
        public struct Iterator: IteratorProtocol {
            private var rule: RuleOccurrences
            private var added: ArraySlice<Occurrence>
            private let excluded: Set<Instant>
            private var head: Occurrence?
            private var previous: Instant?

            init(_ recurrence: Recurrence, from: Instant?) {
                self.rule = RuleOccurrences(recurrence, from: from)
                self.added = recurrence.added.map(recurrence.explicit).sorted { $0.instant < $1.instant }[...]
                self.excluded = Set(recurrence.excluded.flatMap(recurrence.exclusions))
                self.head = self.rule.next()
            }

            /// The next occurrence, `nil` after the last.
            public mutating func next() -> Occurrence? {
                while let occurrence = self.merged() {
                    guard occurrence.instant != self.previous, !self.excluded.contains(occurrence.instant) else {
                        continue
                    }
                    self.previous = occurrence.instant
                    return occurrence
                }
                return nil
            }

            /// The earlier of the rule's and the added occurrences; the rule's first when they are one.
            private mutating func merged() -> Occurrence? {
                if let extra = self.added.first, self.head.map({ extra.instant < $0.instant }) ?? true {
                    return self.added.removeFirst()
                }
                defer { if self.head != nil { self.head = self.rule.next() } }
                return self.head
            }
        }

        let recurrence: Recurrence
        let from: Instant?

        /// An iterator at the beginning.
        public func makeIterator() -> Iterator { Iterator(self.recurrence, from: self.from) }
    }

    /// All occurrences in order; endless when the series is.
    public var occurrences: Occurrences { Occurrences(recurrence: self, from: nil) }

    /// How many occurrences a question may pass over before it is refused: what a fraction of a second allows.
    static let longestWalk = 100_000

    /// The occurrences that begin in a stretch of time.
    ///
    /// Goes to the stretch directly, unless the rule has a `COUNT`: then everything before it is counted. An
    /// occurrence that begins before the stretch and reaches into it is not found; subtract its duration from `lower`.
    /// - Parameters:
    ///   - lower: The first instant.
    ///   - upper: The first instant after the stretch.
    ///   - limit: How many there may be.
    /// - Returns: The occurrences from `lower` to before `upper`, in order.
    /// - Throws: ``RecurrenceError`` with code `tooManyOccurrences` when there are more, or more than 100,000 before
    ///   the stretch have to be counted.
    public func occurrences(
        from lower: Instant, to upper: Instant, limit: Int = 1_000
    ) throws(RecurrenceError) -> [Occurrence] {
        var found: [Occurrence] = []
        var walked = 0
        for occurrence in Occurrences(recurrence: self, from: lower) {
            if occurrence.instant >= upper { break }
            walked += 1
            guard walked <= Self.longestWalk else { throw Self.tooMany(Self.longestWalk) }
            guard occurrence.instant >= lower else { continue }
            guard found.count < limit else { throw Self.tooMany(limit) }
            found.append(occurrence)
        }
        return found
    }

    /// The first occurrence after an instant, or `nil` when there is none.
    ///
    /// - Throws: ``RecurrenceError`` with code `tooManyOccurrences` when more than 100,000 before have to be counted.
    public func next(after instant: Instant) throws(RecurrenceError) -> Occurrence? {
        var walked = 0
        for occurrence in Occurrences(recurrence: self, from: instant) {
            if occurrence.instant > instant { return occurrence }
            walked += 1
            guard walked <= Self.longestWalk else { throw Self.tooMany(Self.longestWalk) }
        }
        return nil
    }

    /// The occurrence at an instant, or `nil` when there is none.
    ///
    /// - Throws: ``RecurrenceError`` with code `tooManyOccurrences` when more than 100,000 before have to be counted.
    public func occurrence(at instant: Instant) throws(RecurrenceError) -> Occurrence? {
        let found = try self.next(after: instant.adding(microseconds: -1))
        return found?.instant == instant ? found : nil
    }

    /// All occurrences of a series that ends.
    ///
    /// Their number is what people call the length of the series; `COUNT` is no more than its upper bound.
    /// - Parameter limit: How many there may be.
    /// - Returns: The occurrences in order.
    /// - Throws: ``RecurrenceError`` with code `endless` when there is no end, `tooManyOccurrences` when there are more.
    public func allOccurrences(limit: Int = 1_000) throws(RecurrenceError) -> [Occurrence] {
        try self.requireEnd()
        var found: [Occurrence] = []
        for occurrence in self.occurrences {
            guard found.count < limit else { throw Self.tooMany(limit) }
            found.append(occurrence)
        }
        return found
    }

    /// The last occurrence of a series that ends, or `nil` when each is excluded.
    ///
    /// Searched for from the end, unless the rule has a `COUNT`.
    /// - Throws: ``RecurrenceError`` with code `endless` when there is no end, `tooManyOccurrences` when more than
    ///   100,000 have to be counted.
    public func lastOccurrence() throws(RecurrenceError) -> Occurrence? {
        try self.requireEnd()
        var from = self.lastInstant
        var days: Int64 = 1
        var canSearch = if case .until = self.rule?.end { true } else { false }
        while true {
            from = from.adding(seconds: -days * 86_400)
            canSearch = canSearch && from > self.explicit(self.localStart).instant
            var last: Occurrence?
            var walked = 0
            for occurrence in Occurrences(recurrence: self, from: canSearch ? from : nil) {
                walked += 1
                guard walked <= Self.longestWalk else { throw Self.tooMany(Self.longestWalk) }
                last = occurrence
            }
            if last != nil || !canSearch { return last }
            days *= 2
        }
    }

    private func requireEnd() throws(RecurrenceError) {
        guard !self.isFinite, let rule = self.rule else { return }
        throw RecurrenceError(.endless, "the rule \(rule) has no end; add COUNT or UNTIL")
    }

    static func tooMany(_ limit: Int) -> RecurrenceError {
        RecurrenceError(
            .tooManyOccurrences,
            "the series has more than \(limit) occurrences where no more are allowed; end it earlier, or ask for a "
                + "shorter time")
    }
}
