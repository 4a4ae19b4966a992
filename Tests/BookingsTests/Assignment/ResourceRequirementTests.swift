import AlmanacStorage
import AlmanacTestKit
import Testing

/// What a booking takes besides its hosts.
struct ResourceRequirementTests {
    private static func needs(_ requirements: JSON...) -> JSON { ["requirements": .array(requirements)] }

    private static func attribute(_ name: String, _ value: String) -> JSON {
        [["name": .string(name), "value": .string(value)]]
    }

    @Test(arguments: TestEngine.allCases)
    func twoEventTypesShareARoom(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Schulungsraum")
            try await school.makeEventType("theory", Self.needs(["kind": "room"]))
            try await school.makeEventType("first-aid", Self.needs(["kind": "room"]).with("durationMinutes", 90))
            let theory = try await school.book("theory", at: School.tuesday(10), with: school.first).expect(201)

            let other = await school.book("first-aid", at: School.tuesday(9), with: school.second)

            #expect(theory.resourceNames == ["Schulungsraum"])
            try other.expect(409, code: "slot_taken")
            #expect(try await school.offered("first-aid").first == School.tuesday(12))
            // The instructor is free, the room is not; without the room a lesson goes on.
            try await school.book(School.tuesday(10), with: school.second).expect(201)
            try await school.customer.post("/api/v1/bookings/\(theory.id)/cancel", [:]).expect(200)
            try await school.book("first-aid", at: School.tuesday(9), with: school.first).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everythingFitsOrNothingIsTaken(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.teach(school.second, [("Skill", "motorcycle"), ("skill", "car")])
            try await school.teach(school.first, [("skill", "car")])
            _ = try await school.makeResource("vehicle", "Golf", attributes: [("gearbox", "manual")])
            let polo = try await school.makeResource("vehicle", "Polo", attributes: [("gearbox", "automatic")])
            _ = try await school.makeResource("room", "Klein")
            try await school.makeEventType(
                "ride",
                [
                    "hosting": ["mode": "any", "allOf": Self.attribute("skill", "Motorcycle")],
                    "requirements": [
                        ["kind": "vehicle", "anyOf": Self.attribute("gearbox", "automatic")], ["kind": "room"],
                    ],
                ])

            let ride = try await school.book("ride", at: School.tuesday(9)).expect(201)
            let unable = await school.book("ride", at: School.tuesday(11), with: school.first)
            #expect(ride.hostIDs == [school.second])
            #expect(ride.resourceNames == ["Polo", "Klein"])
            #expect(unable.fieldErrors == ["/provider provider_not_offered"])

            // Blocked at eleven, the car is missing then: no claim on anything else is left.
            try await school.admin.post(
                "/api/v1/resources/\(polo)/blocked-times",
                ["start": .string(School.tuesday(11)), "end": .string(School.tuesday(12)), "reason": "TÜV"]
            ).expect(201)
            try await school.book("ride", at: School.tuesday(11)).expect(409, code: "slot_taken")
            #expect(try await !school.offered("ride").contains(School.tuesday(11)))
            let claims = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.claim} WHERE kind = 'exclusive'")
            #expect(claims == [["3"]])
            try await school.book(School.tuesday(11), with: school.second).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatFitsSeveralPlacesIsKeptForTheOneThatNeedsIt(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // By name the first, and it would do for both places.
            _ = try await school.makeResource(
                "vehicle", "Alpha", attributes: [("gearbox", "manual"), ("hitch", "yes")])
            _ = try await school.makeResource("vehicle", "Beta", attributes: [("gearbox", "manual")])
            try await school.makeEventType(
                "trailer",
                Self.needs(
                    ["kind": "vehicle", "allOf": Self.attribute("gearbox", "manual")],
                    ["kind": "vehicle", "allOf": Self.attribute("hitch", "yes")]))

            let booking = try await school.book("trailer", at: School.tuesday(9), with: school.first).expect(201)

            #expect(booking.resourceNames == ["Beta", "Alpha"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theHostDoesNotAssistAsWell(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.teach(school.second, [("skill", "assist")])
            try await school.makeEventType(
                "pair", Self.needs(["kind": "person", "allOf": Self.attribute("skill", "assist")]))

            let alone = await school.book("pair", at: School.tuesday(9), with: school.second)
            let anybody = try await school.book("pair", at: School.tuesday(9)).expect(201)

            #expect(alone.fieldErrors == ["/start resource_missing"])
            #expect(anybody.hostIDs == [school.first])
            #expect(anybody.resourceNames == ["Emre Yılmaz"])
            #expect(try await !school.starts(on: "2026-03-03", of: school.second).contains(School.tuesday(9)))
            // All who are offered can be booked.
            let path = "/api/v1/slots?eventType=pair&from=2026-03-04&to=2026-03-04"
            let items = try await school.anonymous.get(path).expect(200)["items"]?.array ?? []
            #expect(items.allSatisfy { $0["providers"]?.array == [.string(school.first)] })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRoomHasSoManyUnits(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("room", "Saal", capacity: 5)
            _ = try await school.makeResource("room", "Kammer", capacity: 2)
            try await school.makeEventType("three", Self.needs(["kind": "room", "units": 3]))
            try await school.makeEventType("two", Self.needs(["kind": "room", "units": 2]))
            try await school.makeEventType("six", Self.needs(["kind": "room", "units": 6]))

            let three = try await school.book("three", at: School.tuesday(9), with: school.first).expect(201)
            #expect(try await !school.offered("three").contains(School.tuesday(9)))
            // The smaller room is taken first, then what is left of the larger one.
            let two = try await school.book("two", at: School.tuesday(9), with: school.second).expect(201)
            let six = await school.book("six", at: School.tuesday(11), with: school.first)

            #expect(three.resourceNames == ["Saal"])
            #expect(two.resourceNames == ["Kammer"])
            #expect(six.fieldErrors == ["/start resource_missing"])
            #expect(try await school.offered("six").isEmpty)
            let units = try await school.platform.database.rows(
                "SELECT units, is_sole FROM {bookings.claim} WHERE units > 1 ORDER BY units")
            #expect(units.map { $0[0] } == ["2", "3"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRoomHasHoursOnlyWhenItIsGivenSome(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let room = try await school.makeResource("room", "Saal")
            try await school.makeEventType("theory", Self.needs(["kind": "room"]))
            #expect(try await school.offered("theory").count == 8)

            let hours: JSON = [
                "weeklyRules": [["weekday": 2, "start": "10:00", "end": "13:00"]],
                "dateOverrides": [["date": "2026-03-10", "hours": []]],
            ]
            let stored = try await school.put("resources/\(room)/hours", hours, version: 1).expect(200)

            #expect(stored["version"]?.int == 2)
            #expect(
                try await school.offered("theory")
                    == [School.tuesday(10), School.tuesday(11), School.tuesday(12)])
            #expect(try await school.offered("theory", on: "2026-03-04").isEmpty)
            #expect(try await school.offered("theory", on: "2026-03-10").isEmpty)
            let early = await school.book("theory", at: School.tuesday(9), with: school.first)
            #expect(early.fieldErrors == ["/start resource_missing"])
            // With a closed date alone every other date is open.
            let closed: JSON = ["dateOverrides": [["date": "2026-03-10", "hours": []]]]
            try await school.put("resources/\(room)/hours", closed, version: 2).expect(200)
            #expect(try await school.offered("theory", on: "2026-03-04").count == 8)
            #expect(try await school.offered("theory", on: "2026-03-10").isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMovedBookingKeepsWhatItHasAndGivesBackTheRest(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("vehicle", "Alpha")
            let beta = try await school.makeResource("vehicle", "Beta")
            try await school.makeEventType("drive", Self.needs(["kind": "vehicle"]))
            let first = try await school.book("drive", at: School.tuesday(9), with: school.first).expect(201)
            let second = try await school.book("drive", at: School.tuesday(9), with: school.second).expect(201)
            #expect((first.resourceNames, second.resourceNames) == (["Alpha"], ["Beta"]))

            // Alpha comes first by name, and is free; Beta is what it has.
            let kept = try await school.reschedule(second.id, to: School.tuesday(11)).expect(200)
            #expect(kept.resourceNames == ["Beta"])
            try await school.admin.post(
                "/api/v1/resources/\(beta)/blocked-times",
                ["start": .string(School.tuesday(13)), "end": .string(School.tuesday(14))]
            ).expect(201)
            let changed = try await school.reschedule(second.id, to: School.tuesday(13)).expect(200)
            #expect(changed.resourceNames == ["Alpha"])
            let shown = try await school.customer.get("/api/v1/bookings/\(second.id)").expect(200)
            #expect(shown.resourceNames == ["Alpha"])
            let states = try await school.platform.database.rows(
                "SELECT state, count(*) FROM {bookings.claim} WHERE kind = 'exclusive' GROUP BY state ORDER BY state")
            #expect(states == [["confirmed", "4"], ["released", "1"]])
            // Beta has its eleven o'clock back.
            try await school.book("drive", at: School.tuesday(11), with: school.first).expect(201)
            try await school.book("drive", at: School.tuesday(11), with: school.second).expect(201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsOfferedNoMoreMovesWithWhatItHas(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            _ = try await school.makeResource("vehicle", "Alpha")
            let drive = try await school.makeEventType("drive", Self.needs(["kind": "vehicle"]))
            try await school.makeEventType("other", Self.needs(["kind": "vehicle"]))
            let booking = try await school.book("drive", at: School.tuesday(9), with: school.first).expect(201)
            try await school.book("other", at: School.tuesday(11), with: school.second).expect(201)
            try await school.admin.delete("/api/v1/event-types/\(drive)", version: 1).expect(200)

            let taken = await school.reschedule(booking.id, to: School.tuesday(11))
            let moved = try await school.reschedule(booking.id, to: School.tuesday(12)).expect(200)

            try taken.expect(409, code: "slot_taken")
            #expect(moved.resourceNames == ["Alpha"])
        }
    }

    @Test func customersAreToldNamesAndTheStaffWhichOne() async throws {
        try await withSchool(.sqlite) { school in
            let room = try await school.makeResource("room", "Saal", capacity: 5)
            try await school.makeEventType("theory", Self.needs(["kind": "room", "units": 3]))
            let booking = try await school.book("theory", at: School.tuesday(9), with: school.first).expect(201)

            let staff = try await school.admin.get("/api/v1/bookings/\(booking.id)").expect(200)
            let listed = try await school.instructor.get("/api/v1/bookings").expect(200)["items"]?.array?.first

            #expect(booking["resources"] == [["kind": "room", "name": "Saal"]])
            let whole: JSON = [["kind": "room", "name": "Saal", "id": .string(room), "units": 3]]
            #expect(staff["resources"] == whole)
            #expect(listed?["resources"] == whole)
        }
    }
}
