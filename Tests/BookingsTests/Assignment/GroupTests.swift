import AlmanacStorage
import AlmanacTestKit
import Testing

/// Sessions with several seats, which bookings of one start share.
struct GroupTests {
    private static let course: JSON = ["capacity": 5, "requirements": [["kind": "room"]]]

    private static func withCourse(
        _ engine: TestEngine, _ members: JSON = Self.course, _ body: (School) async throws -> Void
    ) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal")
            try await school.makeEventType("course", members)
            try await body(school)
        }
    }

    private func book(
        _ start: String, seats: Int = 1, with provider: String? = nil, as client: APIClient? = nil, in school: School
    ) async -> APIAnswer {
        var input: JSONObject = [
            "eventType": "course", "start": .string(start), "seats": .number(JSONNumber(seats)),
        ]
        if let provider { input["provider"] = .string(provider) }
        return await (client ?? school.customer).post("/api/v1/bookings", .object(input))
    }

    /// The seats that are offered at each start of a date.
    private func seatsLeft(_ school: School, _ query: String = "") async throws -> [String: Int] {
        let path = "/api/v1/slots?eventType=course&from=2026-03-03&to=2026-03-03\(query)"
        let items = try await school.anonymous.get(path).expect(200)["items"]?.array ?? []
        return Dictionary(uniqueKeysWithValues: items.map { ($0["start"]?.string ?? "", $0["seatsLeft"]?.int ?? -1) })
    }

    /// How many claims take time, and in how many sessions.
    private func claims(_ school: School) async throws -> [String?] {
        try await school.platform.database.rows(
            """
            SELECT count(*), count(DISTINCT session_id) FROM {bookings.claim}
            WHERE state <> 'released' AND kind = 'exclusive'
            """)[0]
    }

    @Test(arguments: TestEngine.allCases)
    func bookingsOfOneStartShareTheirHostAndRoom(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine) { school in
            let first = try await self.book(School.tuesday(9), seats: 2, with: school.first, in: school).expect(201)
            // There is one room: whoever comes joins, whomever they would have had.
            let second = try await self.book(School.tuesday(9), seats: 2, as: school.otherCustomer, in: school)
                .expect(201)
            let left = try await self.seatsLeft(school)
            let three = await self.book(School.tuesday(9), seats: 3, in: school)

            #expect(first["seats"]?.int == 2)
            #expect(first["price"]?["amount"]?.int == 13_000)
            #expect(second.hostIDs == [school.first])
            #expect(second.resourceNames == ["Saal"])
            #expect(left[School.tuesday(9)] == 1)
            #expect(left[School.tuesday(10)] == 5)
            #expect(try await self.seatsLeft(school, "&seats=2")[School.tuesday(9)] == nil)
            #expect(try await self.claims(school) == ["4", "1"])
            try three.expect(409, code: "slot_taken")
            // For everything else the host and the room are taken.
            try await school.book(School.tuesday(9), with: school.first).expect(409, code: "slot_taken")
            try await self.book(School.tuesday(9), as: school.otherCustomer, in: school).expect(201)
            #expect(try await self.seatsLeft(school)[School.tuesday(9)] == nil)
            try await self.book(School.tuesday(9), in: school).expect(409, code: "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSessionEndsWithItsLastBooking(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine) { school in
            let first = try await self.book(School.tuesday(9), with: school.first, in: school).expect(201)
            let second = try await self.book(School.tuesday(9), as: school.otherCustomer, in: school).expect(201)

            try await school.customer.post("/api/v1/bookings/\(first.id)/cancel", [:]).expect(200)
            try await school.book(School.tuesday(9), with: school.first).expect(409, code: "slot_taken")
            #expect(try await self.seatsLeft(school)[School.tuesday(9)] == 4)
            try await school.otherCustomer.post("/api/v1/bookings/\(second.id)/cancel", [:]).expect(200)

            #expect(try await self.claims(school) == ["0", "0"])
            try await school.book(School.tuesday(9), with: school.first).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func movingLeavesOneSessionForAnother(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine) { school in
            let moving = try await self.book(School.tuesday(9), seats: 2, with: school.first, in: school).expect(201)
            try await self.book(School.tuesday(9), seats: 3, as: school.otherCustomer, in: school).expect(201)
            try await self.book(School.tuesday(11), seats: 4, with: school.first, in: school).expect(201)
            try await self.book(School.tuesday(13), seats: 1, with: school.first, in: school).expect(201)

            let full = await school.reschedule(moving.id, to: School.tuesday(11))
            try full.expect(409, code: "slot_taken")
            try await school.reschedule(moving.id, to: School.tuesday(13)).expect(200)
            var left = try await self.seatsLeft(school)
            #expect(left[School.tuesday(9)] == 2)
            #expect(left[School.tuesday(13)] == 2)
            #expect(try await self.claims(school) == ["8", "3"])
            // To where nobody is: a session of its own.
            let alone = try await school.reschedule(moving.id, to: School.tuesday(15)).expect(200)
            left = try await self.seatsLeft(school)
            #expect(alone["seats"]?.int == 2)
            #expect(left[School.tuesday(15)] == 3)
            #expect(left[School.tuesday(13)] == 4)
            #expect(try await self.claims(school) == ["8", "4"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsFullGoesOnWithAnotherHost(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine, ["capacity": 2]) { school in
            let hosts = [
                try await self.book(School.tuesday(9), in: school).expect(201).hostIDs,
                try await self.book(School.tuesday(9), in: school).expect(201).hostIDs,
                try await self.book(School.tuesday(9), in: school).expect(201).hostIDs,
            ]

            #expect(hosts == [[school.first], [school.first], [school.second]])
            #expect(try await self.claims(school) == ["3", "2"])
            // Two seats are together in no session.
            try await self.book(School.tuesday(9), seats: 2, in: school).expect(409, code: "slot_taken")
            try await self.book(School.tuesday(9), with: school.second, in: school).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionTakesARoomOnceHoweverManyComeToIt(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine, ["capacity": 9, "requirements": [["kind": "room", "units": 3]]]) { school in
            _ = try await school.makeResource("room", "Halle", capacity: 6)
            for _ in 0..<4 { try await self.book(School.tuesday(9), with: school.first, in: school).expect(201) }
            try await school.makeEventType("other", ["requirements": [["kind": "room", "units": 3]]])

            try await school.book("other", at: School.tuesday(9), with: school.second).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionOfAllHostsIsJoinedAsAWhole(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine, ["capacity": 3, "hosting": ["mode": "all"]]) { school in
            try await self.book(School.tuesday(9), in: school).expect(201)
            let second = try await self.book(School.tuesday(9), as: school.otherCustomer, in: school).expect(201)

            #expect(second.hostIDs == [school.first, school.second])
            #expect(try await self.claims(school) == ["4", "1"])
            #expect(try await self.seatsLeft(school)[School.tuesday(9)] == 1)
        }
    }

    @Test func moreSeatsThanThereAreAreRefused() async throws {
        try await Self.withCourse(.sqlite) { school in
            let six = await self.book(School.tuesday(9), seats: 6, in: school)
            let many = await self.book(School.tuesday(9), seats: 10_000, in: school)
            let pair = await school.customer.post(
                "/api/v1/bookings", ["eventType": "lesson", "start": .string(School.tuesday(9)), "seats": 2])
            let type = await school.admin.post(
                "/api/v1/event-types", School.lesson.with("slug", "huge").with("providers", []).with("capacity", 10_000)
            )
            let path = "/api/v1/slots?eventType=course&from=2026-03-03&to=2026-03-03&seats=6"

            #expect(six.fieldErrors == ["/seats too_many_seats"])
            #expect(many.fieldErrors.first?.hasPrefix("/seats ") == true)
            #expect(pair.fieldErrors == ["/seats too_many_seats"])
            #expect(type.fieldErrors.first?.hasPrefix("/capacity ") == true)
            #expect(await school.anonymous.get(path).fieldErrors == ["/seats too_many_seats"])
            // What has no seats says nothing of them.
            let lessons = try await school.anonymous
                .get("/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03").expect(200)["items"]?.array
            #expect(lessons?.first?["seatsLeft"] == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionIsOfferedNoLongerThanItCanBeBooked(_ engine: TestEngine) async throws {
        try await Self.withCourse(engine, Self.course.with("minimumNoticeMinutes", 60)) { school in
            try await self.book(School.tuesday(9), in: school).expect(201)
            let start = try #require(Instant(rfc3339: School.tuesday(9)))

            school.platform.clock.set(start.adding(minutes: -60))
            #expect(try await self.seatsLeft(school)[School.tuesday(9)] == 4)
            school.platform.clock.set(start.adding(minutes: -59))
            #expect(try await self.seatsLeft(school)[School.tuesday(9)] == nil)
        }
    }
}
