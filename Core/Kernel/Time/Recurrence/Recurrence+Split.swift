public import AlmanacStorage

extension Recurrence {
    /// A series cut in two.
    public struct Split: Sendable, Hashable {
        /// The occurrences before the cut; `nil` when there are none.
        public let earlier: Recurrence?
        /// The occurrence at the cut and those after it.
        public let following: Recurrence
    }

    /// Cuts the series before an occurrence, as for "this and all following".
    ///
    /// Both parts together have exactly the occurrences of the series: the later one starts at the cut with the rest
    /// of `COUNT`, or the same `UNTIL`; the earlier one ends by `COUNT` when the series did, otherwise by an `UNTIL`
    /// just before the cut. Added and excluded times go where they belong. Where the cut is at an added time, the
    /// later part starts with the rule's next time and has the added one before it, since a rule that began there
    /// would make other times.
    /// - Parameter instant: Of an occurrence; of the second reading of a repeated time it cuts before the first.
    /// - Returns: What lies before the cut, and the rest.
    /// - Throws: ``RecurrenceError`` with code `noSuchOccurrence` when the series has none at that instant,
    ///   `tooManyOccurrences` when more than 100,000 before it have to be counted.
    public func split(at instant: Instant) throws(RecurrenceError) -> Split {
        guard let chosen = try self.occurrence(at: instant) else {
            throw RecurrenceError(
                .noSuchOccurrence, "the series has no occurrence at \(instant); choose one of its own")
        }
        let cut = min(chosen.instant, self.explicit(chosen.local).instant)
        let first = self.occurrences.first { _ in true }
        if first?.instant == cut { return Split(earlier: nil, following: self) }
        let counted = try self.ruleOccurrences(before: cut)
        return Split(
            earlier: self.part(before: cut, counted: counted),
            following: self.part(from: Occurrence(local: chosen.local, instant: cut), counted: counted))
    }

    private func part(before cut: Instant, counted: Int) -> Recurrence {
        let added = self.added.filter { self.explicit($0).instant < cut }
        let excluded = self.excluded.filter { self.isExcluded($0) { $0 < cut } }
        // Added times may lie before the start: then they are all that there is.
        if self.explicit(self.localStart).instant >= cut, let first = added.first {
            return Recurrence(
                unchecked: self.isAllDay ? .day(first.date) : .time(first), zone: self.zone, rule: nil,
                policy: self.policy, added: Array(added.dropFirst()), excluded: excluded)
        }
        let end: RecurrenceRule.End
        if case .count = self.rule?.end {
            end = .count(counted)
        } else if self.isAllDay {
            end = .until(.date(self.zone.localDate(at: cut).adding(days: -1)))
        } else {
            end = .until(.instant(cut.adding(seconds: -1)))
        }
        return Recurrence(
            unchecked: self.start, zone: self.zone, rule: self.rule?.endingChecked(end), policy: self.policy,
            added: added, excluded: excluded)
    }

    private func part(from cut: Occurrence, counted: Int) -> Recurrence {
        var end = self.rule?.end ?? .never
        var isOver = self.rule == nil
        if case .count(let count) = end {
            isOver = count <= counted
            end = .count(max(count - counted, 1))
        }
        var following = RuleOccurrences(self, from: cut.instant)
        var anchor = isOver ? nil : following.next()
        while let found = anchor, found.instant < cut.instant { anchor = following.next() }
        let start = anchor?.local ?? cut.local
        return Recurrence(
            unchecked: self.isAllDay ? .day(start.date) : .time(start), zone: self.zone,
            rule: anchor == nil ? nil : self.rule?.endingChecked(end), policy: self.policy,
            added: self.added.filter { self.explicit($0).instant >= cut.instant && $0 != start },
            excluded: self.excluded.filter { self.isExcluded($0) { $0 >= cut.instant } })
    }

    /// Whether excluding a time leaves out an instant that fits.
    private func isExcluded(_ local: LocalDateTime, _ fits: (Instant) -> Bool) -> Bool {
        self.exclusions(local).contains(where: fits)
    }

    /// How many times of the rule, the start included, lie before an instant; only needed where `COUNT` counts them.
    private func ruleOccurrences(before instant: Instant) throws(RecurrenceError) -> Int {
        guard case .count = self.rule?.end else { return 0 }
        var occurrences = RuleOccurrences(self)
        var count = 0
        while let found = occurrences.next(), found.instant < instant {
            count += 1
            guard count <= Self.longestWalk else { throw Self.tooMany(Self.longestWalk) }
        }
        return count
    }
}
