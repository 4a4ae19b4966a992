import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// What changes cost, until when customers may make them, and who may waive it.
struct PolicyTests {
    /// Free until a day before, half until two hours before, then all; closed in the last hour; moved once, free until a
    /// day before; ten minutes late is no absence.
    private static let policies: JSON = [
        "cancellation": [
            "tiers": [["untilMinutes": 1_440], ["untilMinutes": 120, "percent": 50], ["percent": 100]],
            "closedMinutes": 60,
        ],
        "rescheduling": ["tiers": [["untilMinutes": 1_440], ["amount": 1_000]], "most": 1],
        "noShow": ["percent": 80, "graceMinutes": 10],
    ]
    private static let lesson = School.lesson.with("policies", Self.policies)

    /// Runs `body` with a booking on Tuesday at nine, so many minutes before it begins.
    private func withBooking(
        _ engine: TestEngine, minutesBefore: Int64, lesson: JSON = Self.lesson,
        _ body: (School, String) async throws -> Void
    ) async throws {
        try await withSchool(engine, lesson: lesson, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let start = try #require(Instant(rfc3339: School.tuesday(9)))
            school.platform.clock.set(start.adding(minutes: -minutesBefore))
            try await body(school, id)
        }
    }

    /// What the last change of a booking cost.
    private func charge(_ school: School, _ id: String) async throws -> (fee: Int?, waived: Int?) {
        let last = try await school.admin.get("/api/v1/bookings/\(id)/changes").expect(200)["items"]?.array?.last
        return (last?["fee"]?["amount"]?.int, last?["waivedFee"]?["amount"]?.int)
    }

    private func told(_ school: School, _ event: String) async throws -> JSON {
        let rows = try await school.platform.database.rows(
            "SELECT payload FROM {kernel.event} WHERE name = 'bookings.\(event)' ORDER BY id")
        return try JSON(parsing: Array((rows.last?.first ?? "{}")?.utf8 ?? "{}".utf8))
    }

    static let owed: [(minutes: Int64, fee: Int)] = [
        (1_440, 0), (1_439, 3_250), (120, 3_250), (119, 6_500), (60, 6_500),
    ]

    @Test(arguments: TestEngine.allCases, Self.owed)
    func customersOweWhatWasAgreed(_ engine: TestEngine, _ row: (minutes: Int64, fee: Int)) async throws {
        try await self.withBooking(engine, minutesBefore: row.minutes) { school, id in
            let foreseen = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)

            try await school.act("cancel", on: id, as: school.customer).expect(200)

            let wanted = row.fee == 0 ? nil : row.fee
            #expect(foreseen["cancel"]?["isPossible"]?.bool == true)
            #expect(foreseen["cancel"]?["fee"]?["amount"]?.int == wanted)
            #expect(try await self.charge(school, id).fee == wanted)
            #expect(try await self.told(school, "booking-cancelled")["fee"]?["amount"]?.int == wanted)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsClosedToCustomersIsOpenToStaff(_ engine: TestEngine) async throws {
        try await self.withBooking(engine, minutesBefore: 59) { school, id in
            let seen = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            let foreseen = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)
            let byStaff = try await school.instructor.get("/api/v1/bookings/\(id)").expect(200)

            try await school.act("cancel", on: id, as: school.customer).expect(409, code: "change_closed")
            try await school.act("cancel", on: id, as: school.instructor).expect(200)

            #expect(seen.texts("allowed") == ["reschedule"])
            #expect(byStaff.texts("allowed") == ["cancel", "reschedule", "start"])
            #expect(foreseen["cancel"]?["problem"]?.string == "change_closed")
            #expect(foreseen["cancel"]?["closesAt"]?.string == School.tuesday(8))
            // The instructor cannot come: nobody owes anything, and what would have been owed is on record.
            let charge = try await self.charge(school, id)
            #expect(charge.fee == nil && charge.waived == 6_500)
        }
    }

    @Test
    func staffChargeWhenTheySaySo() async throws {
        try await self.withBooking(.sqlite, minutesBefore: 100) { school, id in
            try await school.act("cancel", on: id, ["chargeFee": true], as: school.instructor).expect(200)

            let charge = try await self.charge(school, id)
            #expect(charge.fee == 6_500 && charge.waived == nil)
        }
    }

    @Test
    func customersWaiveNothing() async throws {
        try await self.withBooking(.sqlite, minutesBefore: 100) { school, id in
            try await school.act("cancel", on: id, ["chargeFee": false], as: school.customer).expect(403)
            try await school.act("cancel", on: id, ["chargeFee": true], as: school.customer).expect(200)
            #expect(try await self.charge(school, id).fee == 6_500)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func customersMoveAsOftenAsWasAgreed(_ engine: TestEngine) async throws {
        try await self.withBooking(engine, minutesBefore: 300) { school, id in
            func move(_ hour: Int, as client: APIClient) async -> APIAnswer {
                await school.act("reschedule", on: id, ["start": .string(School.tuesday(hour))], as: client)
            }
            try await move(10, as: school.instructor).expect(200)
            let before = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)
            try await move(11, as: school.customer).expect(200)
            let fee = try await self.charge(school, id).fee
            try await move(12, as: school.customer).expect(409, code: "rescheduled_too_often")
            let after = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)
            let seen = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            try await move(13, as: school.admin).expect(200)

            #expect(before["reschedulesLeft"]?.int == 1 && after["reschedulesLeft"]?.int == 0)
            #expect(before["reschedule"]?["fee"]?["amount"]?.int == 1_000 && fee == 1_000)
            #expect(after["reschedule"]?["problem"]?.string == "rescheduled_too_often")
            #expect(seen.texts("allowed") == ["cancel"])
            #expect(try await self.told(school, "booking-rescheduled")["fee"] == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsALittleLateHasNotStayedAway(_ engine: TestEngine) async throws {
        try await self.withBooking(engine, minutesBefore: -9) { school, id in
            let early = try await school.instructor.get("/api/v1/bookings/\(id)").expect(200)
            try await school.act("no-show", on: id, as: school.instructor).expect(409, code: "booking_not_begun")
            school.platform.clock.advance(minutes: 1)
            try await school.act("no-show", on: id, as: school.instructor).expect(200)

            #expect(!early.texts("allowed").contains("noShow"))
            #expect(try await self.charge(school, id).fee == 5_200)
            #expect(try await self.told(school, "booking-missed")["fee"]?["amount"]?.int == 5_200)
            let audit = try await school.platform.database.rows(
                "SELECT count(*) FROM {kernel.audit_entry} WHERE action = 'bookings.booking.no-show'")
            #expect(audit == [["1"]])
        }
    }

    @Test
    func anAbsenceIsForgivenByWhoMay() async throws {
        try await self.withBooking(.sqlite, minutesBefore: -15) { school, id in
            try await school.act("no-show", on: id, ["chargeFee": false], as: school.instructor).expect(200)

            let charge = try await self.charge(school, id)
            #expect(charge.fee == nil && charge.waived == 5_200)
        }
    }

    @Test
    func whatWasAgreedStays() async throws {
        try await self.withBooking(.sqlite, minutesBefore: 100) { school, id in
            let path = "/api/v1/event-types/\(school.lesson)"
            let shown = try await school.anonymous.get(path).expect(200)
            let free = School.lesson.with("providers", [.string(school.first)])
            try await school.admin.send("PUT", path, json: free, headers: [("If-Match", "\"1\"")]).expect(200)

            try await school.act("cancel", on: id, as: school.customer).expect(200)

            #expect(shown["policies"]?["cancellation"]?["tiers"]?.array?.count == 3)
            #expect(try await self.charge(school, id).fee == 6_500)
        }
    }

    @Test
    func whatIsOnlyAskedForCostsNothing() async throws {
        let lesson = Self.lesson.with("requiresApproval", true).with("approvalMinutes", 10_000)
        try await self.withBooking(.sqlite, minutesBefore: 100, lesson: lesson) { school, id in
            try await school.act("cancel", on: id, as: school.customer).expect(200)
            #expect(try await self.charge(school, id).fee == nil)
        }
    }

    @Test
    func policiesThatContradictThemselvesAreRefused() async throws {
        try await withSchool(.sqlite) { school in
            let policies: JSON = [
                "cancellation": ["tiers": [["untilMinutes": 60, "percent": 5, "amount": 5], ["untilMinutes": 90]]],
                "noShow": ["percent": 1, "amount": 1],
            ]
            let answer = await school.admin.post(
                "/api/v1/event-types",
                School.lesson.with("slug", "other").with("policies", policies).with("providers", []))

            #expect(
                answer.fieldErrors == [
                    "/policies/cancellation/tiers/0/amount conflict",
                    "/policies/cancellation/tiers/1/untilMinutes last_tier", "/policies/noShow/amount conflict",
                ])
            let tooMuch: JSON = ["noShow": ["percent": 101]]
            let refused = await school.admin.post(
                "/api/v1/event-types",
                School.lesson.with("slug", "other").with("policies", tooMuch).with("providers", []))
            #expect(refused.status == 422)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func eventTypesWithoutPoliciesTakeTheOrganizations(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            let chosen: JSON = [
                "settings": ["freeCancellationMinutes": 1_440, "lateCancellationPercent": 30, "noShowPercent": 100]
            ]
            try await school.admin.send(
                "PATCH", "/api/v1/settings/bookings", json: chosen, headers: [("If-Match", "\"1\"")]
            ).expect(200)
            try await school.admin.send(
                "PUT", "/api/v1/event-types/\(school.lesson)",
                json: School.lesson.with("providers", [.string(school.first)]), headers: [("If-Match", "\"1\"")]
            ).expect(200)
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let start = try #require(Instant(rfc3339: School.tuesday(9)))

            let early = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)
            school.platform.clock.set(start.adding(minutes: -60))
            let late = try await school.customer.get("/api/v1/bookings/\(id)/consequences").expect(200)

            #expect(early["cancel"]?["fee"] == nil && late["cancel"]?["fee"]?["amount"]?.int == 1_950)
            #expect(early["noShow"]?["fee"]?["amount"]?.int == 6_500)
            #expect(
                early["cancel"]?["tiers"]?.array?.first?["until"]?.string == start.adding(minutes: -1_440).rfc3339)
        }
    }
}
