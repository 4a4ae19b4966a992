import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct BookingTests {
    @Test(arguments: TestEngine.allCases)
    func booksWhatIsOffered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let offered = try await school.starts(on: "2026-03-03", of: school.first)
            #expect(offered == (9...16).map { School.tuesday($0) })

            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)

            #expect(booking["status"]?.string == "confirmed")
            #expect(booking["start"]?.string == School.tuesday(9))
            #expect(booking["end"]?.string == School.tuesday(10))
            #expect(booking["timeZone"]?.string == "Europe/Berlin")
            #expect(booking["eventType"]?["slug"]?.string == "lesson")
            #expect(booking["eventType"]?["name"]?.string == "Fahrstunde")
            #expect(booking["provider"]?.id == school.first)
            #expect(booking["customer"]?["name"]?.string == "customer")
            #expect(booking["price"]?["amount"]?.int == 6500)
            #expect(booking["allowed"]?.array == ["cancel", "reschedule"])
            #expect(booking["version"]?.int == 1)
            #expect(try await school.starts(on: "2026-03-03", of: school.first) == Array(offered.dropFirst()))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTakenSlotIsRefusedWithTheNearestFreeOnes(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)

            let problem = try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")

            let nearest = try #require(problem["nearest"]?.array)
            // Tuesday from 10 on, and Monday's last hours, which are as far away as the night is long.
            #expect(nearest.compactMap { $0["start"]?.string } == (10...14).map { School.tuesday($0) })
            #expect(nearest.allSatisfy { $0["provider"]?.string == school.first && $0["end"]?.string != nil })
            let next = try #require(nearest.first?["start"]?.string)
            try await school.book(next, with: school.first, as: school.otherCustomer).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutAProviderTheLeastBusyTakesIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            var taken: [String] = []
            for hour in [9, 9, 11, 12] {
                taken.append(try await school.book(School.tuesday(hour)).expect(201)["provider"]?.id ?? "")
            }
            // Equally busy: the first listed. Then the other one is less busy on that date.
            #expect(taken == [school.first, school.second, school.first, school.second])
            try await school.book(School.tuesday(9)).expect(409, code: "slot_taken")
        }
    }

    struct Impossible: Sendable, CustomTestStringConvertible {
        let start: String
        let code: String
        var testDescription: String { self.code }
    }

    @Test(arguments: [
        Impossible(start: "2026-03-02T07:00:00Z", code: "in_past"),
        Impossible(start: "2026-03-02T11:00:00Z", code: "too_soon"),
        Impossible(start: "2026-06-02T08:00:00Z", code: "too_far"),
        Impossible(start: "9999-06-02T08:00:00Z", code: "too_far"),
        Impossible(start: "2026-03-04T17:00:00Z", code: "outside_availability"),
        Impossible(start: "2026-03-07T09:00:00Z", code: "outside_availability"),
        Impossible(start: "2026-03-04T08:30:00Z", code: "off_grid"),
        Impossible(start: "2026-03-04T08:00:00.000001Z", code: "off_grid"),
    ])
    func aStartThatCannotBeBookedIsInvalid(_ impossible: Impossible) async throws {
        try await withSchool(.sqlite, lesson: School.lesson.with("minimumNoticeMinutes", 1_440)) { school in
            let answer = await school.book(impossible.start, with: school.first)

            try answer.expect(422, code: impossible.code)
            #expect(answer.fieldErrors == ["/start \(impossible.code)"])
            #expect(try await school.customer.get("/api/v1/bookings").expect(200)["items"]?.array == [])
        }
    }

    @Test
    func refusesWhatItDoesNotKnow() async throws {
        try await withSchool(.sqlite) { school in
            let nobody = "018f0000-0000-7000-8000-000000000000"
            let start: JSON = .string(School.tuesday(9))
            let bookings = "/api/v1/bookings"
            let unknownType = await school.customer.post(bookings, ["eventType": "flight", "start": start])
            let unknownProvider = await school.book(School.tuesday(9), with: nobody)
            let unknownCustomer = await school.book(School.tuesday(9), for: nobody, as: school.admin)
            let unknownField = await school.customer.post(
                bookings, ["eventType": "lesson", "start": start, "colour": "red"])
            let withNul = await school.customer.post(
                bookings, ["eventType": "lesson", "start": start, "notes": .string("a\u{0}b")])

            #expect(unknownType.fieldErrors == ["/eventType unknown_event_type"])
            #expect(unknownProvider.fieldErrors == ["/provider unknown_provider"])
            #expect(unknownCustomer.fieldErrors == ["/customer unknown_customer"])
            #expect(unknownField.fieldErrors == ["/colour unknown_field"])
            for answer in [unknownType, unknownProvider, unknownCustomer, unknownField] {
                #expect(answer.status == 422)
            }
            // No JSON document of ours may hold it, so that it does not come as far as the field.
            #expect(withNul.status == 400)
        }
    }

    @Test
    func aProviderWhoDoesNotGiveItCannotBeBookedForIt() async throws {
        try await withSchool(.sqlite) { school in
            let outsider = try await School.makeProvider(["familyName": "Outsider"], by: school.admin)

            let answer = await school.book(School.tuesday(9), with: outsider)

            #expect(answer.fieldErrors == ["/provider provider_not_offered"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSameIdempotencyKeyBooksOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let input: JSON = [
                "eventType": "lesson", "provider": .string(school.first), "start": .string(School.tuesday(9)),
            ]

            let first = await school.customer.post("/api/v1/bookings", input, key: "k-1")
            let second = await school.customer.post("/api/v1/bookings", input, key: "k-1")

            let ids = (try first.expect(201).id, try second.expect(201).id)
            #expect(ids.0 == ids.1)
            #expect(try await school.customer.get("/api/v1/bookings").expect(200)["items"]?.array?.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func leavesOneAuditEntryAndOneEvent(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9)).expect(201).id

            let audit = try await school.platform.database.rows(
                "SELECT action FROM {kernel.audit_entry} WHERE object_type = 'booking' AND object_id = '\(id)'")
            let events = try await school.platform.database.rows(
                "SELECT name FROM {kernel.event} WHERE ordering_key = '\(id)'")

            #expect(audit == [["bookings.booking.created"]])
            #expect(events == [["bookings.booking-confirmed"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func freezesNamesAndPrice(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9)).expect(201).id
            let changed = School.lesson.with("price", ["amount": 9900, "currency": "EUR"]).with("name", "Doppelstunde")
                .with("providers", [.string(school.first)])
            let answer = await school.admin.send(
                "PUT", "/api/v1/event-types/\(school.lesson)", json: changed, headers: [("If-Match", "\"1\"")])
            try answer.expect(200)

            let booking = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)

            #expect(booking["price"]?["amount"]?.int == 6500)
            #expect(booking["eventType"]?["name"]?.string == "Fahrstunde")
            let next = try await school.book(School.tuesday(11)).expect(201)
            #expect(next["price"]?["amount"]?.int == 9900)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keepsTheClockOnTheWallAcrossAClockChange(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // Clocks go forward on Sunday, 29 March: Monday's nine o'clock is an hour earlier in UTC.
            let starts = try await school.starts(on: "2026-03-30", of: school.first)
            #expect(starts.first == "2026-03-30T07:00:00Z")

            let id = try await school.book("2026-03-30T07:00:00Z", with: school.first).expect(201).id

            let rows = try await school.platform.database.rows(
                "SELECT local_date, local_time, time_zone FROM {bookings.booking}")
            #expect(rows == [["2026-03-30", "540", "Europe/Berlin"]])
            #expect(!id.isEmpty)
        }
    }

    @Test
    func onTheDayOfTheChangeTheHourThatIsSkippedIsNotOffered() async throws {
        try await withSchool(.sqlite) { school in
            let rules: JSON = ["rules": [["weekday": 7, "start": "00:00", "end": "05:00"]]]
            try await school.admin.send(
                "PUT", "/api/v1/providers/\(school.first)/weekly-rules", json: rules, headers: [("If-Match", "\"2\"")]
            ).expect(200)

            let starts = try await school.starts(on: "2026-03-29", of: school.first)

            #expect(
                starts == [
                    "2026-03-28T23:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z",
                ])
            let booking = try await school.book("2026-03-29T01:00:00Z", with: school.first).expect(201)
            #expect(booking["end"]?.string == "2026-03-29T02:00:00Z")
        }
    }
}

extension JSON {
    /// The object with another value for one member.
    func with(_ name: String, _ value: JSON) -> JSON {
        var members = self.object ?? [:]
        members[name] = value
        return .object(members)
    }
}
