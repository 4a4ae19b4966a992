import AlmanacStorage
import AlmanacTestKit
import Testing

/// Sessions and retreats: made, shown, scheduled with everything they take, changed.
struct SessionTests {
    private static func withEvening(
        _ engine: TestEngine, _ type: JSON = [:], _ body: (School) async throws -> Void
    ) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening(type)
            try await body(school)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionIsPublishedWithItsSeats(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let made = try await school.schedule(["description": "Bitte Decken mitbringen."]).expect(201)
            let seen = try await school.read(session: made.id)
            let listed = try await school.anonymous.get("/api/v1/sessions?eventType=evening&seats=5").expect(200)
            let events = try await school.events(of: made.id)

            #expect(made["status"]?.string == "scheduled")
            #expect(seen["title"]?.string == "Silence" || seen["title"]?.string == "Stille")
            #expect(seen["seatsLeft"]?.int == 5)
            #expect(seen["price"]?["amount"]?.int == 2000)
            #expect(seen["bookableUntil"]?.string == "2026-03-07T16:00:00Z")
            #expect(seen["hosts"]?.array?.map(\.id) == [school.first])
            #expect(seen.texts("allowed") == [])
            #expect(made.texts("allowed") == ["book", "update", "reschedule", "cancel"])
            #expect(listed["items"]?.array?.map(\.id) == [made.id])
            #expect(events == ["bookings.session-scheduled"])
            let six = try await school.anonymous.get("/api/v1/sessions?seats=6").expect(200)
            #expect(six["items"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatASessionTakesIsTakenForEverybody(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let room = try await school.makeResource("room", "Saal")
            let parts = School.parts((School.tuesday(10), School.tuesday(12)))
            let made = try await school.schedule([
                "parts": parts, "resources": .array([["resource": .string(room)]]),
            ]).expect(201)
            let free = try await school.starts(on: "2026-03-03", of: school.first)
            let path = "/api/v1/slots/explain?eventType=lesson&provider=\(school.first)&at=\(School.tuesday(11))"
            let reasons = try await school.admin.get(path).expect(200)["parts"]?.array?.first?["reasons"]?.array ?? []
            let taken = reasons.first { $0["rule"]?.string == "taken" }?["claims"]?.array?.first

            // Half an hour of buffer after it: lessons begin again at 13.
            #expect(free == [9, 13, 14, 15, 16].map { School.tuesday($0) })
            try await school.book(School.tuesday(10), with: school.first).expect(409, code: "slot_taken")
            #expect(taken?["session"]?.string == made.id)
            #expect(taken?["title"]?.string != nil)
            // All or nothing: the second host is free, the room is not.
            let other = await school.schedule([
                "parts": parts, "hosts": .array([.string(school.second)]),
                "resources": .array([["resource": .string(room)]]),
            ])
            try other.expect(409, code: "session_conflict")
            let starts = try await school.starts(on: "2026-03-03", of: school.second)
            #expect(starts.count == 8)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostWhoIsBookedOrAwayCannotBeTaken(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            try await school.book(School.tuesday(10), with: school.first).expect(201)
            let parts = School.parts((School.tuesday(10, 30), School.tuesday(11, 30)))
            let booked = await school.schedule(["parts": parts])
            try await school.schedule("absences", of: school.second, [["from": "2026-03-06", "to": "2026-03-08"]])
                .expect(200)
            let away = await school.schedule(["hosts": .array([.string(school.second)])])

            try booked.expect(409, code: "session_conflict")
            #expect(booked.json["conflicts"]?.array?.first?["reason"]?.string == "taken")
            #expect(booked.json["conflicts"]?.array?.first?["provider"]?.string == school.first)
            try away.expect(409, code: "session_conflict")
            #expect(away.json["conflicts"]?.array?.first?["reason"]?.string == "absent")
        }
    }

    /// Three evenings of one course: what lies between them stays free.
    @Test(arguments: TestEngine.allCases)
    func severalPartsTakeNothingBetweenThem(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let made = try await school.schedule([
                "parts": School.parts(
                    (School.tuesday(9), School.tuesday(10)), (School.tuesday(14), School.tuesday(15)))
            ]).expect(201)
            try await school.take(made.id, seats: 2, start: School.tuesday(9)).expect(201)
            let free = try await school.starts(on: "2026-03-03", of: school.first)

            #expect(made["start"]?.string == School.tuesday(9))
            #expect(made["end"]?.string == School.tuesday(15))
            #expect(free == [11, 12, 13, 16].map { School.tuesday($0) })
        }
    }

    /// Clocks go forward on 29 March 2026: a retreat from Friday 18:00 to Monday 12:00 is an hour shorter.
    @Test(arguments: TestEngine.allCases)
    func aRetreatLastsAcrossTheChangeOfClocks(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let made = try await school.schedule([
                "kind": "retreat",
                "parts": School.parts(("2026-03-27T17:00:00Z", "2026-03-30T10:00:00Z")),
            ]).expect(201)
            let booking = try await school.take(made.id, start: "2026-03-27T17:00:00Z").expect(201)
            let monday = try await school.starts(on: "2026-03-30", of: school.first)
            let friday = try await school.starts(on: "2026-03-27", of: school.first)

            // Until 12:00 of summer time and half an hour beyond: lessons from 13:00 (11:00Z) on.
            #expect(monday == [11, 12, 13, 14].map { "2026-03-30T\($0):00:00Z" })
            #expect(friday.count == 8)
            #expect(booking["end"]?.string == "2026-03-30T10:00:00Z")
            // Claims as long as this are found from their middle, too.
            let inside = School.parts(("2026-03-29T08:00:00Z", "2026-03-29T09:00:00Z"))
            try await school.schedule(["parts": inside]).expect(409, code: "session_conflict")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func longRetreatsAreFoundFromTheirEnd(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            try await school.schedule([
                "kind": "retreat", "parts": School.parts(("2026-03-06T17:00:00Z", "2026-03-17T10:00:00Z")),
            ]).expect(201)
            let free = try await school.starts(on: "2026-03-16", of: school.first)
            #expect(free.isEmpty)
            try await school.book("2026-03-16T12:00:00Z", with: school.first).expect(409, code: "slot_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDraftTakesNothingAndIsSeenByThoseWhoPlanIt(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let parts = School.parts((School.tuesday(9), School.tuesday(10)))
            let draft = try await school.schedule(["parts": parts, "isDraft": true], as: school.instructor).expect(201)

            try await school.anonymous.get("/api/v1/sessions/\(draft.id)").expect(404)
            try await school.customer.get("/api/v1/sessions/\(draft.id)").expect(404)
            let own = try await school.instructor.get("/api/v1/sessions").expect(200)
            let others = try await school.customer.get("/api/v1/sessions").expect(200)
            #expect(own["items"]?.array?.map(\.id) == [draft.id])
            #expect(others["items"]?.array?.isEmpty == true)
            try await school.take(draft.id, start: School.tuesday(9)).expect(422, code: "unknown_session")
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.act("schedule", onSession: draft.id).expect(409, code: "session_conflict")
            let moved = try await school.change(
                draft.id, ["parts": School.parts((School.tuesday(11), School.tuesday(12)))], version: 1
            ).expect(200)
            #expect(moved["status"]?.string == "draft")
            let scheduled = try await school.act("schedule", onSession: draft.id, as: school.instructor).expect(200)
            #expect(scheduled["status"]?.string == "scheduled")
            try await school.act("schedule", onSession: draft.id).expect(409, code: "session_scheduled")
            let gone = await school.admin.send(
                "DELETE", "/api/v1/sessions/\(draft.id)", headers: [("If-Match", "\"3\"")])
            try gone.expect(409, code: "session_published")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func organizersPlanWhatIsTheirs(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            try await school.schedule(as: school.customer).expect(403)
            try await school.schedule(["hosts": .array([.string(school.second)])], as: school.instructor).expect(403)
            // Not even besides themselves: it would fill a colleague's calendar.
            let both: JSON = ["hosts": .array([.string(school.first), .string(school.second)])]
            try await school.schedule(both, as: school.instructor).expect(403)
            let theirs = try await school.schedule(["hosts": .array([.string(school.second)])]).expect(201)
            try await school.act("cancel", onSession: theirs.id, as: school.instructor).expect(403)
            try await school.act("complete", onSession: theirs.id, as: school.instructor).expect(403)
            let own = try await school.schedule(
                ["parts": School.parts(("2026-03-08T17:00:00Z", "2026-03-08T18:00:00Z"))], as: school.instructor
            ).expect(201)
            #expect(own.texts("allowed").contains("cancel"))
            // Nor by handing it over.
            let handed = await school.change(
                own.id, ["hosts": .array([.string(school.second)])], version: 1, as: school.instructor)
            try handed.expect(403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongIsNamedAtItsPlace(_ engine: TestEngine) async throws {
        try await Self.withEvening(engine) { school in
            let wrong = await school.schedule([
                "parts": School.parts(
                    ("2026-03-07T17:00:00Z", "2026-03-07T16:00:00Z"), ("2026-03-06T17:00:00Z", "2026-03-06T17:00:30Z")),
                "hosts": .array([.string(school.first), .string(school.first)]),
                "resources": .array([["resource": .string(school.lesson)]]),
            ])
            try wrong.expect(422, code: "invalid_session")
            #expect(
                wrong.fieldErrors.sorted() == [
                    "/hosts/1 duplicate", "/parts/0/end end_not_after_start", "/parts/1/end whole_minutes",
                    "/parts/1/start parts_overlap", "/resources/0/resource unknown_resource",
                ])
            let past = School.parts(("2026-03-01T10:00:00Z", "2026-03-01T12:00:00Z"))
            try await school.schedule(["parts": past]).expect(422, code: "in_past")
            try await school.schedule(["eventType": "unknown"]).expect(422, code: "unknown_event_type")
        }
    }
}
