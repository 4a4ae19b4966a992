import AlmanacStorage
import AlmanacTestKit
import Testing

/// Rooms and vehicles, as the staff manage them.
struct ResourceTests {
    private static let room: JSON = [
        "kind": "room", "name": "Saal", "capacity": 12,
        "attributes": [["name": " Floor", "value": "2"], ["name": "floor", "value": "ground"]],
    ]

    @Test(arguments: TestEngine.allCases)
    func isMadeChangedAndArchived(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let made = try await school.admin.post("/api/v1/resources", Self.room).expect(201)
            let path = "/api/v1/resources/\(made.id)"
            #expect(made["version"]?.int == 1)
            #expect(made["timeZone"]?.string == "Europe/Berlin")
            #expect(made["attributes"]?.array?.compactMap { $0["value"]?.string } == ["2", "ground"])

            let input: JSON = ["kind": "room", "name": "Großer Saal", "timeZone": "Europe/London"]
            try await school.put("resources/\(made.id)", input, version: 7).expect(412)
            let changed = try await school.put("resources/\(made.id)", input, version: 1).expect(200)
            #expect(changed["name"]?.string == "Großer Saal")
            #expect(changed["capacity"]?.int == 1)
            #expect(changed["attributes"]?.array == [])
            #expect(try await school.admin.get(path).expect(200) == changed)

            try await school.admin.delete(path, version: 2).expect(200)
            try await school.admin.get(path).expect(404)
            let left = try await school.platform.database.rows(
                "SELECT count(*) FROM {bookings.resource} WHERE kind = 'room' AND archived_at IS NOT NULL")
            #expect(left == [["1"]])
        }
    }

    @Test func isListedByName() async throws {
        try await withSchool(.sqlite) { school in
            for (kind, name) in [("vehicle", "golf"), ("room", "Berg"), ("room", "ähre"), ("vehicle", "Ente")] {
                _ = try await school.makeResource(kind, name)
            }
            func names(_ query: String) async throws -> (names: [String], next: String?) {
                let page = try await school.instructor.get("/api/v1/resources\(query)").expect(200)
                return (page["items"]?.array?.compactMap { $0["name"]?.string } ?? [], page["next"]?.string)
            }

            let all = try await names("?limit=3")
            let rest = try await names("?limit=3&after=\(all.next ?? "")")
            let rooms = try await names("?kind=room")

            #expect(all.names == ["Berg", "Ente", "golf"])
            #expect(rest.names == ["ähre"])
            #expect(rest.next == nil)
            #expect(rooms.names == ["Berg", "ähre"])
        }
    }

    @Test func isForTheStaff() async throws {
        try await withSchool(.sqlite) { school in
            let made = try await school.admin.post("/api/v1/resources", Self.room).expect(201)
            let path = "/api/v1/resources/\(made.id)"
            for path in ["/api/v1/resources", path, "\(path)/hours", "\(path)/blocked-times"] {
                try await school.anonymous.get(path).expect(401)
                try await school.customer.get(path).expect(403)
                try await school.instructor.get(path).expect(200)
            }
            let block: JSON = ["start": .string(School.tuesday(9)), "end": .string(School.tuesday(10))]
            for client in [school.customer, school.instructor] {
                try await client.post("/api/v1/resources", Self.room).expect(403)
                try await client.post("\(path)/blocked-times", block).expect(403)
                try await client.delete(path, version: 1).expect(403)
                try await school.put("resources/\(made.id)/hours", [:], version: 1, as: client).expect(403)
                try await school.put(
                    "providers/\(school.first)/attributes", ["attributes": []], version: 2, as: client
                ).expect(403)
            }
            // Those of another organization are not found.
            let south = try await school.platform.client(as: .admin, in: .south)
            try await south.get(path).expect(404)
            try await south.delete(path, version: 1).expect(404)
        }
    }

    @Test func whatCannotBeMeantIsRefused() async throws {
        try await withSchool(.sqlite) { school in
            let made = try await school.admin.post("/api/v1/resources", Self.room).expect(201)
            let person = await school.admin.post("/api/v1/resources", ["kind": "person", "name": "Ida"])
            let twice = await school.admin.post(
                "/api/v1/resources", Self.room.with("attributes", School.attributes([("a", "B"), ("A ", "b")])))
            let other = await school.put("resources/\(made.id)", ["kind": "vehicle", "name": "Saal"], version: 1)
            let none = await school.admin.post("/api/v1/resources", Self.room.with("capacity", 0))
            let hours = await school.put(
                "resources/\(made.id)/hours",
                ["weeklyRules": [["weekday": 1, "start": "10:00", "end": "09:00"]]], version: 1)
            // The resource of a person is no room, whatever its id is.
            let resource = try await school.anonymous
                .get("/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03").expect(200)["items"]?.array?
                .first?["resources"]?.array?.first?.string

            #expect(person.fieldErrors == ["/kind person"])
            #expect(twice.fieldErrors == ["/attributes/1 duplicate"])
            #expect(other.fieldErrors == ["/kind kind_fixed"])
            #expect(none.status == 400 || none.status == 422)
            #expect(hours.fieldErrors.first?.hasPrefix("/weeklyRules/0/") == true)
            try await school.admin.get("/api/v1/resources/\(resource ?? "")").expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itsTimeIsBlockedAndFreed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let room = try await school.makeResource("room", "Saal")
            let path = "/api/v1/resources/\(room)/blocked-times"
            try await school.makeEventType("theory", ["requirements": [["kind": "room"]]])
            let block: JSON = [
                "start": .string(School.tuesday(8)), "end": .string(School.tuesday(12)), "reason": "Malerarbeiten",
            ]

            let made = try await school.admin.post(path, block).expect(201)
            let listed = try await school.admin.get("\(path)?from=2026-03-03&to=2026-03-03").expect(200)
            let none = try await school.admin.get("\(path)?from=2026-03-04").expect(200)
            #expect(listed["items"]?.array?.map(\.id) == [made.id])
            #expect(none["items"]?.array == [])
            #expect(try await school.offered("theory").first == School.tuesday(12))
            // It is not among the blocked times of providers.
            #expect(try await school.admin.get("/api/v1/blocked-times").expect(200)["items"]?.array == [])
            try await school.admin.delete("/api/v1/blocked-times/\(made.id)", version: 1).expect(404)

            try await school.admin.delete("\(path)/\(made.id)", version: 1).expect(200)
            #expect(try await school.offered("theory").count == 8)
            try await school.admin.delete("\(path)/\(made.id)", version: 1).expect(404)
            let reversed = await school.admin.post(
                path, ["start": .string(School.tuesday(9)), "end": .string(School.tuesday(9))])
            #expect(reversed.fieldErrors == ["/end end_not_after_start"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theNextBookingSeesWhatHasChanged(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let room = try await school.makeResource("room", "Saal", capacity: 2)
            try await school.makeEventType("theory", ["requirements": [["kind": "room"]]])
            try await school.book("theory", at: School.tuesday(9), with: school.first).expect(201)
            try await school.put("resources/\(room)", ["kind": "room", "name": "Saal"], version: 1).expect(200)

            try await school.book("theory", at: School.tuesday(9), with: school.second).expect(409, code: "slot_taken")
            try await school.book("theory", at: School.tuesday(10), with: school.first).expect(201)
            try await school.admin.delete("/api/v1/resources/\(room)", version: 2).expect(200)
            let gone = await school.book("theory", at: School.tuesday(11), with: school.first)
            #expect(gone.fieldErrors == ["/start resource_missing"])
        }
    }
}
