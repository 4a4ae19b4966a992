import AlmanacStorage
import AlmanacTestKit
import Testing

/// Who gives a booking: whom the customer names, whose turn it is, or everybody.
struct HostTests {
    private static func hosting(_ members: JSON) -> JSON { ["hosting": members] }

    // MARK: In turn

    @Test(arguments: TestEngine.allCases)
    func hostsTakeTurnsByMinutes(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.changeLesson(Self.hosting(["mode": "any"]))
            try await school.makeEventType(
                "long", ["durationMinutes": 120, "providers": [.string(school.first)]])
            // On another day: what counts is the time around the start, not the day alone.
            try await school.book("long", at: "2026-03-05T08:00:00Z").expect(201)

            var hosts: [String] = []
            for hour in 9...12 {
                hosts += try await school.book("lesson", at: School.tuesday(hour)).expect(201).hostIDs
            }

            // Two hours are one long lesson or two short ones; when they are even, the smaller id comes first.
            #expect(hosts[..<2] == [school.second, school.second])
            #expect(Set(hosts[2...]) == [school.first, school.second])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sharesFollowWeightsAndCounts(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let ranks: JSON = [["provider": .string(school.second), "weight": 3]]
            try await school.changeLesson(
                Self.hosting(["mode": "any", "fairness": "count", "ranks": ranks]))

            var counts: [String: Int] = [:]
            for day in 3...4 {
                for hour in 8...11 {
                    let start = "2026-03-0\(day)T\(hour < 10 ? "0" : "")\(hour):00:00Z"
                    for host in try await school.book("lesson", at: start).expect(201).hostIDs {
                        counts[host, default: 0] += 1
                    }
                }
            }

            #expect(counts == [school.first: 2, school.second: 6])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasPriorityIsAskedFirst(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let ranks: JSON = [["provider": .string(school.second), "priority": 5]]
            try await school.changeLesson(Self.hosting(["mode": "any", "ranks": ranks]))

            for hour in 9...11 {
                let booking = try await school.book("lesson", at: School.tuesday(hour)).expect(201)
                #expect(booking.hostIDs == [school.second])
            }
            let other = try await school.book("lesson", at: School.tuesday(9)).expect(201)
            #expect(other.hostIDs == [school.first])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasABookingKeepsItWhenItMoves(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let ranks: JSON = [["provider": .string(school.second), "priority": 5]]
            try await school.changeLesson(Self.hosting(["mode": "any", "ranks": ranks]))
            try await school.book("lesson", at: School.tuesday(9)).expect(201)
            // Only the first is left for it.
            let booking = try await school.book("lesson", at: School.tuesday(9)).expect(201)
            try await school.book("lesson", at: School.tuesday(14), with: school.first).expect(201)

            let kept = try await school.reschedule(booking.id, to: School.tuesday(11)).expect(200)
            let given = try await school.reschedule(booking.id, to: School.tuesday(14)).expect(200)

            #expect(kept.hostIDs == [school.first])
            #expect(given.hostIDs == [school.second])
            let claims = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.claim} WHERE state = 'confirmed'")
            #expect(claims == [["3"]])
        }
    }

    // MARK: Together

    @Test(arguments: TestEngine.allCases)
    func everybodyMustBeFreeForWhatAllGive(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("exam", Self.hosting(["mode": "all"]))
            try await school.book(School.tuesday(10), with: school.second).expect(201)

            let offered = try await school.offered("exam")
            let taken = await school.book("exam", at: School.tuesday(10))
            let booking = try await school.book("exam", at: School.tuesday(9)).expect(201)

            #expect(offered.count == 7)
            #expect(!offered.contains(School.tuesday(10)))
            try taken.expect(409, code: "slot_taken")
            let nearest = taken.json["nearest"]?.array?.compactMap { $0["start"]?.string } ?? []
            #expect(nearest.contains(School.tuesday(9)) && !nearest.contains(School.tuesday(10)))
            #expect(booking.hostIDs == [school.first, school.second])
            // Each of them sees it and is busy.
            try await school.instructor.get("/api/v1/bookings/\(booking.id)").expect(200)
            for provider in [school.first, school.second] {
                try await school.book(School.tuesday(9), with: provider, as: school.otherCustomer)
                    .expect(409, code: "slot_taken")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAllGiveIsMovedAndCancelledAsAWhole(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType("exam", Self.hosting(["mode": "all"]).with("slotIntervalMinutes", 30))
            let booking = try await school.book("exam", at: School.tuesday(9)).expect(201)

            let moved = try await school.reschedule(booking.id, to: School.tuesday(9, 30)).expect(200)
            #expect(moved.hostIDs == [school.first, school.second])
            for provider in [school.first, school.second] {
                #expect(try await school.starts(on: "2026-03-03", of: provider).first == School.tuesday(11))
            }
            try await school.customer.post("/api/v1/bookings/\(booking.id)/cancel", [:]).expect(200)
            for provider in [school.first, school.second] {
                #expect(try await school.starts(on: "2026-03-03", of: provider).count == 8)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoGivesSomethingTogetherSeesIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // The one who can sign in comes second.
            let providers: JSON = [.string(school.second), .string(school.first)]
            try await school.makeEventType("exam", Self.hosting(["mode": "all"]).with("providers", providers))
            let exam = try await school.book("exam", at: School.tuesday(9)).expect(201)
            let other = try await school.book(School.tuesday(11), with: school.second).expect(201)

            let listed = try await school.instructor.get("/api/v1/bookings").expect(200)["items"]?.array ?? []
            let filtered = try await school.admin.get("/api/v1/bookings?provider=\(school.first)").expect(200)

            #expect(listed.map(\.id) == [exam.id])
            #expect(listed.first?.hostIDs == [school.second, school.first])
            #expect(filtered["items"]?.array?.map(\.id) == [exam.id])
            try await school.instructor.get("/api/v1/bookings/\(other.id)").expect(404)
            try await school.instructor.post("/api/v1/bookings/\(exam.id)/cancel", [:]).expect(200)
        }
    }

    // MARK: Choice

    @Test func whereOnlyTheTimeIsChosenCustomersNameNobody() async throws {
        try await withSchool(.sqlite) { school in
            try await school.changeLesson(Self.hosting(["mode": "any", "choice": "timeOnly"]))
            let named = await school.book(School.tuesday(9), with: school.first)
            let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03&provider=\(school.first)"

            #expect(named.fieldErrors == ["/provider provider_not_chosen"])
            for client in [school.anonymous, school.customer] {
                #expect(await client.get(path).fieldErrors == ["/provider provider_not_chosen"])
            }
            try await school.admin.get(path).expect(200)
            let booking = try await school.book(School.tuesday(9)).expect(201)
            let other = [school.first, school.second].first { [$0] != booking.hostIDs } ?? ""
            let moved = await school.reschedule(booking.id, to: School.tuesday(10), ["provider": .string(other)])
            #expect(moved.fieldErrors == ["/provider provider_not_chosen"])
            try await school.admin.post(
                "/api/v1/bookings/\(booking.id)/reschedule",
                ["start": .string(School.tuesday(10)), "provider": .string(other)]
            ).expect(200)
        }
    }

    @Test func whereTheProviderComesFirstOneIsNamed() async throws {
        try await withSchool(.sqlite) { school in
            try await school.changeLesson(Self.hosting(["choice": "providerFirst"]))

            #expect(await school.book(School.tuesday(9)).fieldErrors == ["/provider required"])
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.reschedule(booking.id, to: School.tuesday(10)).expect(200)
        }
    }

    @Test func nobodyIsNamedForWhatAllGive() async throws {
        try await withSchool(.sqlite) { school in
            try await school.changeLesson(Self.hosting(["mode": "all"]))

            for client in [school.customer, school.admin] {
                let named = await school.book(School.tuesday(9), with: school.first, as: client)
                #expect(named.fieldErrors == ["/provider provider_not_chosen"])
            }
        }
    }

    @Test func anInstructorBooksWhatTheyGiveWithOthers() async throws {
        try await withSchool(.sqlite) { school in
            let had = try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.makeEventType("exam", Self.hosting(["mode": "all"]))
            let customer = JSON.string(had["customer"]?.id ?? "")

            let exam = await school.instructor.post(
                "/api/v1/bookings",
                ["eventType": "exam", "start": .string(School.tuesday(11)), "customer": customer])
            #expect(try exam.expect(201).hostIDs == [school.first, school.second])
        }
    }

    // MARK: Storing

    @Test(arguments: TestEngine.allCases)
    func howHostsAreFoundIsShownAndReplaced(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let before = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            #expect(before["hosting"]?["mode"]?.string == "one")
            #expect(before["hosting"]?["choice"]?.string == "timeFirst")
            let ranks: JSON = [["provider": .string(school.second), "priority": 5, "weight": 2]]
            try await school.changeLesson(
                Self.hosting(["mode": "any", "fairnessDays": 7, "ranks": ranks, "allOf": Self.skill("Motorcycle ")]))
            let after = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            #expect(after["hosting"]?["fairnessDays"]?.int == 7)
            #expect(after["hosting"]?["ranks"] == ranks)
            #expect(after["hosting"]?["allOf"] == Self.skill("motorcycle"))
            try await school.changeLesson([:], version: 2)
            let reset = try await school.anonymous.get("/api/v1/event-types/lesson").expect(200)
            #expect(reset["hosting"] == before["hosting"])
        }
    }

    private static func skill(_ value: String) -> JSON { [["name": "skill", "value": .string(value)]] }

    @Test func whatCannotBeMeantIsRefused() async throws {
        try await withSchool(.sqlite) { school in
            let stranger = "01890000-0000-7000-8000-000000000000"
            var input = School.lesson.with("slug", "odd").with("providers", [.string(school.first)])
            input = input.with(
                "hosting",
                [
                    "ranks": [
                        ["provider": .string(stranger)], ["provider": .string(school.first)],
                        ["provider": .string(school.first)],
                    ],
                    "anyOf": [
                        ["name": "a", "value": " "], ["name": "A", "value": "b"], ["name": "a", "value": "B"],
                    ],
                ])
            input = input.with(
                "requirements",
                [["kind": "person", "units": 2], ["kind": "room", "count": 10]])

            let answer = await school.admin.post("/api/v1/event-types", input)

            #expect(
                answer.fieldErrors.sorted() == [
                    "/hosting/anyOf/0 attribute", "/hosting/anyOf/2 duplicate",
                    "/hosting/ranks/0/provider provider_not_offered", "/hosting/ranks/2/provider duplicate",
                    "/requirements too_many", "/requirements/0/units too_many",
                ])
        }
    }
}
