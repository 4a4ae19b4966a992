import AlmanacStorage
import AlmanacTestKit
import Testing

/// `almanac migrate --undo` of the real program.
struct MigrateCommandTests {
    private func withProgram(_ engine: TestEngine, _ body: (Program) async throws -> Void) async throws {
        try await withProgramStorage(engine) { storage in
            try await AlmanacTestKit.withProgram(
                manifest: School.manifest(storage.section), environment: storage.environment, body)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasUndoneIsMissingAndComesBack(_ engine: TestEngine) async throws {
        try await self.withProgram(engine) { program in
            let empty = try await program.run(["migrate", "--undo"])
            _ = try await program.run(["migrate"])
            let one = try await program.run(["migrate", "--undo"])
            let rest = try await program.run(["migrate", "--undo", "--to", "messaging:0"])
            let status = try await program.run(["migrate", "--status"])
            let again = try await program.run(["migrate"])
            let last = try await program.run(["migrate", "--undo", "2", "--format", "json"])

            #expect(empty.exitCode == 1, "\(empty)")
            #expect(one.output == "undone messaging 5 what a booking has told a person\n", "\(one)")
            let others = [
                "undone messaging 4 messages about several bookings",
                "undone messaging 3 numbers of messages in inboxes", "undone messaging 2 removing old messages",
                "undone messaging 1 messages, templates, preferences", "",
            ].joined(separator: "\n")
            #expect(rest.output == others, "\(rest)")
            #expect(status.output.contains("messaging: 0 applied, 5 missing"), "\(status)")
            #expect(again.output.contains("applied messaging 5"), "\(again)")
            let undone = try JSON(parsing: Array(last.output.utf8))["undone"]?.array ?? []
            #expect(undone.compactMap { $0["number"]?.int } == [5, 4])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingIsUndoneUnderAServer(_ engine: TestEngine) async throws {
        try await self.withProgram(engine) { program in
            try await program.serve { server in
                let refused = try await program.run(["migrate", "--undo"])
                #expect(refused.exitCode == 1, "\(refused)")
                #expect(refused.errors.contains("\(server.processID)"), "\(refused)")
            }
            let status = try await program.run(["migrate", "--status", "--format", "json"])
            #expect(try JSON(parsing: Array(status.output.utf8))["upToDate"]?.bool == true)
        }
    }

    @Test(arguments: [
        ["migrate", "3"], ["migrate", "--yes"], ["migrate", "--undo", "0"], ["migrate", "--undo", "--status"],
        ["migrate", "--undo", "--to", "messaging"], ["migrate", "--undo", "2", "--to", "messaging:1"],
    ])
    func whatMakesNoSenseIsRefused(_ arguments: [String]) async throws {
        try await self.withProgram(.sqlite) { program in
            let result = try await program.run(arguments)
            #expect(result.exitCode == 2, "\(result)")
        }
    }
}
