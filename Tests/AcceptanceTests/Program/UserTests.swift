import AlmanacStorage
import AlmanacTestKit
import Testing

struct UserTests {
    private static let password = "correct horse battery staple"

    private static func create(_ email: String, role: String) -> [String] {
        ["user", "create", "--email", email, "--role", role, "--password-stdin"]
    }

    @Test(arguments: TestEngine.allCases)
    func canSignIn(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let made = try await school.program.run(
                Self.create("erika@example.org", role: "admin"), input: Self.password + "\n")
            #expect(made.exitCode == 0, "\(made)")

            let status = try await school.serve { server in
                try await server.client.post(
                    "/api/v1/auth/token", ["email": "ERIKA@example.org", "password": .string(Self.password)]
                ).status
            }
            #expect(status == 200)
        }
    }

    @Test
    func keepsThePasswordWhenMadeAgain() async throws {
        try await withSchool(.sqlite) { school in
            _ = try await school.program.run(Self.create("erika@example.org", role: "admin"), input: Self.password)
            let again = try await school.program.run(
                Self.create("erika@example.org", role: "provider") + ["--format", "json"],
                input: "another passphrase entirely")

            #expect(try JSON(parsing: Array(again.output.utf8))["created"]?.bool == false, "\(again)")
            let status = try await school.serve { server in
                try await server.client.post(
                    "/api/v1/auth/token", ["email": "erika@example.org", "password": .string(Self.password)]
                ).status
            }
            #expect(status == 200)
        }
    }

    @Test
    func needsALongPassword() async throws {
        try await withSchool(.sqlite) { school in
            let result = try await school.program.run(Self.create("erika@example.org", role: "admin"), input: "short\n")

            #expect(result.exitCode == 2, "\(result)")
            #expect(result.errors.contains("15"))
        }
    }

    @Test
    func needsADatabaseThatIsUpToDate() async throws {
        let manifest = School.manifest("storage: {backend: sqlite, path: data/school.sqlite}")
        try await withProgram(manifest: manifest) { program in
            let result = try await program.run(Self.create("erika@example.org", role: "admin"), input: Self.password)

            #expect(result.exitCode == 1, "\(result)")
            #expect(result.errors.contains("almanac migrate"))
        }
    }
}
