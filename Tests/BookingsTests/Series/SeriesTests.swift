import AlmanacStorage
import AlmanacTestKit
import Testing

/// Booking by a rule or a list: what is asked for, what is free, what comes of it.
struct SeriesTests {
    @Test(arguments: TestEngine.allCases)
    func aSeriesKeepsItsHourWhenClocksChange(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let made = try await school.bookSeries(School.tuesdays(6)).expect(201)

            let days = ["03-03T09", "03-10T09", "03-17T09", "03-24T09", "03-31T08", "04-07T08"]
            #expect(made.starts("bookings") == days.map { "2026-\($0):00:00Z" })
            #expect(made.codes("conflicts").isEmpty)
            let series = made.seriesID
            let bookings = try #require(made["bookings"]?.array)
            #expect(bookings.allSatisfy { $0["series"]?.id == series && $0["status"]?.string == "confirmed" })
            #expect(Set(bookings.compactMap { $0["provider"]?.id }).count == 1)
            #expect(Set(bookings.compactMap { $0["number"]?.string }).count == 6)
            #expect(bookings[4]["series"]?["occurrence"]?.string == "2026-03-31T10:00:00")
            #expect(bookings[4]["series"]?["isException"]?.bool == false)

            let shown = try await school.series(series)
            #expect(shown["rule"]?.string == "FREQ=WEEKLY;COUNT=6")
            #expect(shown["timeZone"]?.string == "Europe/Berlin")
            #expect(shown.starts("occurrences") == made.starts("bookings"))
            #expect(shown.texts("allowed") == ["cancel", "reschedule"])
            let listed = try await school.customer.get("/api/v1/bookings?series=\(series)").expect(200)
            #expect(listed.starts("items") == made.starts("bookings"))
            let all = try await school.customer.get("/api/v1/booking-series").expect(200)["items"]?.array
            #expect(all?.map(\.id) == [series] && all?.first?.texts("allowed") == ["cancel", "reschedule"])
            #expect(try await school.counts() == ["6", "6"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRuleItsPartsAndAListAskForTheSame(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let start: JSON = ["eventType": "lesson", "start": "2026-03-03T10:00"]
            let asked = [
                start.with("rule", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4"),
                start.with(
                    "recurrence",
                    ["frequency": "weekly", "days": [["weekday": 2], ["weekday": 4]], "count": 4]),
                start.with(
                    "recurrence",
                    ["frequency": "weekly", "days": [["weekday": 2], ["weekday": 4]], "until": "2026-03-12"]),
                [
                    "eventType": "lesson",
                    "starts": ["2026-03-12T10:00", "2026-03-03T10:00", "2026-03-05T10:00", "2026-03-10T10:00"],
                ],
                start.with("rule", "FREQ=WEEKLY;COUNT=2").with("added", ["2026-03-05T10:00", "2026-03-12T10:00"]),
                start.with("rule", "FREQ=DAILY;UNTIL=20260312")
                    .with(
                        "excluded",
                        .array(["04", "06", "07", "08", "09", "11"].map { JSON.string("2026-03-\($0)T10:00") })),
            ]
            for input in asked {
                let found = try await school.preview(input).expect(200)
                let days = ["03", "05", "10", "12"]
                #expect(found.occurrences("occurrences") == days.map { "2026-03-\($0)T10:00:00" }, "\(input)")
                #expect(found["free"]?.int == 4)
                #expect(found["total"]?["amount"]?.int == 26_000)
            }
            #expect(try await school.counts() == ["0", "0"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsNoSeriesIsRefusedByField(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead.with("seriesOccurrences", 10)) { school in
            let start: JSON = ["eventType": "lesson", "start": "2026-03-03T10:00"]
            let wrong: [(JSON, [String])] = [
                (start, ["/rule required"]),
                (start.with("rule", "FREQ=WEEKLY"), ["/rule endless"]),
                (start.with("rule", "FREQ=WEEKLY;COUNT=11"), ["/rule too_many_occurrences"]),
                (start.with("rule", "FREQ=WEEKLY;UNTIL=20260301"), ["/rule never_occurs"]),
                (start.with("rule", "FREQ=WEEKLY;BYDAY=WE;COUNT=3"), ["/start start_off_rule"]),
                (start.with("rule", "FREQ=HOURLY;COUNT=3"), ["/rule frequency_too_fine"]),
                (start.with("rule", "FREQ=SOMETIMES"), ["/rule invalid"]),
                (
                    start.with("rule", "FREQ=DAILY;COUNT=2").with("recurrence", ["frequency": "daily", "count": 2]),
                    ["/recurrence conflict"]
                ),
                (["eventType": "lesson", "rule": "FREQ=DAILY;COUNT=2"], ["/start required"]),
                (
                    start.with("recurrence", ["frequency": "daily", "count": 2, "until": "2026-03-05"]),
                    ["/recurrence/until conflict"]
                ),
                (
                    start.with("recurrence", ["frequency": "daily", "positions": [1], "count": 2]),
                    ["/recurrence position_alone"]
                ),
                (start.with("starts", ["2026-03-04T10:00"]), ["/start conflict"]),
                (
                    ["eventType": "lesson", "starts": ["2026-03-04T10:00", "2026-03-04T10:00"]], ["/starts/1 duplicate"]
                ),
                (
                    start.with("rule", "FREQ=DAILY;COUNT=1").with("excluded", ["2026-03-03T10:00"]),
                    ["/rule never_occurs"]
                ),
            ]
            for (input, errors) in wrong {
                #expect(await school.bookSeries(input).fieldErrors == errors, "\(input)")
                #expect(await school.preview(input).fieldErrors == errors, "\(input)")
            }
            try await school.replaceLesson(["bookingWindowDays": 400, "allowsSeries": false])
            #expect(await school.bookSeries(School.tuesdays(2)).fieldErrors == ["/eventType series_not_allowed"])
            let both = await school.put(
                "event-types/\(school.lesson)",
                School.lesson.with("allowsSeries", false).with("seriesOccurrences", 3).with("providers", []))
            #expect(both.fieldErrors == ["/seriesOccurrences no_series"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofAllOrNothingEveryTimeThatIsTakenIsNamed(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            for day in [10, 24] {
                for provider in [school.first, school.second] {
                    try await school.book(School.march(day, 10), with: provider, as: school.otherCustomer).expect(201)
                }
            }
            let refused = await school.bookSeries(School.tuesdays(5))

            #expect(refused.status == 409 && refused.code == "series_conflict")
            let conflicts = try #require(refused.json["conflicts"]?.array)
            #expect(refused.json.occurrences("conflicts") == ["2026-03-10T10:00:00", "2026-03-24T10:00:00"])
            #expect(refused.json.codes("conflicts") == ["slot_taken", "slot_taken"])
            let near = conflicts[0]["alternatives"]?.array?.compactMap { $0["localStart"]?.string }
            #expect(near == ["09", "11", "12", "13"].map { "2026-03-10T\($0):00:00" } + ["2026-03-10T14:00:00"])
            #expect(try await school.counts() == ["4", "4"])
            let series = try await school.platform.database.rows("SELECT count(*) FROM {bookings.booking_series}")
            #expect(series == [["0"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsFreeIsBookedWhenThatIsWanted(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            try await school.book(School.march(10, 10), with: school.first, as: school.otherCustomer).expect(201)
            // All of the 17th is blocked, so that other days of its week are offered.
            try await school.admin.post(
                "/api/v1/blocked-times",
                [
                    "provider": .string(school.first), "start": .string(School.march(17, 0)),
                    "end": .string(School.march(18, 0)),
                ]
            ).expect(201)
            let input = School.tuesdays(4, ["provider": .string(school.first), "mode": "free"])
            let preview = try await school.preview(input).expect(200)
            let made = try await school.bookSeries(input).expect(201)

            #expect(made.starts("bookings") == [School.march(3, 10), School.march(24, 10)])
            #expect(made.occurrences("conflicts") == ["2026-03-10T10:00:00", "2026-03-17T10:00:00"])
            let near = made["conflicts"]?.array?.map { conflict in
                conflict["alternatives"]?.array?.compactMap { $0["localStart"]?.string?.prefix(10) } ?? []
            }
            #expect(near?[0].allSatisfy { $0 == "2026-03-10" } == true && near?[0].count == 5)
            #expect(near?[1].isEmpty == false && near?[1].contains("2026-03-17") == false)
            #expect(made["series"]?.texts("excluded") == ["2026-03-10T10:00:00", "2026-03-17T10:00:00"])
            #expect(preview["free"]?.int == 2)
            let told = preview["occurrences"]?.array?.map { $0["isFree"]?.bool ?? false }
            #expect(told == [true, false, false, true])
            // What is offered can be had, as a part of the series.
            let offered = try #require(made["conflicts"]?.array?.first?["alternatives"]?.array?.first)
            try await school.book(offered["start"]?.string ?? "", with: school.first).expect(201)
            let none = await school.bookSeries(input)
            #expect(none.status == 409 && none.code == "series_conflict")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theTimesOfASeriesCountAgainstEachOther(_ engine: TestEngine) async throws {
        let limits: JSON = [["period": "week", "bookings": 1]]
        let lesson = School.farAhead.with("limits", limits).with("slotIntervalMinutes", 30)
        try await withSchool(engine, lesson: lesson) { school in
            let twice = School.tuesdays(4).with("rule", "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4")
            let refused = await school.bookSeries(twice)
            #expect(refused.json.occurrences("conflicts") == ["2026-03-05T10:00:00", "2026-03-12T10:00:00"])
            #expect(refused.json.codes("conflicts") == ["limit_reached", "limit_reached"])
            let some = try await school.bookSeries(twice.with("mode", "free")).expect(201)
            #expect(some.starts("bookings") == [School.march(3, 10), School.march(10, 10)])

            try await school.replaceLesson(["bookingWindowDays": 400, "slotIntervalMinutes": 30])
            let overlapping: JSON = [
                "eventType": "lesson", "provider": .string(school.second), "mode": "free",
                "starts": ["2026-03-18T10:00", "2026-03-18T10:30", "2026-03-18T11:00"],
            ]
            let apart = try await school.bookSeries(overlapping).expect(201)
            #expect(apart.starts("bookings") == [School.march(18, 10), School.march(18, 11)])
            #expect(apart.codes("conflicts") == ["slot_taken"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyTimeHasItsOwnReason(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.lesson.with("bookingWindowDays", 20)) { school in
            let input: JSON = [
                "eventType": "lesson", "provider": .string(school.first),
                "starts": [
                    "2026-03-02T08:00", "2026-03-03T10:00", "2026-03-04T07:00", "2026-03-05T10:17", "2026-05-05T10:00",
                ],
            ]
            let found = try await school.preview(input).expect(200)
            let codes = found["occurrences"]?.array?.map { $0["code"]?.string ?? "free" }
            #expect(codes == ["in_past", "free", "outside_availability", "off_grid", "too_far"])
            let refused = await school.bookSeries(input)
            #expect(refused.json.codes("conflicts") == ["in_past", "outside_availability", "off_grid", "too_far"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyThoseWhomItConcernsSeeASeries(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let others = School.tuesdays(2, ["provider": .string(school.second)])
            let id = try await school.bookSeries(others).expect(201).seriesID
            let theirs = School.tuesdays(2, at: 12, ["provider": .string(school.first)])
            let own = try await school.bookSeries(theirs).expect(201).seriesID

            for client in [school.otherCustomer, school.instructor] {
                try await client.get("/api/v1/booking-series/\(id)").expect(404)
                #expect(await school.change("cancel", id, ["scope": "all"], as: client).status == 404)
                try await client.get("/api/v1/booking-series/\(id)/consequences").expect(404)
            }
            try await school.anonymous.get("/api/v1/booking-series/\(id)").expect(401)
            let seen = try await school.instructor.get("/api/v1/booking-series").expect(200)["items"]?.array
            #expect(seen?.map(\.id) == [own])
            let all = try await school.admin.get("/api/v1/booking-series?limit=1").expect(200)
            #expect(all["items"]?.array?.map(\.id) == [id] && all["next"]?.string != nil)
            let south = try await school.platform.client(as: .admin, in: .south)
            try await south.get("/api/v1/booking-series/\(id)").expect(404)
            let forOther = School.tuesdays(2, at: 14, ["customer": .string(try await self.customer(in: school))])
            #expect(await school.bookSeries(forOther, as: school.otherCustomer).status == 403)
            try await school.bookSeries(forOther, as: school.admin).expect(201)
        }
    }

    private func customer(in school: School) async throws -> String {
        let items = try await school.customer.get("/api/v1/bookings").expect(200)["items"]?.array
        return items?.first?["customer"]?.id ?? ""
    }
}
