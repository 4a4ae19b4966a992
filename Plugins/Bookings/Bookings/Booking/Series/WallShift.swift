internal import AlmanacKernel
internal import AlmanacStorage

/// By how much the times of a series move on the clock: by days and a time of day, whatever clocks do in between.
struct WallShift: Sendable, Hashable {
    private let seconds: Int

    /// Whether nothing moves.
    var isZero: Bool { self.seconds == 0 }

    /// What brings one wall time to another.
    init(from: LocalDateTime, to: LocalDateTime) {
        self.seconds = LocalDate.days(from: from.date, to: to.date) * 86_400 + to.secondOfDay - from.secondOfDay
    }

    /// A wall time, moved.
    func moving(_ local: LocalDateTime) -> LocalDateTime {
        let (days, second) = Self.parts(local.secondOfDay + self.seconds)
        return LocalDateTime(local.date.adding(days: days), secondOfDay: second)
    }

    /// Whole days, rounded down, and the seconds that remain.
    private static func parts(_ seconds: Int) -> (days: Int, second: Int) {
        let second = (seconds % 86_400 + 86_400) % 86_400
        return ((seconds - second) / 86_400, second)
    }

    /// A series that is likely to have the times of another one, moved: whoever uses it compares them.
    ///
    /// Days of the week go round with the first start, and where weeks are left out so does the day with which one
    /// begins, so that the same days stay together. The end is counted, since a date as its end may mean another number
    /// after a move.
    func guess(at recurrence: Recurrence) -> Recurrence? {
        let start = self.moving(recurrence.localStart)
        let days = LocalDate.days(from: recurrence.localStart.date, to: start.date)
        guard let rule = try? recurrence.rule.map({ try self.guess(at: $0, of: recurrence, days: days) }) else {
            return nil
        }
        return try? Recurrence(start: .time(start), zone: recurrence.zone, rule: rule, policy: recurrence.policy)
            .adding(recurrence.added.map(self.moving)).excluding(recurrence.excluded.map(self.moving))
    }

    private func guess(at rule: RecurrenceRule, of recurrence: Recurrence, days: Int) throws -> RecurrenceRule {
        var parts = rule.parts
        parts.days = parts.days.map { .init($0.weekday.rotated(by: days), ordinal: $0.ordinal) }
        if parts.interval > 1, parts.days.count > 1 { parts.weekStart = parts.weekStart.rotated(by: days) }
        let alone = try Recurrence(
            start: recurrence.start, zone: recurrence.zone, rule: rule, policy: recurrence.policy)
        parts.end = .count(try alone.allOccurrences().count)
        return try RecurrenceRule(parts)
    }
}

extension Weekday {
    fileprivate func rotated(by days: Int) -> Weekday {
        Weekday(rawValue: ((self.rawValue - 1 + days) % 7 + 7) % 7 + 1) ?? self
    }
}

extension Recurrence {
    /// A series with exactly some times.
    ///
    /// - Parameters:
    ///   - times: The times; at least one.
    ///   - guess: A series that has been made for them: used without what it has besides, unless it lacks any.
    ///   - likeness: A series of the same place; where the guess is wrong the times are listed.
    /// - Returns: `nil` when there are no times.
    static func having(_ times: [LocalDateTime], guess: Recurrence?, like likeness: Recurrence) -> Recurrence? {
        let wanted = Set(times)
        if let guess, let made = try? guess.allOccurrences().map(\.local), wanted.isSubset(of: made) {
            return guess.excluding(made.filter { !wanted.contains($0) })
        }
        guard let first = wanted.min() else { return nil }
        return try? Recurrence(start: .time(first), zone: likeness.zone, policy: likeness.policy)
            .adding(wanted.filter { $0 != first })
    }
}
