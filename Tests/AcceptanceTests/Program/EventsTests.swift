import AlmanacStorage
import AlmanacTestKit
import Testing

/// Events as an operator sees them.
struct EventsTests {
    @Test(arguments: TestEngine.allCases)
    func whatWasBookedCanBeListedShownAndReplayed(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.serve { server in
                let token = try await server.token()
                let slot = try #require(try await server.slots(token).first)
                #expect(try await server.book(slot, token).status == 201)
            }
            let program = school.program
            let listed = try await program.run([
                "events", "list", "--name", "bookings.booking-confirmed", "--limit", "1", "--format", "json",
            ])
            let event = try #require(try JSON(parsing: listed.output)["events"]?[0])
            let id = try #require(event["id"]?.string)
            let shown = try await program.run(["events", "show", id])
            let dry = try await program.run(["events", "replay", id, "--dry-run", "--format", "json"])
            let dead = try await program.run(["events", "dead", "list"])

            #expect(listed.exitCode == 0, "\(listed)")
            #expect(event["organization"] == "school")
            #expect(event["version"] == 1)
            #expect(shown.exitCode == 0, "\(shown)")
            #expect(shown.output.contains("bookings.booking-confirmed/1"), "\(shown)")
            #expect(shown.output.contains("facts         {"), "\(shown)")
            #expect(dry.exitCode == 0, "\(dry)")
            #expect(try JSON(parsing: dry.output)["events"] == 1)
            #expect(try JSON(parsing: dry.output)["dryRun"] == true)
            #expect(dead.output == "no dead letters\n", "\(dead)")
        }
    }

    @Test func whatIsMeantMustBeSaid() async throws {
        try await withSchool(.sqlite) { school in
            let program = school.program
            let nothing = try await program.run(["events", "replay"])
            let both = try await program.run([
                "events", "replay", "--name", "a.b", "0190b0f4-0000-7000-8000-000000000001",
            ])
            let nonsense = try await program.run(["events", "show", "yesterday"])
            let unknown = try await program.run(["events", "show", "0190b0f4-0000-7000-8000-000000000001"])
            let consumer = try await program.run(["events", "replay", "--name", "a.b", "--consumer", "nobody.here"])
            let letters = try await program.run(["events", "dead", "retry"])
            let none = try await program.run(["events", "dead", "drop", "--all"])

            #expect(nothing.exitCode == 2, "\(nothing)")
            #expect(both.exitCode == 2, "\(both)")
            #expect(nonsense.exitCode == 2, "\(nonsense)")
            #expect(nonsense.errors.contains("events list"), "\(nonsense)")
            #expect(unknown.exitCode == 1, "\(unknown)")
            #expect(consumer.exitCode == 1, "\(consumer)")
            #expect(consumer.errors.contains("nobody.here"), "\(consumer)")
            #expect(letters.exitCode == 2, "\(letters)")
            #expect(none.exitCode == 1, "\(none)")
        }
    }
}
