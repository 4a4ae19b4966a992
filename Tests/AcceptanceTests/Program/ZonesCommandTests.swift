import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// `almanac zones reconcile`, on a booking whose zone shows another time since.
struct ZonesCommandTests {
    /// Has the bookings of a school be of a zone whose clocks they were not made for.
    private func shift(_ school: School, _ engine: TestEngine) async throws {
        let database: any DatabaseEngine
        switch engine {
        case .sqlite:
            database = try SQLiteEngine(SQLiteConfiguration(path: "\(school.program.folder)/data/school.sqlite"))
        case .postgres:
            let url = try PostgresURL(try #require(school.storage.environment["ALMANAC_DATABASE_URL"]))
            database = PostgresEngine(PostgresConfiguration(url: url))
        }
        try await database.maintain { connection in
            let table = connection.isPostgres ? "bookings.booking" : "bookings_booking"
            try connection.run("UPDATE \(table) SET time_zone = 'Europe/London'")
        }
        await database.close()
    }

    private func shifts(_ result: Program.Result) throws -> [JSON] {
        try JSON(parsing: result.output.trimmingCharacters(in: .newlines))["shifts"]?.array ?? []
    }

    @Test(arguments: TestEngine.allCases)
    func listsWhatHasShiftedAndMovesItWhenAsked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let number = try await school.serve { server in
                let token = try await server.token()
                let slot = try #require(try await server.slots(token).first)
                return try await server.book(slot, token).json()["number"]?.string
            }
            let before = try await school.program.run(["zones", "reconcile"])
            #expect(before.exitCode == 0 && before.output == "nothing has shifted\n", "\(before)")

            try await self.shift(school, engine)
            let listed = try await school.program.run(["zones", "reconcile", "--format", "json"])
            let found = try self.shifts(listed)
            #expect(listed.exitCode == 0, "\(listed)")
            #expect(found.map { $0["label"]?.string } == [number])
            #expect(found.first?["outcome"] == "found")
            let expected = try #require(found.first?["expectedStart"]?.string)
            #expect(found.first?["start"]?.string != expected)

            // A list alone moves nothing.
            let again = try await school.program.run(["zones", "reconcile", "--format", "json"])
            #expect(again.output == listed.output)

            let applied = try await school.program.run(["zones", "reconcile", "--apply"])
            #expect(applied.exitCode == 0 && applied.output.contains("  moved\n"), "\(applied)")
            let after = try await school.program.run(["zones", "reconcile"])
            #expect(after.output == "nothing has shifted\n", "\(after)")
            let start = try await school.serve { server in
                try await server.bookings(try await server.token()).first?["start"]?.string
            }
            #expect(start == expected)
        }
    }
}
