import AlmanacStorage
import AlmanacTestKit
import Testing

/// `almanac access explain`, and the commands that look after users.
struct AccessCommandTests {
    @Test(arguments: TestEngine.allCases)
    func explainsAndSaysSoInItsExitCode(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let provider = "anna@school.example.org"
            let allowed = try await school.program.run(["access", "explain", provider, "bookings:read"])
            #expect(allowed.exitCode == 0, "\(allowed)")
            #expect(
                allowed.output == """
                    allowed: \(provider) may bookings:read
                    decided by role provider, declared by plugins (assigned)

                    """)

            let denied = try await school.program.run(
                ["access", "explain", provider, "catalog:manage", "--format", "json"])
            #expect(denied.exitCode == 1, "\(denied)")
            let json = try JSON(parsing: Array(denied.output.utf8))
            #expect(json["allowed"] == false && json["reasons"]?.array?.isEmpty == true)

            let misused = try await school.program.run(["access", "explain", provider, "catalog:manege"])
            #expect(misused.exitCode == 2 && misused.errors.contains("did you mean catalog:manage"), "\(misused)")
            let unknown = try await school.program.run(["access", "explain", "nobody@example.org", "bookings:read"])
            #expect(unknown.exitCode == 2, "\(unknown)")
            let nothing = try await school.program.run(["access", "explain", provider])
            #expect(nothing.exitCode == 2, "\(nothing)")
        }
    }

    @Test func explainsObjectsOfPlugins() async throws {
        try await withSchool(.sqlite) { school in
            let customers = try await school.serve { server in
                let token = try await server.token(of: School.admin)
                return try await server.client.get("/api/v1/customers", token: token).json()["items"]?.array ?? []
            }
            let own = try #require(customers.first { $0["email"]?.string == "clara@example.org" }?["id"]?.string)
            let other = try #require(customers.first { $0["email"]?.string == "david@example.org" }?["id"]?.string)
            func explain(_ id: String) async throws -> Program.Result {
                try await school.program.run(
                    ["access", "explain", "clara@example.org", "customers:read", "customer:\(id)"])
            }

            let reached = try await explain(own)
            #expect(reached.exitCode == 0 && reached.output.contains("it belongs to the user"), "\(reached)")
            let missed = try await explain(other)
            #expect(missed.exitCode == 1 && missed.output.contains("it does not belong to the user"), "\(missed)")
        }
    }

    @Test func usersAreListedDisabledAndGivenRoles() async throws {
        try await withSchool(.sqlite) { school in
            let run = { (arguments: [String]) async throws in try await school.program.run(["user"] + arguments) }
            let clara = "clara@example.org"
            #expect(try await run(["list", "--role", "customer"]).output.contains("\(clara)  customer  active"))
            #expect(try await run(["disable", clara]).output.contains("\(clara)  customer  disabled"))
            let roles = try await run(["roles", clara, "--role", "provider", "--role", "customer", "--format", "json"])
            let user = try JSON(parsing: Array(roles.output.utf8))["users"]?[0]
            #expect(user?["roles"] == ["customer", "provider"] && user?["status"] == "disabled", "\(roles)")
            #expect(try await run(["enable", clara]).output.contains("active"))
            let factor = try await run(["remove-factor", clara])
            #expect(factor.exitCode == 1 && factor.errors.contains("no authenticator app"), "\(factor)")
            let last = try await run(["roles", School.admin])
            #expect(last.exitCode == 1 && last.errors.contains("nobody would be left"), "\(last)")
            let unknown = try await run(["roles", clara, "--role", "wizard"])
            #expect(unknown.exitCode == 1 && unknown.errors.contains("wizard"), "\(unknown)")
        }
    }
}
