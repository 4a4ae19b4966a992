internal import AlmanacKernel
internal import AlmanacStorage

/// A series by definition: all its parts put together by sets and sorting.
struct SlowSeries {
    let recurrence: Recurrence
    /// The first instant that is not looked at.
    let horizon: Instant
    private let last: LocalDate

    /// A series in the years 2018 to 2025 that has something to do with a change of the clock.
    static func random(_ random: RandomRules, zone: Zone) throws -> Self {
        let frequency = random.pick([RecurrenceRule.Frequency.daily, .daily, .weekly, .hourly, .minutely, .monthly])
        var parts = RecurrenceRule.Parts(frequency)
        parts.interval = frequency == .minutely ? 10 + random.below(50) : 1 + random.below(3)
        if frequency == .weekly { parts.days = Weekday.allCases.map { .init($0) }.filter { _ in random.chance(40) } }
        if frequency == .monthly { parts.days = [.init(.sunday), .init(.saturday)] }
        if frequency >= .daily, random.chance(60) { parts.hours = [1, 2, 3] }
        if frequency >= .hourly, random.chance(60) { parts.minutes = [0, 15, 30, 45] }
        let start = try Self.start(random, zone)
        let last = start.date.adding(days: frequency < .daily ? 3 : 40)
        switch random.below(4) {
        case 0: parts.end = .count(1 + random.below(60))
        case 1: parts.end = .until(.local(LocalDateTime(start.date.adding(days: random.below(30)), secondOfDay: 9_000)))
        default: break
        }
        let policy = WallTimePolicy(
            skipped: random.pick(WallTimePolicy.Skipped.allCases), repeated: random.pick([.first, .both]))
        let near = (0..<4).map { _ in
            LocalDateTime(start.date.adding(days: random.below(5)), secondOfDay: random.below(8) * 1_800)
        }
        let series = try Recurrence(start: .time(start), zone: zone, rule: try RecurrenceRule(parts), policy: policy)
            .adding(Array(near.prefix(random.below(3)))).excluding(Array(near.dropFirst(1 + random.below(3))))
        return Self(recurrence: series, horizon: zone.startOfDay(last), last: last)
    }

    /// Up to three days before a change of the clock, if the zone has one.
    private static func start(_ random: RandomRules, _ zone: Zone) throws -> LocalDateTime {
        var day = 17_532 + random.below(2_500)
        if zone.name == "Pacific/Apia" { day = 15_000 + random.below(340) }
        for candidate in day..<day + 400 {
            let date = LocalDate(daysSinceEpoch: candidate)
            guard zone.startOfDay(date.adding(days: 1)).seconds - zone.startOfDay(date).seconds != 86_400 else {
                continue
            }
            return LocalDateTime(date.adding(days: -random.below(4)), secondOfDay: random.below(10) * 900)
        }
        return LocalDateTime(LocalDate(daysSinceEpoch: day), secondOfDay: 7_200)
    }

    /// The instants before the horizon.
    var instants: [Instant] {
        guard let rule = self.recurrence.rule else { return [] }
        let start = self.recurrence.localStart
        let policy = self.recurrence.policy
        let named = WallTimePolicy(skipped: policy.skipped == .drop ? .shift : policy.skipped, repeated: .first)
        var made = Set(self.readings(start, named))
        for time in SlowRecurrence(parts: rule.parts, start: start).times(through: self.last.adding(days: 2)) {
            made.formUnion(self.readings(time, policy))
        }
        var sorted = made.sorted()
        switch rule.end {
        case .count(let count): sorted = Array(sorted.prefix(count))
        case .until(.local(let local)):
            let end = self.readings(local, WallTimePolicy(skipped: .shift, repeated: .both)).max()
            if let end { sorted = sorted.filter { $0 <= end } }
        default: break
        }
        let all = Set(sorted).union(self.recurrence.added.flatMap { self.readings($0, named) })
        let excluded = self.recurrence.excluded.flatMap { self.readings($0, policy) }
        return all.subtracting(excluded).filter { $0 < self.horizon }.sorted()
    }

    /// The instants at which the clocks show a time, found by looking at the clocks; or else what the policy says.
    private func readings(_ local: LocalDateTime, _ policy: WallTimePolicy) -> [Instant] {
        let zone = self.recurrence.zone
        let naive = Int64(local.date.daysSinceEpoch) * 86_400 + Int64(local.secondOfDay)
        let around = stride(from: naive - 100_000, through: naive + 100_000, by: 1_800)
        let offsets = Set(around.map { Int64(zone.offset(at: Instant(seconds: $0))) })
        let shown = offsets.map { Instant(seconds: naive - $0) }.filter {
            zone.local(at: $0) == (local.date, local.secondOfDay)
        }.sorted()
        guard shown.isEmpty else { return policy.repeated == .both ? shown : [shown[0]] }
        // The last quarter of an hour at which the clocks show an earlier time, and the offset then.
        let before = around.flatMap { [$0, $0 + 900] }.map { $0 - $0 % 900 }.last { second in
            let (date, time) = zone.local(at: Instant(seconds: second))
            return LocalDateTime(date, secondOfDay: time) < local
        }
        guard let before else { return [] }
        switch policy.skipped {
        case .drop: return []
        case .clamp: return [Instant(seconds: before + 900)]
        case .shift: return [Instant(seconds: naive - Int64(zone.offset(at: Instant(seconds: before))))]
        }
    }
}
