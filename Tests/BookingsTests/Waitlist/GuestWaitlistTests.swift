import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Waiting without an account.
struct GuestWaitlistTests {
    private static func withFullDay(
        _ engine: TestEngine, lesson: JSON = School.open, _ body: (School, [String: String]) async throws -> Void
    ) async throws {
        try await withSchool(engine, lesson: lesson, sessions: School.patience) { school in
            let bookings = try await school.fill()
            try await body(school, bookings)
        }
    }

    private static func wait(_ school: School, _ more: JSON = [:], as client: APIClient? = nil) async -> APIAnswer {
        var input: JSON = [
            "eventType": "lesson", "from": "2026-03-03", "to": "2026-03-03", "givenName": "Greta",
            "familyName": "Gast", "email": "gast@example.org",
        ]
        for member in more.object?.members ?? [] { input = input.with(member.name, member.value) }
        return await (client ?? school.anonymous).post("/api/v1/guest-waitlist", input)
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestWaitsAndBooksWhatIsOffered(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let joined = try await Self.wait(school).expect(201)
            let entry = joined["entry"]?.id ?? ""
            let guest = school.guest(joined)
            let shown = try await guest.get("/api/v1/guest-waitlist/current").expect(200)
            #expect(shown.id == entry && shown["status"]?.string == "waiting")
            #expect(shown.texts("allowed") == ["withdraw"])
            #expect(shown["position"] == nil && shown["priority"] == nil)

            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            let offered = try await guest.get("/api/v1/waitlist/\(entry)").expect(200)
            #expect(offered["offer"]?["start"]?.string == School.tuesday(11))
            #expect(offered.texts("allowed") == ["accept", "decline", "withdraw"])

            let booked = try await guest.post("/api/v1/guest-waitlist/\(entry)/accept", [:]).expect(201)
            let booking = booked["booking"]?.id ?? ""
            #expect(booked["booking"]?["start"]?.string == School.tuesday(11))
            #expect(booked["booking"]?["customer"]?["name"]?.string == "Greta Gast")
            #expect(try await school.entry(entry)["booking"]?.string == booking)
            // From now on the booking has a token of its own, and the entry's is worth nothing.
            let owner = school.guest(booked)
            #expect(try await owner.get("/api/v1/guest-bookings/current").expect(200).id == booking)
            try await owner.post("/api/v1/bookings/\(booking)/cancel", [:]).expect(200)
            try await guest.get("/api/v1/guest-waitlist/current").expect(401)
            #expect(
                try await school.events(of: booking).contains("bookings.guest-access-requested"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestDeclinesAndGivesUp(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let joined = try await Self.wait(school).expect(201)
            let (entry, guest) = (joined["entry"]?.id ?? "", school.guest(joined))
            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            try await guest.post("/api/v1/waitlist/\(entry)/decline", [:]).expect(200)
            try await school.settle()
            let after = try await guest.get("/api/v1/waitlist/\(entry)").expect(200)
            #expect(after["status"]?.string == "waiting")
            try await guest.send("DELETE", "/api/v1/waitlist/\(entry)", headers: [("If-Match", "*")]).expect(200)
            #expect(try await school.entry(entry)["status"]?.string == "withdrawn")
            try await guest.get("/api/v1/waitlist/\(entry)").expect(401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenOpensOneEntry(_ engine: TestEngine) async throws {
        try await Self.withFullDay(engine) { school, bookings in
            let guest = school.guest(try await Self.wait(school).expect(201))
            // The same address once more is somebody else: nobody learns that it is known.
            let other = try await Self.wait(school).expect(201)
            let entry = other["entry"]?.id ?? ""
            try await school.cancel(bookings["\(School.tuesday(11)) \(school.first)"])
            try await school.settle()
            try await guest.get("/api/v1/waitlist/\(entry)").expect(404)
            try await guest.post("/api/v1/guest-waitlist/\(entry)/accept", [:]).expect(404)
            try await guest.post("/api/v1/waitlist/\(entry)/decline", [:]).expect(404)
            try await guest.send("DELETE", "/api/v1/waitlist/\(entry)", headers: [("If-Match", "*")]).expect(404)
            try await guest.get("/api/v1/waitlist").expect(403)
            try await guest.get("/api/v1/guest-bookings/current").expect(403)
            let booking = bookings["\(School.tuesday(9)) \(school.first)"] ?? ""
            try await guest.get("/api/v1/bookings/\(booking)").expect(403)
            let token = other["accessToken"]?.string ?? "?"
            for table in ["kernel.event", "kernel.audit_entry", "bookings.waitlist_entry"] {
                let rows = try await school.platform.database.rows("SELECT * FROM {\(table)}")
                #expect(!rows.joined().contains { $0?.contains(token) ?? false })
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guestsWaitWhereTheyMayBook(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await Self.wait(school).expect(403, code: "guests_not_allowed")
            try await Self.wait(school, as: school.customer).expect(409, code: "already_known")
            let rows = try await school.platform.database.rows(
                "SELECT (SELECT count(*) FROM {bookings.waitlist_entry}), (SELECT count(*) FROM {kernel.person} p WHERE p.given_name = 'Greta')"
            )
            #expect(rows == [["0", "0"]])
        }
    }
}
