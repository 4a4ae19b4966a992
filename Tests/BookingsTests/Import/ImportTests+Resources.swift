import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

extension ImportTests {
    private static let resources = """
        external_id,kind,name,capacity,time_zone,attributes
        golf,vehicle,Golf,,,Gearbox: manual; fuel: Diesel
        hall,room,Saal,12,Europe/Berlin,
        """

    @Test(arguments: TestEngine.allCases)
    func roomsAndVehiclesAreImported(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let admin = try await platform.client(as: .admin)
            func list() async throws -> [JSON] {
                try await admin.get("/api/v1/resources").expect(200)["items"]?.array ?? []
            }

            let first = self.counts(try await self.run(["resources.csv": Self.resources], on: platform))
            let made = try await list()
            let again = self.counts(try await self.run(["resources.csv": Self.resources], on: platform))
            let changed = Self.resources.replacing("manual", with: "automatic")
            let update = self.counts(try await self.run(["resources.csv": changed], on: platform))

            #expect(first["resources"] == [2, 0, 0])
            #expect(again["resources"] == [0, 0, 2])
            #expect(update["resources"] == [0, 1, 1])
            #expect(made.compactMap { $0["name"]?.string } == ["Golf", "Saal"])
            #expect(made.compactMap { $0["capacity"]?.int } == [1, 12])
            let attributes = try await list().first?["attributes"]?.array?.compactMap { $0["value"]?.string }
            #expect(attributes == ["diesel", "automatic"])
        }
    }

    @Test func whatIsWrongWithARoomIsTold() async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            _ = try await self.run(["resources.csv": Self.resources], on: platform)
            let wrong = """
                external_id,kind,name,capacity,time_zone,attributes
                golf,room,Golf,,,
                ida,person,Ida,0,,seats
                """
            let problems = await #expect(throws: CSVProblems.self) {
                _ = try await self.run(["resources.csv": wrong], on: platform)
            }
            #expect(problems?.listed.map(\.line).sorted() == [2, 3, 3, 3])
        }
    }

    /// What is sold of a room stays: a file cannot take it away either, whether the room is in use or archived.
    @Test(arguments: TestEngine.allCases)
    func aRoomIsNotMadeSmallerThanWhatIsTaken(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            func file(_ capacity: Int) -> [String: String] {
                ["resources.csv": "external_id,kind,name,capacity\nroof,room,Dach,1\nhall,room,Saal,\(capacity)"]
            }
            func refused() async throws -> [String] {
                let problems = await #expect(throws: CSVProblems.self) {
                    _ = try await self.run(file(1), on: school.platform)
                }
                return problems?.listed.map { "\($0.line) \($0.column ?? "-") \($0.code ?? "-")" } ?? []
            }
            _ = try await self.run(file(3), on: school.platform)
            try await school.makeEventType("gym", ["requirements": [["kind": "room", "units": 2]]])
            let booking = try await school.book("gym", at: School.tuesday(12)).expect(201).id
            let hall = try await school.admin.get("/api/v1/resources").expect(200)["items"]?.array?
                .first { $0["name"]?.string == "Saal" }

            let inUse = try await refused()
            // As much as is taken will do.
            let enough = self.counts(try await self.run(file(2), on: school.platform))
            try await school.admin.send(
                "DELETE", "/api/v1/resources/\(hall?.id ?? "")", headers: [("If-Match", "*")]
            ).expect(200)
            let archived = try await refused()
            try await school.cancel(booking)
            let free = self.counts(try await self.run(file(1), on: school.platform))

            #expect(inUse == ["3 capacity capacity_below_taken"] && archived == inUse)
            #expect(enough["resources"] == [0, 1, 1] && free["resources"] == [0, 1, 1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func importingLeavesAloneWhatTheFilesDoNotSay(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await self.run(Self.files, on: platform)
            let admin = try await platform.client(as: .admin)
            let lesson = try await admin.get("/api/v1/event-types/fahrstunde").expect(200)
            let providers = lesson["providers"]?.array ?? []
            let input: JSON = [
                "slug": "fahrstunde", "name": "Fahrstunde", "durationMinutes": 60,
                "price": ["amount": 6500, "currency": "EUR"], "providers": .array(providers),
                "hosting": ["mode": "any", "ranks": [["provider": providers.first ?? .null, "priority": 3]]],
                "requirements": [["kind": "room"]],
            ]
            let stored = try await admin.send(
                "PUT", "/api/v1/event-types/\(lesson.id)", json: input, headers: [("If-Match", "\"1\"")]
            ).expect(200)

            var files = Self.files
            files["event_types.csv"] = Self.files["event_types.csv"]?.replacing("6500", with: "7000")
            let report = self.counts(try await self.run(files, on: platform))

            let after = try await admin.get("/api/v1/event-types/fahrstunde").expect(200)
            #expect(report["event_types"] == [0, 1, 0])
            #expect(after["price"]?["amount"]?.int == 7000)
            #expect(after["hosting"] == stored["hosting"])
            #expect(after["requirements"] == stored["requirements"])
        }
    }
}
