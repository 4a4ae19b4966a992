internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

/// Wall times that clocks skip or repeat.
struct RecurrenceZoneTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let zone: String
        let rule: String
        let start: String
        let policy: WallTimePolicy
        let instants: String

        init(
            _ zone: String, _ rule: String, _ start: String, _ skipped: WallTimePolicy.Skipped,
            repeated: WallTimePolicy.Repeated = .first, _ instants: String
        ) {
            self.zone = zone
            self.rule = rule
            self.start = start
            self.policy = WallTimePolicy(skipped: skipped, repeated: repeated)
            self.instants = instants
        }

        var testDescription: String {
            "\(self.zone) \(self.rule) \(self.policy.skipped) \(self.policy.repeated)"
        }
    }

    @Test(arguments: [
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-03-28T02:30", .shift,
            "2026-03-28T01:30:00Z 2026-03-29T01:30:00Z 2026-03-30T00:30:00Z"),
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-03-28T02:30", .clamp,
            "2026-03-28T01:30:00Z 2026-03-29T01:00:00Z 2026-03-30T00:30:00Z"),
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-03-28T02:30", .drop,
            "2026-03-28T01:30:00Z 2026-03-30T00:30:00Z 2026-03-31T00:30:00Z"),
        Case(
            "America/New_York", "FREQ=WEEKLY;COUNT=3", "2026-03-01T02:30", .shift,
            "2026-03-01T07:30:00Z 2026-03-08T07:30:00Z 2026-03-15T06:30:00Z"),
        // Half an hour only: 02:15 becomes 02:45.
        Case(
            "Australia/Lord_Howe", "FREQ=DAILY;COUNT=3", "2024-10-05T02:15", .shift,
            "2024-10-04T15:45:00Z 2024-10-05T15:45:00Z 2024-10-06T15:15:00Z"),
        Case(
            "Australia/Lord_Howe", "FREQ=DAILY;COUNT=3", "2024-10-05T02:15", .clamp,
            "2024-10-04T15:45:00Z 2024-10-05T15:30:00Z 2024-10-06T15:15:00Z"),
        Case(
            "Pacific/Chatham", "FREQ=DAILY;COUNT=3", "2025-09-27T03:00", .shift,
            "2025-09-26T14:15:00Z 2025-09-27T14:15:00Z 2025-09-28T13:15:00Z"),
        // A day that a place left out: moved, it is the next day's own.
        Case(
            "Pacific/Apia", "FREQ=DAILY;COUNT=3", "2011-12-29T09:00", .shift,
            "2011-12-29T19:00:00Z 2011-12-30T19:00:00Z 2011-12-31T19:00:00Z"),
        Case(
            "Pacific/Apia", "FREQ=DAILY;COUNT=3", "2011-12-29T09:00", .clamp,
            "2011-12-29T19:00:00Z 2011-12-30T10:00:00Z 2011-12-30T19:00:00Z"),
        Case(
            "Pacific/Apia", "FREQ=DAILY;COUNT=3", "2011-12-29T09:00", .drop,
            "2011-12-29T19:00:00Z 2011-12-30T19:00:00Z 2011-12-31T19:00:00Z"),
        // The hour that is shown twice.
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-10-24T02:30", .shift,
            "2026-10-24T00:30:00Z 2026-10-25T00:30:00Z 2026-10-26T01:30:00Z"),
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=3", "2026-10-24T02:30", .shift, repeated: .both,
            "2026-10-24T00:30:00Z 2026-10-25T00:30:00Z 2026-10-25T01:30:00Z"),
        Case(
            "Europe/Berlin", "FREQ=HOURLY;COUNT=4", "2026-10-25T01:00", .shift,
            "2026-10-24T23:00:00Z 2026-10-25T00:00:00Z 2026-10-25T02:00:00Z 2026-10-25T03:00:00Z"),
        // With both policies of those who count real hours, each hour once.
        Case(
            "Europe/Berlin", "FREQ=HOURLY;COUNT=4", "2026-10-25T01:00", .drop, repeated: .both,
            "2026-10-24T23:00:00Z 2026-10-25T00:00:00Z 2026-10-25T01:00:00Z 2026-10-25T02:00:00Z"),
        Case(
            "Europe/Berlin", "FREQ=HOURLY;COUNT=4", "2026-03-29T00:00", .drop, repeated: .both,
            "2026-03-28T23:00:00Z 2026-03-29T00:00:00Z 2026-03-29T01:00:00Z 2026-03-29T02:00:00Z"),
        // The second round of the hour comes after all of the first.
        Case(
            "Europe/Berlin", "FREQ=MINUTELY;INTERVAL=30;COUNT=5", "2026-10-25T02:00", .shift, repeated: .both,
            """
            2026-10-25T00:00:00Z 2026-10-25T00:30:00Z 2026-10-25T01:00:00Z 2026-10-25T01:30:00Z 2026-10-25T02:00:00Z
            """),
        // Moved times fall among those after the gap, and on them once.
        Case(
            "Europe/Berlin", "FREQ=MINUTELY;INTERVAL=40;COUNT=5", "2026-03-29T01:40", .shift,
            """
            2026-03-29T00:40:00Z 2026-03-29T01:00:00Z 2026-03-29T01:20:00Z 2026-03-29T01:40:00Z 2026-03-29T02:20:00Z
            """),
        // A start within the gap is what somebody has said, and so never dropped.
        Case(
            "Europe/Berlin", "FREQ=DAILY;COUNT=2", "2026-03-29T02:30", .drop,
            "2026-03-29T01:30:00Z 2026-03-30T00:30:00Z"),
    ])
    func clocksThatJumpFollowThePolicy(of jump: Case) throws {
        let series = try Series.of(jump.rule, from: jump.start, zone: jump.zone, policy: jump.policy)
        let expected = jump.instants.split { $0 == " " || $0 == "\n" }.map(String.init)
        #expect(Series.instants(series, 10) == expected)
    }

    @Test func timeGoesBackToItselfAfterAGap() throws {
        let series = try Series.of("FREQ=DAILY;COUNT=3", from: "2026-03-28T02:30", zone: "Europe/Berlin")
        #expect(Series.times(series, 3) == ["2026-03-28T02:30", "2026-03-29T02:30", "2026-03-30T02:30"])
        #expect(series.occurrences.map { series.zone.local(at: $0.instant).secondOfDay / 60 } == [150, 210, 150])
    }

    /// A moved time stands earlier on the wall than the stretch that its instant lies in, by a whole day in Samoa.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-01T02:30", "2026-03-29T01:20:00Z", "2026-03-29T01:30:00Z"),
        ("Pacific/Apia", "2011-01-01T09:30", "2011-12-30T19:15:00Z", "2011-12-30T19:30:00Z"),
    ])
    func aStretchFindsTimesThatWereMovedIntoIt(zone: String, start: String, lower: String, expected: String) throws {
        // Only the day that Samoa left out, so that the next day's own time does not stand in for it.
        let rule = zone == "Pacific/Apia" ? "FREQ=MONTHLY;BYMONTHDAY=30" : "FREQ=DAILY"
        let series = try Series.of(rule, from: start, zone: zone)
        let from = try #require(Instant(rfc3339: lower))
        let found = try series.occurrences(from: from, to: from.adding(seconds: 3_600))
        #expect(found.map(\.instant.rfc3339) == [expected])
        #expect(try series.next(after: from)?.instant.rfc3339 == expected)
    }

    @Test func wholeDaysBeginWithTheFirstInstantOfTheirDate() throws {
        // Midnight is skipped on 4 November 2018 in São Paulo, and shown twice on 18 February.
        let spring = try Series.of("FREQ=DAILY;COUNT=3", from: "2018-11-03", zone: "America/Sao_Paulo")
        #expect(Series.instants(spring, 5) == ["2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"])
        let samoa = try Series.of("FREQ=DAILY;COUNT=3", from: "2011-12-29", zone: "Pacific/Apia")
        #expect(Series.instants(samoa, 5) == ["2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"])
        #expect(Series.times(samoa, 5) == ["2011-12-29T00:00", "2011-12-31T00:00", "2012-01-01T00:00"])
    }

    @Test(arguments: [
        ("20260329", 2), ("20260329T023000", 2), ("20260329T013000Z", 2), ("20260329T012959Z", 1), ("20260328", 1),
        ("20260330T023000", 3), ("20260330T002959Z", 2),
    ])
    func anEndIsReadInItsForm(until: String, count: Int) throws {
        let series = try Series.of("FREQ=DAILY;UNTIL=\(until)", from: "2026-03-28T02:30", zone: "Europe/Berlin")
        #expect(series.occurrences.map(\.instant).count == count)
        #expect(try series.lastOccurrence() == Array(series.occurrences).last)
    }

    /// Zones, policies, exceptions and ends together, against a walk over all wall times and a search over all instants.
    @Test(arguments: [
        "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham",
    ])
    func randomSeriesAreWhatASlowSearchFinds(zone: String) throws {
        let random = RandomRules(seed: UInt64(zone.utf8.count) * 7_919)
        for _ in 0..<60 {
            let series = try SlowSeries.random(random, zone: try Zone(zone))
            let lower = series.recurrence.explicitStart.adding(seconds: -86_400)
            let expected = series.instants
            let upper = series.horizon
            let found = try series.recurrence.occurrences(from: lower, to: upper, limit: 50_000).map(\.instant)
            #expect(found.elementsEqual(expected), "\(series.recurrence.icalendarLines) \(series.recurrence.policy)")
            // A stretch in the middle, which is gone to directly.
            let middle = Instant(seconds: (lower.seconds + upper.seconds) / 2)
            let rest = try series.recurrence.occurrences(from: middle, to: upper, limit: 50_000).map(\.instant)
            #expect(rest.elementsEqual(expected.drop { $0 < middle }), "\(series.recurrence.icalendarLines)")
            #expect(try series.recurrence.next(after: middle)?.instant ?? upper >= rest.first ?? upper)
        }
    }
}

extension Recurrence {
    fileprivate var explicitStart: Instant { self.zone.instants(of: self.localStart).compatible }
}
