import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

/// Who may do what with a booking, from which status and when: the whole table, written down a second time.
struct TransitionTests {
    /// Where a booking stands, in the table of the tests.
    struct Case: Sendable, CustomTestStringConvertible {
        let status: Booking.Status
        /// Minutes from its beginning to now.
        let minutes: Int64
        /// What can be done with it then by whoever may everything.
        let possible: Set<String>
        var testDescription: String { "\(self.status.rawValue) \(self.minutes)" }
    }

    static let cases: [Case] = [
        Case(status: .pending, minutes: -600, possible: ["cancel", "reschedule", "approve", "reject"]),
        // What was not confirmed before its beginning has lapsed.
        Case(status: .pending, minutes: 0, possible: []),
        Case(status: .confirmed, minutes: -600, possible: ["cancel", "reschedule"]),
        Case(status: .confirmed, minutes: -61, possible: ["cancel", "reschedule"]),
        Case(status: .confirmed, minutes: -60, possible: ["cancel", "reschedule", "start"]),
        Case(status: .confirmed, minutes: 0, possible: ["cancel", "start", "complete", "noShow"]),
        Case(status: .confirmed, minutes: 59, possible: ["cancel", "start", "complete", "noShow"]),
        Case(status: .confirmed, minutes: 60, possible: ["start", "complete", "noShow"]),
        Case(status: .inProgress, minutes: -30, possible: ["complete"]),
        Case(status: .inProgress, minutes: 90, possible: ["complete"]),
        Case(status: .completed, minutes: 90, possible: []),
        Case(status: .noShow, minutes: 90, possible: []),
        Case(status: .cancelled, minutes: -600, possible: []),
        Case(status: .rejected, minutes: -600, possible: []),
    ]

    private static let actions = ["cancel", "reschedule", "approve", "reject", "start", "complete", "noShow"]

    /// What an actor may do at all, and what they are answered otherwise.
    private struct Actor {
        let name: String
        let member: TestMember?
        let permitted: Set<String>
        let refusal: Int
    }

    private static let actors = [
        Actor(name: "admin", member: .admin, permitted: Set(Self.actions), refusal: 403),
        Actor(name: "provider", member: .provider, permitted: Set(Self.actions), refusal: 403),
        Actor(name: "customer", member: .customer, permitted: ["cancel", "reschedule"], refusal: 403),
        Actor(name: "stranger", member: .otherCustomer, permitted: [], refusal: 404),
        Actor(name: "nobody", member: nil, permitted: [], refusal: 401),
    ]

    private static func path(_ action: String) -> String { action == "noShow" ? "no-show" : action }

    /// Puts a booking into a state, past every guard.
    private func put(_ booking: String, into status: Booking.Status, in school: School) async throws {
        let (table, claim, id) =
            school.platform.engine == .postgres
            ? ("bookings.booking", "bookings.claim", "'\(booking)'")
            : ("bookings_booking", "bookings_claim", "x'\(booking.filter { $0 != "-" })'")
        let expiry =
            status == .pending ? "(SELECT b.start_at FROM \(table) b WHERE b.id = \(id))" : "NULL"
        let state = status == .pending ? "pending" : status.takesTime ? "confirmed" : "released"
        try await school.platform.database.run(
            "UPDATE \(table) SET status = '\(status.rawValue)', expires_at = \(expiry) WHERE id = \(id)")
        try await school.platform.database.run(
            "UPDATE \(claim) SET state = '\(state)', expires_at = \(expiry) WHERE booking_id = \(id)")
        let requirement = school.platform.engine == .postgres ? "kernel.requirement" : "kernel_requirement"
        try await school.platform.database.run(
            "UPDATE \(requirement) SET is_open = \(status == .pending) WHERE object_id = '\(booking)'")
    }

    @Test(arguments: Self.cases)
    func followsTheTable(_ row: Case) async throws {
        try await withSchool(.sqlite, lesson: School.approved) { school in
            let start = try #require(Instant(rfc3339: School.tuesday(9)))
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            school.platform.clock.set(start.adding(minutes: row.minutes))
            for actor in Self.actors {
                let client =
                    if let member = actor.member {
                        try await school.platform.client(as: member)
                    } else { school.anonymous }
                try await self.put(id, into: row.status, in: school)
                let wanted = row.possible.intersection(actor.permitted)
                let shown = await client.get("/api/v1/bookings/\(id)")
                if !actor.permitted.isEmpty {
                    #expect(Set(try shown.expect(200).texts("allowed")) == wanted, "\(actor.name)")
                }
                for action in Self.actions {
                    try await self.put(id, into: row.status, in: school)
                    let input: JSON = action == "reschedule" ? ["start": "2026-03-05T08:00:00Z"] : [:]
                    let answer = await school.act(Self.path(action), on: id, input, as: client)
                    let expected =
                        wanted.contains(action) ? 200 : actor.permitted.contains(action) ? 409 : actor.refusal
                    // A stranger without the permission learns that first.
                    let isFine = answer.status == expected || (actor.refusal == 404 && answer.status == 403)
                    #expect(isFine, "\(actor.name) \(action): \(answer)")
                    if action == "reschedule", answer.status == 200 {
                        let back: JSON = ["start": .string(School.tuesday(9))]
                        let admin = try await school.platform.client(as: .admin)
                        try await school.act("reschedule", on: id, back, as: admin).expect(200)
                    }
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLessonIsStartedAndCompleted(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let start = try #require(Instant(rfc3339: School.tuesday(9)))
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            school.platform.clock.set(start)
            let instructor = try await school.platform.client(as: .provider)

            let started = try await school.act("start", on: id, as: instructor).expect(200)
            let completed = try await school.act("complete", on: id, as: instructor).expect(200)

            #expect(started["status"]?.string == "inProgress" && started.texts("allowed") == ["complete"])
            #expect(completed["status"]?.string == "completed" && completed["version"]?.int == 3)
            #expect(
                try await school.events(of: id).suffix(2) == [
                    "bookings.booking-started", "bookings.booking-completed",
                ])
            #expect(
                try await school.audit(of: id).suffix(2) == [
                    "bookings.booking.started", "bookings.booking.completed",
                ])
            #expect(
                try await school.changes(of: id, as: instructor) == ["started by provider", "completed by provider"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCustomerWhoDidNotComeIsNoted(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let start = try #require(Instant(rfc3339: School.tuesday(9)))
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            school.platform.clock.set(start.adding(minutes: 15))
            let admin = try await school.platform.client(as: .admin)

            let early = try await school.platform.client(as: .customer).get("/api/v1/bookings/\(id)").expect(200)
            let missed = try await school.act("no-show", on: id, ["reason": "no call"], as: admin).expect(200)

            #expect(early.texts("allowed") == ["cancel"])
            #expect(missed["status"]?.string == "noShow")
            #expect(try await school.events(of: id).last == "bookings.booking-missed")
            #expect(try await school.audit(of: id).last == "bookings.booking.no-show")
            #expect(try await school.changes(of: id, as: admin) == ["noShow by staff"])
        }
    }

    @Test
    func theHistoryIsForWhoMaySeeTheBooking() async throws {
        try await withSchool(.sqlite) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            for hour in 10...12 {
                let move: JSON = ["start": .string(School.tuesday(hour)), "reason": "later"]
                try await school.act("reschedule", on: id, move, as: school.customer).expect(200)
            }
            let path = "/api/v1/bookings/\(id)/changes"

            let page = try await school.customer.get("\(path)?limit=2").expect(200)
            let next = try #require(page["next"]?.string)
            let rest = try await school.customer.get("\(path)?limit=2&after=\(next)").expect(200)

            let starts = [page, rest].flatMap { $0["items"]?.array ?? [] }.map { $0["to"]?["start"]?.string }
            #expect(starts == [10, 11, 12].map { School.tuesday($0) })
            #expect(page["items"]?.array?.first?["from"]?["provider"]?.string == school.first)
            #expect(page["items"]?.array?.first?["reason"]?.string == "later")
            try await school.otherCustomer.get(path).expect(404)
            try await school.anonymous.get(path).expect(401)
        }
    }

    /// Of several who do different things with one booking at once, one is first and the others are refused.
    @Test(arguments: TestEngine.allCases)
    func stepsDoNotOvertakeEachOther(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let start = try #require(Instant(rfc3339: School.tuesday(9)))
            let ids = [
                try await school.book(School.tuesday(9), with: school.first).expect(201).id,
                try await school.book(School.tuesday(9), with: school.second).expect(201).id,
            ]
            school.platform.clock.set(start.adding(minutes: 1))
            let admin = try await school.platform.client(as: .admin)
            for id in ids {
                let done = await withTaskGroup(of: Int.self) { group in
                    for action in ["cancel", "no-show", "complete", "cancel", "no-show", "complete"] {
                        group.addTask { await school.act(action, on: id, as: admin).status }
                    }
                    return await group.reduce(0) { $0 + ($1 == 200 ? 1 : 0) }
                }
                #expect(done == 1)
                #expect(try await school.changes(of: id, as: admin).count == 1)
            }
        }
    }
}
