internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// Series that are cut for a change to this and all following occurrences.
struct RecurrenceSplitTests {
    private static func split(_ series: Recurrence, _ index: Int) throws -> Recurrence.Split {
        try series.split(at: Array(series.occurrences.prefix(index + 1))[index].instant)
    }

    @Test func theCountIsDivided() throws {
        let series = try Series.of("FREQ=WEEKLY;COUNT=10", from: "2026-03-02T09:00", zone: "Europe/Berlin")
        let split = try Self.split(series, 4)
        #expect(split.earlier?.rule?.description == "FREQ=WEEKLY;COUNT=4")
        #expect(split.following.rule?.description == "FREQ=WEEKLY;COUNT=6")
        #expect(split.following.localStart.description == "2026-03-30T09:00:00")
    }

    @Test func anEndlessSeriesEndsJustBeforeTheCut() throws {
        let series = try Series.of("FREQ=WEEKLY", from: "2026-03-02T09:00", zone: "Europe/Berlin")
        let split = try Self.split(series, 4)
        #expect(split.earlier?.rule?.description == "FREQ=WEEKLY;UNTIL=20260330T065959Z")
        #expect(split.following.rule?.description == "FREQ=WEEKLY")
        let days = try Self.split(try Series.of("FREQ=WEEKLY", from: "2026-03-02", zone: "Europe/Berlin"), 4)
        #expect(days.earlier?.rule?.description == "FREQ=WEEKLY;UNTIL=20260329")
        #expect(days.following.start == .day(try #require(LocalDate("2026-03-30"))))
    }

    @Test func excludedTimesAreCountedToo() throws {
        let time = try #require(LocalDateTime("2026-03-09T09:00"))
        let series = try Series.of("FREQ=WEEKLY;COUNT=5", from: "2026-03-02T09:00").excluding([time])
        let split = try Self.split(series, 1)
        #expect(split.earlier?.rule?.description == "FREQ=WEEKLY;COUNT=2")
        #expect(split.earlier?.excluded == [time])
        #expect(split.following.rule?.description == "FREQ=WEEKLY;COUNT=3")
        #expect(split.following.excluded.isEmpty)
    }

    @Test func theFirstOccurrenceHasNothingBeforeIt() throws {
        let series = try Series.of("FREQ=WEEKLY;COUNT=10", from: "2026-03-02T09:00")
        let split = try Self.split(series, 0)
        #expect(split.earlier == nil)
        #expect(split.following == series)
    }

    @Test func anAddedTimeDoesNotMoveTheRule() throws {
        let extra = try #require(LocalDateTime("2026-03-12T18:00"))
        let series = try Series.of("FREQ=WEEKLY;INTERVAL=2;COUNT=4", from: "2026-03-02T09:00").adding([extra])
        let split = try Self.split(series, 1)
        #expect(split.following.localStart.description == "2026-03-16T09:00:00")
        #expect(
            Series.times(split.following, 9) == [
                "2026-03-12T18:00", "2026-03-16T09:00", "2026-03-30T09:00", "2026-04-13T09:00",
            ])
        let last = try #require(LocalDateTime("2026-05-01T18:00"))
        let after = try Self.split(try Series.of("FREQ=DAILY;COUNT=2", from: "2026-03-02T09:00").adding([last]), 2)
        #expect(after.following.rule == nil)
        #expect(Series.times(after.following, 9) == ["2026-05-01T18:00"])
    }

    @Test func thereMustBeAnOccurrence() throws {
        let series = try Series.of("FREQ=WEEKLY", from: "2026-03-02T09:00")
        let error = #expect(throws: RecurrenceError.self) {
            try series.split(at: try #require(Instant(rfc3339: "2026-03-10T09:00:00Z")))
        }
        #expect(error?.code == .noSuchOccurrence)
    }

    /// Wherever a series is cut, both parts together are the series, and the parts share nothing.
    @Test func bothPartsTogetherAreTheSeries() throws {
        let random = RandomRules(seed: 23)
        for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe"] {
            for _ in 0..<120 {
                var parts = random.parts(random.pick([.daily, .weekly, .monthly, .yearly, .hourly]))
                if random.chance(50) { parts.end = .count(2 + random.below(30)) }
                let start = random.start()
                let extra = (0..<3).map { _ in
                    LocalDateTime(start.date.adding(days: random.below(60) - 5), secondOfDay: random.below(86_400))
                }
                let made = try Recurrence(
                    start: .time(start), zone: try Zone(zone), rule: try RecurrenceRule(parts),
                    policy: WallTimePolicy(skipped: random.pick([.shift, .clamp, .drop]), repeated: .first)
                ).adding(Array(extra.prefix(random.below(3))))
                let some = made.occurrences.prefix(20).filter { _ in random.chance(15) }.map(\.local)
                let series = made.excluding(some)
                let whole = series.occurrences.prefix(40).map(\.instant)
                guard !whole.isEmpty else { continue }
                let split = try series.split(at: whole[random.below(whole.count)])
                let first = (split.earlier?.occurrences.prefix(41)).map { $0.map(\.instant) } ?? []
                let second = split.following.occurrences.prefix(40).map(\.instant)
                #expect((first + second).prefix(40).elementsEqual(whole), "\(series.icalendarLines)")
            }
        }
    }
}
