import AlmanacStorage
import AlmanacTestKit
import Testing

/// Cancelling and moving bookings of a series together.
struct SeriesChangeTests {
    /// The parts of the answer to a series of Tuesdays with the first instructor.
    private func tuesdays(_ count: Int, in school: School) async throws -> (series: String, bookings: [String]) {
        let input = School.tuesdays(count, ["provider": .string(school.first)])
        let made = try await school.bookSeries(input).expect(201)
        return (made.seriesID, made["bookings"]?.array?.map(\.id) ?? [])
    }

    // MARK: Cancelling

    @Test(arguments: TestEngine.allCases)
    func fromOneOnAllAreCancelledAndTheirTimeIsFree(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(4, in: school)
            let cancelled = try await school.change(
                "cancel", series,
                ["scope": "thisAndFollowing", "booking": .string(bookings[2]), "reason": "moves away"]
            ).expect(200)

            #expect(cancelled["bookings"]?.array?.map(\.id) == Array(bookings[2...]))
            #expect(cancelled["series"]?["version"]?.int == 2)
            let shown = try await school.series(series)
            let statuses = shown["occurrences"]?.array?.compactMap { $0["status"]?.string }
            #expect(statuses == ["confirmed", "confirmed", "cancelled", "cancelled"])
            #expect(try await school.counts() == ["2", "2"])
            #expect(try await school.changes(of: bookings[3]) == ["cancelled by customer"])
            try await school.book(School.march(17, 10), with: school.first, as: school.otherCustomer).expect(201)

            let rest = try await school.change("cancel", series, ["scope": "all"]).expect(200)
            #expect(rest["bookings"]?.array?.map(\.id) == Array(bookings[..<2]))
            #expect(rest["series"]?.texts("allowed") == [])
            #expect(await school.change("cancel", series, ["scope": "all"]).code == "series_over")
            #expect(try await school.counts() == ["1", "1"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasBegunStays(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead, sessions: School.patience) { school in
            let (series, bookings) = try await self.tuesdays(3, in: school)
            // Into the first lesson.
            school.platform.clock.advance(minutes: 1_440 + 90)
            let cancelled = try await school.change("cancel", series, ["scope": "all"]).expect(200)
            #expect(cancelled["bookings"]?.array?.map(\.id) == Array(bookings[1...]))
            let begun = await school.change(
                "cancel", series, ["scope": "thisAndFollowing", "booking": .string(bookings[0])])
            #expect(begun.fieldErrors == ["/booking booking_begun"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func feesAndLimitsCountForEach(_ engine: TestEngine) async throws {
        let policies: JSON = [
            "cancellation": [
                "tiers": [["untilMinutes": 12_000], ["percent": 50]], "closedMinutes": 2_880,
            ]
        ]
        try await withSchool(engine, lesson: School.farAhead.with("policies", policies)) { school in
            // Tomorrow is closed, the week after costs half, from then on nothing is owed.
            let (series, bookings) = try await self.tuesdays(3, in: school)
            let told = try await school.customer.get("/api/v1/booking-series/\(series)/consequences").expect(200)
            let problems = told["items"]?.array?.map { $0["cancel"]?["problem"]?.string ?? "" }
            #expect(problems == ["change_closed", "", ""])
            #expect(told["cancelFee"]?["amount"]?.int == 3_250)

            let refused = await school.change("cancel", series, ["scope": "all"])
            #expect(refused.code == "series_conflict" && refused.json.codes("conflicts") == ["change_closed"])
            #expect(refused.json["conflicts"]?.array?.first?["booking"]?.string == bookings[0])
            #expect(try await school.counts() == ["3", "3"])
            let some = try await school.change("cancel", series, ["scope": "all", "mode": "free"]).expect(200)
            #expect(some["fee"]?["amount"]?.int == 3_250)
            #expect(some["bookings"]?.array?.map(\.id) == Array(bookings[1...]))
            #expect(some.codes("conflicts") == ["change_closed"])
            let staff = try await school.change("cancel", series, ["scope": "all"], as: school.admin).expect(200)
            #expect(staff["fee"] == nil)
        }
    }

    // MARK: Moving

    @Test(arguments: TestEngine.allCases)
    func allMoveByAsMuchOnTheClock(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(5, in: school)
            let moved = try await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-05T13:00", "reason": "new job"]
            ).expect(200)

            // Thursdays at 13 of Berlin's clock, over the change of clocks on the 29th.
            let days = ["03-05T12", "03-12T12", "03-19T12", "03-26T12", "04-02T11"]
            #expect(moved.starts("bookings") == days.map { "2026-\($0):00:00Z" })
            #expect(moved["bookings"]?.array?.map(\.id) == bookings)
            #expect(moved.seriesID == series)
            let shown = try await school.series(series)
            #expect(shown["start"]?.string == "2026-03-05T13:00:00")
            #expect(shown["rule"]?.string == "FREQ=WEEKLY;COUNT=5")
            #expect(shown["occurrences"]?.array?.contains { $0["isException"]?.bool == true } == false)
            #expect(try await school.changes(of: bookings[0]) == ["rescheduled by customer"])
            #expect(try await school.counts() == ["5", "5"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSeriesMovesOntoItsOwnTimes(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let input = School.tuesdays(4, ["provider": .string(school.first)])
            let daily = input.with("rule", "FREQ=WEEKLY;BYDAY=TU,WE,TH;COUNT=3")
            let series = try await school.bookSeries(daily).expect(201).seriesID
            let moved = try await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-04T10:00"]
            ).expect(200)
            #expect(moved.starts("bookings") == [4, 5, 6].map { School.march($0, 10) })
            #expect(moved["series"]?["rule"]?.string == "FREQ=WEEKLY;COUNT=3;BYDAY=WE,TH,FR")
            // What was given back is free again.
            try await school.book(School.march(3, 10), with: school.first, as: school.otherCustomer).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsMovedFromOneOnIsASeriesOfItsOwn(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(5, in: school)
            let moved = try await school.change(
                "reschedule", series,
                ["scope": "thisAndFollowing", "booking": .string(bookings[2]), "start": "2026-03-17T15:00"]
            ).expect(200)

            let later = moved.seriesID
            #expect(later != series && moved["series"]?["earlier"]?.string == series)
            #expect(moved.starts("bookings") == [School.march(17, 15), School.march(24, 15), "2026-03-31T13:00:00Z"])
            #expect(moved["series"]?["rule"]?.string == "FREQ=WEEKLY;COUNT=3")
            let earlier = try await school.series(series)
            #expect(earlier["rule"]?.string == "FREQ=WEEKLY;COUNT=2")
            #expect(earlier["occurrences"]?.array?.compactMap { $0["booking"]?.string } == Array(bookings[..<2]))
            let all = try await school.customer.get("/api/v1/bookings?series=\(later)").expect(200)
            #expect(all["items"]?.array?.map(\.id) == Array(bookings[2...]))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWasMovedAloneStaysUnlessTheSeriesIsRestored(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(3, in: school)
            try await school.move(bookings[1], to: School.march(11, 15)).expect(200)
            let one = try await school.customer.get("/api/v1/bookings/\(bookings[1])").expect(200)
            #expect(one["series"]?["isException"]?.bool == true)
            #expect(one["series"]?["occurrence"]?.string == "2026-03-10T10:00:00")

            let kept = try await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-03T12:00"]
            ).expect(200)
            #expect(kept.starts("bookings") == [School.march(3, 12), School.march(17, 12)])
            let stays = try await school.customer.get("/api/v1/bookings/\(bookings[1])").expect(200)
            #expect(stays["start"]?.string == School.march(11, 15))
            #expect(stays["series"]?["occurrence"]?.string == "2026-03-10T12:00:00")

            let reset = try await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-03T13:00", "exceptions": "reset"]
            ).expect(200)
            #expect(reset.starts("bookings") == [3, 10, 17].map { School.march($0, 13) })
            let back = try await school.customer.get("/api/v1/bookings/\(bookings[1])").expect(200)
            #expect(back["series"]?["isException"]?.bool == false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofAMoveAllOrWhatIsFreeIsDone(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(3, in: school)
            try await school.book(School.march(10, 12), with: school.first, as: school.otherCustomer).expect(201)
            let input: JSON = ["scope": "all", "start": "2026-03-03T12:00"]
            let refused = await school.change("reschedule", series, input)
            #expect(refused.code == "series_conflict" && refused.json.codes("conflicts") == ["slot_taken"])
            #expect(refused.json["conflicts"]?.array?.first?["booking"]?.string == bookings[1])
            #expect(try await school.series(series).starts("occurrences") == [3, 10, 17].map { School.march($0, 10) })

            let some = try await school.change("reschedule", series, input.with("mode", "free")).expect(200)
            #expect(some.starts("bookings") == [School.march(3, 12), School.march(17, 12)])
            #expect(some.codes("conflicts") == ["slot_taken"])
            #expect(some["conflicts"]?.array?.first?["alternatives"]?.array?.isEmpty == false)
            let shown = try await school.series(series)
            #expect(shown["occurrences"]?.array?.map { $0["isException"]?.bool ?? false } == [false, true, false])
            #expect(try await school.counts() == ["4", "4"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotMoveKeepsItsTimeAgainstTheOthers(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let input = School.tuesdays(3, ["provider": .string(school.first)])
            let daily = input.with("rule", "FREQ=WEEKLY;BYDAY=TU,WE,TH;COUNT=3")
            let series = try await school.bookSeries(daily).expect(201).seriesID
            // Thursday's cannot go to Friday, so that Wednesday's cannot go to Thursday, and so on.
            try await school.book(School.march(6, 10), with: school.first, as: school.otherCustomer).expect(201)
            let refused = await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-04T10:00", "mode": "free"])
            #expect(refused.code == "series_conflict")
            #expect(refused.json.codes("conflicts") == ["slot_taken", "slot_taken", "slot_taken"])
            #expect(try await school.counts() == ["4", "4"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func monthlyDatesThatNoRuleMakesAnyMoreAreListed(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let monthly = School.tuesdays(3).with("rule", "FREQ=MONTHLY;BYDAY=1TU;COUNT=3")
            let series = try await school.bookSeries(monthly).expect(201).seriesID
            // The first Tuesdays are the 3rd, the 7th and the 5th; three days later is no nth day of each month.
            let moved = try await school.change(
                "reschedule", series, ["scope": "all", "start": "2026-03-06T10:00"]
            ).expect(200)
            let days = ["03-06T09", "04-10T08", "05-08T08"]
            #expect(moved.starts("bookings") == days.map { "2026-\($0):00:00Z" })
            let shown = try await school.series(series)
            #expect(shown["rule"] == nil)
            #expect(shown.texts("added") == ["2026-04-10T10:00:00", "2026-05-08T10:00:00"])
            // It can be moved on all the same.
            try await school.change("reschedule", series, ["scope": "all", "start": "2026-03-05T10:00"]).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aVersionThatIsOldIsRefused(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let (series, bookings) = try await self.tuesdays(3, in: school)
            let one: JSON = ["scope": "this", "booking": .string(bookings[0])]
            let first = await school.customer.send(
                "POST", "/api/v1/booking-series/\(series)/cancel", json: one, headers: [("If-Match", "\"1\"")])
            try first.expect(200)
            let second = await school.customer.send(
                "POST", "/api/v1/booking-series/\(series)/cancel", json: ["scope": "all"],
                headers: [("If-Match", "\"1\"")])
            #expect(second.status == 412)
            let moved = try await school.change(
                "reschedule", series,
                ["scope": "this", "booking": .string(bookings[1]), "start": "2026-03-11T10:00"]
            ).expect(200)
            #expect(moved["bookings"]?.array?.first?["series"]?["isException"]?.bool == true)
        }
    }
}
