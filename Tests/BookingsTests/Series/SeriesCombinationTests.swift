import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Series of event types that ask for more than a free hour.
struct SeriesCombinationTests {
    private static let tuesdays = [3, 10, 17].map { School.march($0, 10) }

    @Test(arguments: TestEngine.allCases)
    func eachBookingIsApprovedForItself(_ engine: TestEngine) async throws {
        let lesson = School.approved.with("bookingWindowDays", 400)
        try await withSchool(engine, lesson: lesson, sessions: School.patience) { school in
            let made = try await school.bookSeries(School.tuesdays(3, ["provider": .string(school.first)])).expect(201)
            let bookings = try #require(made["bookings"]?.array)
            #expect(bookings.allSatisfy { $0["status"]?.string == "pending" })
            #expect(bookings.allSatisfy { $0.texts("waitsFor") == ["bookings.approval"] })

            try await school.act("approve", on: bookings[1].id, as: school.instructor).expect(200)
            try await school.act("reject", on: bookings[2].id, as: school.instructor).expect(200)
            let shown = try await school.series(made.seriesID)
            let statuses = shown["occurrences"]?.array?.compactMap { $0["status"]?.string }
            #expect(statuses == ["pending", "confirmed", "rejected"])

            // What is moved has to be approved again; what was rejected is gone.
            let moved = try await school.change(
                "reschedule", made.seriesID, ["scope": "all", "start": "2026-03-03T12:00"]
            ).expect(200)
            #expect(moved["bookings"]?.array?.compactMap { $0["status"]?.string } == ["pending", "pending"])
            school.platform.clock.advance(minutes: 61)
            try await school.runJobs()
            #expect(try await school.counts() == ["0", "0"])
            // Staff who book with themselves need nobody's approval.
            let own = try await school.bookSeries(
                School.tuesdays(2, at: 14, ["provider": .string(school.first)]), as: school.admin
            ).expect(201)
            #expect(own["bookings"]?.array?.allSatisfy { $0["status"]?.string == "confirmed" } == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func seatsOfSessionsAreTakenEachWeek(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType("course", ["capacity": 3, "requirements": [["kind": "room"]]])
            let input = School.tuesdays(3).with("eventType", "course").with("seats", 2)
            let first = try await school.bookSeries(input).expect(201)
            #expect(first["bookings"]?.array?.allSatisfy { $0["price"]?["amount"]?.int == 13_000 } == true)
            let full = await school.bookSeries(input, as: school.otherCustomer)
            #expect(full.json.codes("conflicts") == ["slot_taken", "slot_taken", "slot_taken"])
            let joined = try await school.bookSeries(input.with("seats", 1), as: school.otherCustomer).expect(201)
            #expect(joined.starts("bookings") == Self.tuesdays)
            let sessions = try await school.platform.database.rows(
                "SELECT count(DISTINCT session_id) FROM {bookings.claim} WHERE state <> 'released'")
            #expect(sessions == [["3"]])
            let many = await school.bookSeries(input.with("seats", 4))
            #expect(many.fieldErrors == ["/seats too_many_seats"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func hostsAndThingsStayTheSameWhereTheyAreFree(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            for name in ["Blau", "Rot"] { _ = try await school.makeResource("vehicle", name) }
            try await school.makeEventType(
                "drive", ["hosting": ["mode": "any"], "requirements": [["kind": "vehicle"]]])
            let input = School.tuesdays(3).with("eventType", "drive")
            let first = try await school.bookSeries(input).expect(201)
            let second = try await school.bookSeries(input, as: school.otherCustomer).expect(201)
            for made in [first, second] {
                let bookings = made["bookings"]?.array ?? []
                #expect(Set(bookings.map(\.hostIDs)).count == 1 && Set(bookings.map(\.resourceNames)).count == 1)
            }
            let names = [first, second].map { $0["bookings"]?.array?.first?.resourceNames }
            #expect(Set(names).count == 2)
            let none = await school.bookSeries(input, as: school.admin)
            #expect(none.json.codes("conflicts").count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everybodyWhoGivesItTogetherIsTaken(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("duet", ["hosting": ["mode": "all"]])
            try await school.book(School.march(10, 10), with: school.second, as: school.otherCustomer).expect(201)
            let input = School.tuesdays(3).with("eventType", "duet")
            let refused = await school.bookSeries(input)
            #expect(refused.json.occurrences("conflicts") == ["2026-03-10T10:00:00"])
            let made = try await school.bookSeries(input.with("mode", "free")).expect(201)
            #expect(made["bookings"]?.array?.allSatisfy { $0.hostIDs.count == 2 } == true)
            #expect(try await school.counts() == ["3", "5"])
            // Moved, both hosts go along.
            let moved = try await school.change(
                "reschedule", made.seriesID, ["scope": "all", "start": "2026-03-03T12:00"]
            ).expect(200)
            #expect(moved.starts("bookings") == [School.march(3, 12), School.march(17, 12)])
            #expect(try await school.counts() == ["3", "5"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func holdsOfOthersStandInTheWay(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.hold(School.march(10, 10), with: school.first, as: school.otherCustomer).expect(201)
            let input = School.tuesdays(3, ["provider": .string(school.first)])
            let refused = await school.bookSeries(input)
            #expect(refused.json.occurrences("conflicts") == ["2026-03-10T10:00:00"])
            school.platform.clock.advance(minutes: 11)
            try await school.bookSeries(input).expect(201)
            #expect(try await school.claims() == ["confirmed", "confirmed", "confirmed", "released"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsBusyElsewhereCannotBeHad(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, web in
            web.answer(events: ["UID:dentist\nDTSTART;TZID=Europe/Berlin:20260310T100000\nDURATION:PT30M"])
            _ = try await school.addCalendar()
            try await school.work()
            try #require(try await school.imported().count == 1)
            let refused = await school.bookSeries(School.tuesdays(3, ["provider": .string(school.first)]))
            #expect(refused.json.occurrences("conflicts") == ["2026-03-10T10:00:00"])
            #expect(refused.json.codes("conflicts") == ["slot_taken"])
        }
    }

    // MARK: What is told

    @Test(arguments: TestEngine.allCases)
    func eachBookingIsToldOfAndTheSeriesToo(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let made = try await school.bookSeries(School.tuesdays(3, ["provider": .string(school.first)])).expect(201)
            let bookings = made["bookings"]?.array?.map(\.id) ?? []
            let series = made.seriesID
            #expect(try await school.events(of: bookings[0]) == ["bookings.booking-confirmed"])
            #expect(try await school.events(of: series) == ["bookings.booking-series-booked"])
            #expect(try await self.payload("booking-confirmed", in: school)["series"]?.string == series)
            let told = try await self.payload("booking-series-booked", in: school)
            #expect(told.texts("bookings") == bookings && told.texts("pending") == [])

            try await school.move(bookings[1], to: School.march(11, 10)).expect(200)
            let alone = try await self.payload("booking-rescheduled", in: school)
            #expect(alone["series"] == nil)
            try await school.change("reschedule", series, ["scope": "all", "start": "2026-03-03T12:00"]).expect(200)
            try await school.change("cancel", series, ["scope": "all"]).expect(200)
            #expect(
                try await school.events(of: series) == [
                    "bookings.booking-series-booked", "bookings.booking-series-rescheduled",
                    "bookings.booking-series-cancelled",
                ])
            let cancelled = try await self.payload("booking-series-cancelled", in: school)
            #expect(cancelled.texts("bookings").count == 3)
            #expect(
                try await school.audit(of: series) == [
                    "bookings.booking-series.created", "bookings.booking-series.rescheduled",
                    "bookings.booking-series.cancelled",
                ])
        }
    }

    /// What the last event of a name says.
    private func payload(_ name: String, in school: School) async throws -> JSON {
        let rows = try await school.platform.database.rows(
            "SELECT payload FROM {kernel.event} WHERE name = 'bookings.\(name)' ORDER BY id")
        return try JSON(parsing: Array((rows.last?.first.flatMap { $0 } ?? "{}").utf8))
    }

    @Test(arguments: TestEngine.allCases)
    func calendarsKeepAnEntryForEach(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let made = try await school.bookSeries(School.tuesdays(3, ["provider": .string(school.first)])).expect(201)
            let bookings = made["bookings"]?.array?.map(\.id) ?? []
            let path = try #require(
                try await school.customer.post("/api/v1/me/calendar-feed").expect(201)["path"]?.string)
            func entries(_ property: String) async -> [String] {
                let text = String(decoding: await school.anonymous.get(path).body, as: UTF8.self)
                return text.split(separator: "\r\n").filter { $0.hasPrefix("\(property):") }
                    .map { String($0.dropFirst(property.count + 1)) }
            }
            #expect(await entries("UID") == bookings)
            #expect(await entries("SEQUENCE") == ["0", "0", "0"])

            try await school.move(bookings[1], to: School.march(11, 10)).expect(200)
            try await school.change(
                "reschedule", made.seriesID,
                ["scope": "thisAndFollowing", "booking": .string(bookings[1]), "start": "2026-03-10T12:00"]
            ).expect(200)
            #expect(await entries("UID") == bookings)
            #expect(await entries("SEQUENCE") == ["0", "2", "1"])
            #expect(await entries("DTSTART") == ["20260303T090000Z", "20260310T110000Z", "20260317T110000Z"])
            try await school.change("cancel", made.seriesID, ["scope": "all"]).expect(200)
            #expect(await entries("STATUS") == ["CANCELLED", "CONFIRMED", "CONFIRMED"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSeriesGoesIntoTheExportAndKeepsNothingOfWhoIsErased(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let made = try await school.bookSeries(School.tuesdays(2, ["notes": "Zuckerwatte"])).expect(201)
            let exported = try await school.export(school.platform.person(.customer))
            #expect(String(decoding: exported.canonical, as: UTF8.self).contains("FREQ=WEEKLY"))
            await #expect {
                _ = try await school.erase(.customer)
            } throws: {
                ($0 as? Refusal)?.code == "bookings_to_come"
            }
            try await school.change("cancel", made.seriesID, ["scope": "all"]).expect(200)
            _ = try await school.erase(.customer)
            #expect(try await school.tables(holding: "Zuckerwatte") == [])
            let shown = try await school.series(made.seriesID, as: school.admin)
            #expect(shown["occurrences"]?.array?.count == 2)
        }
    }

    // MARK: Cost

    @Test func aLongSeriesCostsFewRoundTrips() async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(.postgres, plugins: [Bookings.self], setup: setup) { platform in
            let school = try await School(platform, lesson: School.farAhead)
            let engine = try #require(platform.database.engine as? PostgresEngine)
            try await school.book(School.march(2, 15), with: school.first).expect(201)
            func trips(_ body: () async throws -> Void) async throws -> Int {
                let before = engine.roundTrips
                try await body()
                return engine.roundTrips - before
            }
            let one = try await trips { try await school.book(School.march(3, 9), with: school.first).expect(201) }
            let many = try await trips {
                try await school.bookSeries(School.tuesdays(50, ["provider": .string(school.first)])).expect(201)
            }
            #expect(many <= one + 8, "\(one) for one, \(many) for 50")
        }
    }
}
