import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// All times of a series, kept for some minutes and booked as one.
struct SeriesHoldTests {
    /// Three Tuesdays at ten with the first instructor.
    private static func series(_ school: School, _ more: [String: JSON] = [:]) -> JSON {
        School.tuesdays(3, more.merging(["provider": .string(school.first)]) { $1 })
    }

    private static let days = [3, 10, 17].map { School.march($0, 10) }

    private static func withSchool(
        _ engine: TestEngine, lesson: JSON = School.farAhead, _ body: (School) async throws -> Void
    ) async throws {
        try await BookingsTests.withSchool(engine, lesson: lesson, sessions: School.patience, body)
    }

    @Test(arguments: TestEngine.allCases)
    func aSeriesIsHeldAndBecomesASeries(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let held = try await school.holdSeries(Self.series(school)).expect(201)
            let hold = try #require(held["hold"])

            #expect(held.codes("conflicts").isEmpty && hold["status"]?.string == "active")
            #expect(hold.starts("occurrences") == Self.days && hold["start"]?.string == Self.days[0])
            #expect(hold.occurrences("occurrences").first == "2026-03-03T10:00:00")
            #expect(hold["expiresAt"]?.string == TestClock.start.adding(minutes: 10).rfc3339)
            #expect(try await school.claims() == ["hold", "hold", "hold"])
            #expect(try await school.violations().isEmpty)
            for client in [school.otherCustomer, school.customer] {
                try await school.book(Self.days[1], with: school.first, as: client).expect(409, code: "slot_taken")
            }

            let made = try await school.bookSeries(Self.series(school, ["hold": .string(hold.id)])).expect(201)

            #expect(made.starts("bookings") == Self.days)
            let bookings = try #require(made["bookings"]?.array)
            #expect(bookings.allSatisfy { $0["status"]?.string == "confirmed" && $0["provider"]?.id == school.first })
            let after = try await school.customer.get("/api/v1/holds/\(hold.id)").expect(200)
            #expect(after["status"]?.string == "booked" && after["series"]?.string == made.seriesID)
            #expect(after["occurrences"]?.array?.compactMap { $0["booking"]?.string } == bookings.map(\.id))
            #expect(try await school.audit(of: hold.id) == ["bookings.hold.created"])
            #expect(try await school.audit(of: made.seriesID) == ["bookings.booking-series.created"])
            #expect(try await school.events(of: bookings[2].id) == ["bookings.booking-confirmed"])
            let shown = try await school.series(made.seriesID)
            #expect(shown["rule"]?.string == "FREQ=WEEKLY;COUNT=3" && shown.starts("occurrences") == Self.days)
            // Nothing of it expires.
            school.platform.clock.advance(minutes: 60)
            #expect(try await school.claims() == ["confirmed", "confirmed", "confirmed"])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHeldSeriesCountsAsOneHold(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let held = try await school.holdSeries(Self.series(school)).expect(201)
            try await school.hold(School.tuesday(11), with: school.first).expect(201)
            try await school.hold(School.tuesday(12), with: school.first).expect(201)
            try await school.hold(School.tuesday(13), with: school.first).expect(409, code: "too_many_holds")
            try await school.holdSeries(Self.series(school, ["start": "2026-03-03T14:00"]))
                .expect(409, code: "too_many_holds")

            let path = "/api/v1/holds/\(held["hold"]?.id ?? "")"
            try await school.otherCustomer.delete(path).expect(404)
            try await school.customer.delete(path).expect(200)
            try await school.customer.delete(path).expect(200)

            #expect(try await school.claims() == ["hold", "hold", "released", "released", "released"])
            #expect(try await school.customer.get(path).expect(200)["status"]?.string == "released")
            try await school.bookSeries(Self.series(school), as: school.otherCustomer).expect(201)
            try await school.bookSeries(Self.series(school, ["hold": .string(held["hold"]?.id ?? "")]))
                .expect(409, code: "hold_used")
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsBookedIsWhatIsHeld(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let hold = try await school.holdSeries(Self.series(school)).expect(201)["hold"]?.id ?? ""
            func book(_ more: [String: JSON], as client: APIClient? = nil) async -> APIAnswer {
                await school.bookSeries(Self.series(school, more.merging(["hold": .string(hold)]) { $1 }), as: client)
            }

            #expect(await book(["start": "2026-03-03T11:00"]).fieldErrors == ["/hold hold_mismatch"])
            #expect(await book(["rule": "FREQ=WEEKLY;COUNT=2"]).fieldErrors == ["/hold hold_mismatch"])
            #expect(await book(["seats": 2]).fieldErrors == ["/seats hold_mismatch"])
            #expect(await book([:], as: school.otherCustomer).fieldErrors == ["/hold unknown_hold"])
            let single = await school.book(Self.days[0], holding: hold)
            #expect(single.fieldErrors == ["/hold hold_mismatch"])
            let slot = try await school.hold(School.tuesday(12), with: school.first).expect(201).id
            #expect(
                await school.bookSeries(Self.series(school, ["hold": .string(slot)])).fieldErrors
                    == ["/hold hold_mismatch"])
            #expect(
                await school.preview(Self.series(school, ["hold": .string(hold)])).fieldErrors == ["/hold held_already"]
            )
            // A time more than is held is told, and with `free` left out.
            let more = await book(["rule": "FREQ=WEEKLY;COUNT=4"])
            #expect(more.code == "series_conflict" && more.json.codes("conflicts") == ["not_held"])
            #expect(try await school.counts() == ["0", "4"])
            let made = try await book(["rule": "FREQ=WEEKLY;COUNT=4", "mode": "free"]).expect(201)
            #expect(made.starts("bookings") == Self.days && made.codes("conflicts") == ["not_held"])
            #expect(made["series"]?.texts("excluded") == ["2026-03-24T10:00:00"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsTakenIsNotHeld(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            try await school.book(Self.days[1], with: school.first, as: school.otherCustomer).expect(201)

            let refused = await school.holdSeries(Self.series(school))
            #expect(refused.code == "series_conflict" && refused.json.codes("conflicts") == ["slot_taken"])
            #expect(try await school.claims() == ["confirmed"])

            let free = Self.series(school, ["mode": "free"])
            let held = try await school.holdSeries(free).expect(201)
            #expect(held["hold"]?.starts("occurrences") == [Self.days[0], Self.days[2]])
            #expect(held.codes("conflicts") == ["slot_taken"])
            let made = try await school.bookSeries(free.with("hold", .string(held["hold"]?.id ?? ""))).expect(201)
            #expect(made.starts("bookings") == [Self.days[0], Self.days[2]])
            #expect(made.codes("conflicts") == ["not_held"])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHeldSeriesLapsesAsAWhole(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let hold = try await school.holdSeries(Self.series(school)).expect(201)["hold"]?.id ?? ""
            school.platform.clock.advance(minutes: 10)

            #expect(try await school.customer.get("/api/v1/holds/\(hold)").expect(200)["status"]?.string == "expired")
            try await school.book(Self.days[1], with: school.first, as: school.otherCustomer).expect(201)
            try await school.bookSeries(Self.series(school, ["hold": .string(hold)])).expect(409, code: "hold_expired")
            #expect(try await school.violations().isEmpty)
        }
    }

    /// The address is asked for when it is booked, and never kept with a hold.
    @Test(arguments: TestEngine.allCases)
    func aSeriesAtTheCustomersIsHeldWithoutAnAddress(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            try await school.makeEventType("home", ["place": ["kind": "customer"], "bookingWindowDays": 400])
            let input = Self.series(school).with("eventType", "home")
            let hold = try await school.holdSeries(input).expect(201)["hold"]?.id ?? ""
            let booked = input.with("hold", .string(hold))
            #expect(await school.bookSeries(booked).code == "required")

            let address: JSON = ["Hauptplatz 5", "8020 Graz"]
            let made = try await school.bookSeries(booked.with("addressLines", address)).expect(201)

            for booking in made["bookings"]?.array ?? [] { #expect(booking["place"]?["addressLines"] == address) }
            #expect(made["bookings"]?.array?.count == 3)
            let kept = try await school.platform.database.rows("SELECT * FROM {bookings.hold}")
            #expect(!"\(kept)".contains("Hauptplatz"))
        }
    }

    /// What becomes a booking in part only would be found.
    @Test(arguments: TestEngine.allCases)
    func aHalvedHoldIsFound(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let hold = engine == .postgres ? "bookings.hold" : "bookings_hold"
            try await school.holdSeries(Self.series(school)).expect(201)
            #expect(try await school.violations().isEmpty)

            try await school.platform.database.run(
                "UPDATE \(hold) SET expires_at = expires_at - 1 WHERE start_at = (SELECT max(start_at) FROM \(hold))")
            #expect(try await Set(school.violations().map(\.rule)) == [.claims])
            try await school.platform.database.run(
                "UPDATE \(hold) SET expires_at = (SELECT max(expires_at) FROM \(hold))")
            #expect(try await school.violations().isEmpty)
            try await school.platform.database.run(
                "UPDATE \(hold) SET ended_at = expires_at WHERE start_at = (SELECT min(start_at) FROM \(hold))")
            #expect(try await Set(school.violations().map(\.rule)) == [.claims])
        }
    }

    /// A policy that other plugins bring decides about each booking, of what is held too.
    @Test(arguments: TestEngine.allCases)
    func whatAPolicyRefusesIsKeptNoLonger(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self, ClosedDay.self]) { platform in
            let school = try await School(platform, lesson: School.farAhead)
            let hold = try await school.holdSeries(Self.series(school)).expect(201)["hold"]?.id ?? ""
            let input = Self.series(school, ["hold": .string(hold)])
            let refused = await school.bookSeries(input)
            #expect(refused.code == "series_conflict" && refused.json.codes("conflicts") == ["closed_day"])
            #expect(try await school.claims() == ["hold", "hold", "hold"])

            let made = try await school.bookSeries(input.with("mode", "free")).expect(201)

            #expect(made.starts("bookings") == [Self.days[0], Self.days[2]])
            #expect(made.codes("conflicts") == ["closed_day"])
            #expect(try await school.claims() == ["confirmed", "confirmed", "released"])
            let shown = try await school.customer.get("/api/v1/holds/\(hold)").expect(200)
            #expect(shown["status"]?.string == "booked")
            #expect(try await school.violations().isEmpty)
        }
    }

    /// Lets nobody book the 10th of March.
    private struct ClosedDay: Plugin {
        static let declaration = Declaration(
            id: "calendar", version: "1.0.0", summary: "Closes a day", needs: [.bookings])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            Policy<BookingProposal>("days") { proposal, _ in
                let date = Zone.utc.localDate(at: proposal.start).description
                if date == "2026-03-10" { throw Refusal(.conflict, "closed_day", "the school is closed then") }
            }
        }
    }

    /// What was bookable when it was held stays so, whatever the catalog says since.
    @Test(arguments: TestEngine.allCases)
    func whatIsHeldIsNotAskedAgain(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let hold = try await school.holdSeries(Self.series(school)).expect(201)["hold"]?.id ?? ""
            try await school.replaceLesson(["bookingWindowDays": 1, "allowsSeries": false])

            #expect(await school.bookSeries(Self.series(school)).fieldErrors == ["/eventType series_not_allowed"])
            let made = try await school.bookSeries(Self.series(school, ["hold": .string(hold)])).expect(201)
            #expect(made.starts("bookings") == Self.days)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHeldSeriesMayNeedApprovalAndHasAnswersForEach(_ engine: TestEngine) async throws {
        let lesson = School.farAhead.with("requiresApproval", true).with("limits", [["period": "week", "bookings": 1]])
        try await Self.withSchool(engine, lesson: lesson) { school in
            try await school.ask([["name": "note", "type": "text", "label": "Note", "required": true]]).expect(200)
            // Limits count within it.
            let twice = await school.holdSeries(Self.series(school, ["rule": "FREQ=DAILY;COUNT=2"]))
            #expect(twice.json.codes("conflicts") == ["limit_reached"])
            let hold = try await school.holdSeries(Self.series(school)).expect(201)["hold"]?.id ?? ""
            let input = Self.series(school, ["hold": .string(hold)])
            #expect(await school.bookSeries(input).fieldErrors == ["/answers/note required"])

            let made = try await school.bookSeries(input.with("answers", ["note": "Hi"])).expect(201)

            for booking in made["bookings"]?.array ?? [] {
                #expect(booking["status"]?.string == "pending")
                #expect(try await school.answers(of: booking.id).answer("note") == "Hi")
            }
            #expect(try await school.claims() == ["pending", "pending", "pending"])
            #expect(try await school.violations().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoActsForSomebodyHoldsAndBooksForThem(_ engine: TestEngine) async throws {
        try await Self.withSchool(engine) { school in
            let booked = try await school.book(School.tuesday(15), with: school.first).expect(201)
            let ward = booked["customer"]?.id ?? ""
            let person = try school.platform.person(.otherCustomer).description
            let input = Self.series(school, ["customer": .string(ward)])
            try await school.holdSeries(input, as: school.otherCustomer).expect(403)
            try await school.customer.post(
                "/api/v1/customers/\(ward)/guardians", ["person": .string(person), "relation": "parent"]
            ).expect(201)

            let hold = try await school.holdSeries(input, as: school.otherCustomer).expect(201)["hold"]?.id ?? ""
            let made = try await school.bookSeries(input.with("hold", .string(hold)), as: school.otherCustomer)
                .expect(201)
            #expect(made["series"]?["customer"]?.string == ward)
        }
    }
}
