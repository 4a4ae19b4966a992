internal import AlmanacStorage

extension Recurrence {
    /// Whether the rule makes the start; true when there is no rule.
    public var startFollowsRule: Bool {
        guard var cursor = self.ruleCursor else { return true }
        return cursor.next() == self.localStart.localSeconds
    }

    /// Checks what RFC 5545 asks of a rule and its start together, for those who want to be strict.
    ///
    /// This type gives all of it a meaning that readers expect: a date as `UNTIL` includes that date, a wall time is
    /// one of the start's zone. Other programs may not.
    /// - Throws: ``RecurrenceError`` with code `startOffRule` when the rule does not make the start, `neverOccurs` when
    ///   it makes nothing at all, `untilForm` when `UNTIL` is not of the form that goes with the start, or
    ///   `partNotAllowed` when a whole day has `BYHOUR`, `BYMINUTE` or `BYSECOND`.
    public func checkConformance() throws(RecurrenceError) {
        guard let rule = self.rule else { return }
        try self.checkStart()
        if case .until(let limit) = rule.end, self.conforming(limit) != limit {
            throw RecurrenceError(
                .untilForm,
                "UNTIL=\(limit.basicText) does not go with a start that is \(self.isAllDay ? "a date" : "a time"); "
                    + "write UNTIL=\(self.conforming(limit).basicText)")
        }
        guard self.isAllDay else { return }
        for part in [RecurrenceRule.Part.hours, .minutes, .seconds] where rule.parts.present.contains(part) {
            throw RecurrenceError(
                .partNotAllowed, "\(part.rawValue) needs a start with a time; leave it out for whole days")
        }
    }

    /// All occurrences of a series that is to be booked.
    ///
    /// - Throws: ``RecurrenceError`` with code `frequencyTooFine`, `endless`, `neverOccurs`, `startOffRule` or
    ///   `tooManyOccurrences`.
    public func occurrences(within limits: RecurrenceLimits) throws(RecurrenceError) -> [Occurrence] {
        if let rule = self.rule, rule.frequency < limits.finest {
            throw RecurrenceError(
                .frequencyTooFine,
                "FREQ=\(rule.frequency.name) repeats too often; use FREQ=\(limits.finest.name) or a longer one")
        }
        if self.isFinite { try self.checkStart() }
        let found = try self.allOccurrences(limit: limits.occurrences)
        guard !found.isEmpty else {
            throw RecurrenceError(
                .neverOccurs, "the series has no occurrence: UNTIL lies before its start, or each time is excluded")
        }
        return found
    }

    private func checkStart() throws(RecurrenceError) {
        guard let rule = self.rule, var cursor = self.ruleCursor else { return }
        guard let first = cursor.next() else {
            throw RecurrenceError(
                .neverOccurs, "no day that exists fits the rule \(rule); look for a date as 30 February in it")
        }
        guard first != self.localStart.localSeconds else { return }
        let next = LocalDateTime(localSeconds: first)
        throw RecurrenceError(
            .startOffRule,
            "the start \(self.isAllDay ? self.localStart.date.description : self.localStart.description) is not a time "
                + "that the rule \(rule) makes; begin with \(self.isAllDay ? next.date.description : next.description)")
    }

    /// The same limit in the form that RFC 5545 asks for beside this start: a date for whole days, otherwise UTC.
    func conforming(_ limit: RecurrenceRule.Limit) -> RecurrenceRule.Limit {
        if self.isAllDay {
            return .date(self.zone.localDate(at: self.lastInstant))
        }
        if case .instant = limit { return limit }
        return .instant(Instant(seconds: self.lastInstant.seconds))
    }
}
