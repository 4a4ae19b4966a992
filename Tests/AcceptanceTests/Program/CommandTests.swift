import AlmanacStorage
import AlmanacTestKit
import Testing

/// The commands that look at a deployment without serving it, and their exit codes.
struct CommandTests {
    private static let sqlite = "storage: {backend: sqlite, path: data/school.sqlite}"

    @Test
    func checkSumsTheDeploymentUp() async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            let text = try await program.run(["check"])
            let json = try await program.run(["check", "--format", "json"])

            #expect(text.exitCode == 0, "\(text)")
            #expect(text.output.contains("Fahrschule am Test"))
            #expect(text.output.contains("bookings 1.0.0"))
            #expect(text.errors.isEmpty)
            let document = try JSON(parsing: Array(json.output.utf8))
            #expect(document["valid"]?.bool == true)
            #expect(document["storage"]?["backend"]?.string == "sqlite")
            #expect(document["plugins"]?[0]?["id"]?.string == "bookings")
        }
    }

    @Test
    func checkNamesEverythingThatIsWrong() async throws {
        let manifest = """
            name: Fahrschule
            organization: {slug: school, timeZone: Mars/Olympus, locale: de, currency: EUR}
            storage: {backend: sqlite}
            plugins:
              bookins: {}
              bookings: {slotGrid: sideways}
            """
        try await withProgram(manifest: manifest) { program in
            let text = try await program.run(["check"])
            let json = try await program.run(["check", "--format", "json"])
            let serve = try await program.run(["serve"])

            #expect(text.exitCode == 2)
            #expect(text.output.isEmpty)
            for place in ["plugins.yaml:2:40: ", "plugins.yaml:3:", "plugins.yaml:5:3: ", "plugins.yaml:6:"] {
                #expect(text.errors.contains(place), "\(place) \(text)")
            }
            #expect(text.errors.contains("did you mean bookings?"))
            #expect(serve.exitCode == 2)
            #expect(serve.errors == text.errors)
            #expect(json.exitCode == 2)
            let document = try JSON(parsing: Array(json.output.utf8))
            #expect(document["valid"]?.bool == false)
            #expect(document["problems"]?.array?.count == text.errors.split(separator: "\n").count)
        }
    }

    @Test
    func checkShowsNoSecret() async throws {
        let section = #"storage: {backend: postgres, url: "${env:SCHOOL_DATABASE}"}"#
        let environment = ["SCHOOL_DATABASE": "postgres://scott:tiger-secret@127.0.0.1:1/school"]
        try await withProgram(manifest: School.manifest(section), environment: environment) { program in
            let check = try await program.run(["check"])
            let serve = try await program.run(["serve", "--port", "0"])

            #expect(check.exitCode == 0, "\(check)")
            #expect(!check.description.contains("tiger-secret"))
            #expect(serve.exitCode == 1)
            #expect(!serve.description.contains("tiger-secret"))
            #expect(serve.errors.contains("127.0.0.1"), "\(serve)")
            #expect(serve.errors.split(separator: "\n").count == 1, "\(serve)")
        }
    }

    @Test(arguments: [
        ["fly"], ["serve", "--fast"], ["serve", "--port", "70000"], ["serve", "--port", "x"], ["seed"],
        ["seed", "--demo", "--from", "x"], ["user", "create", "--email", "x", "--role", "admin", "--password-stdin"],
        ["user", "create", "--email", "a@b.example", "--role", "king", "--password-stdin"],
        ["user", "create", "--email", "a@b.example", "--role", "admin"], ["check", "--format", "xml"],
        ["check", "--manifest", "missing.yaml"], ["seed", "--from", "missing"],
    ])
    func wrongUsageEndsWithTwo(_ arguments: [String]) async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            let result = try await program.run(arguments)

            #expect(result.exitCode == 2, "\(result)")
            #expect(!result.errors.isEmpty)
            #expect(result.output.isEmpty)
        }
    }

    @Test
    func helpIsNoError() async throws {
        try await withProgram(manifest: "") { program in
            for arguments in [["--help"], ["serve", "--help"], []] {
                let result = try await program.run(arguments)
                #expect(result.exitCode == 0, "\(result)")
                #expect(result.output.contains("USAGE"))
            }
        }
    }

    @Test
    func versionAndDescriptionNeedNoDatabase() async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            let version = try await program.run(["version"])
            let openAPI = try await program.run(["openapi"])

            #expect(version.output.hasPrefix("almanac "))
            let document = try JSON(parsing: Array(openAPI.output.utf8))
            #expect(document["openapi"]?.string?.hasPrefix("3.1") == true)
            #expect(document["info"]?["title"]?.string == "Fahrschule am Test")
            #expect(document["paths"]?["/api/v1/bookings"]?["post"] != nil)
        }
    }

    @Test
    func aPortInUseIsNamed() async throws {
        try await withSchoolServer(.sqlite) { server in
            let manifest = School.manifest(Self.sqlite)
            try await withProgram(manifest: manifest) { other in
                let result = try await other.run(["serve", "--port", "\(server.process.port)"])

                #expect(result.exitCode == 1, "\(result)")
                #expect(result.errors.contains("127.0.0.1:\(server.process.port)"), "\(result)")
                #expect(result.output.isEmpty)
            }
        }
    }

    @Test
    func aFileThatIsNoDatabaseIsNamed() async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            try program.write(
                String(repeating: "this is a letter, not a database\n", count: 100), to: "data/school.sqlite")

            let result = try await program.run(["serve", "--port", "0"])

            #expect(result.exitCode == 1, "\(result)")
            #expect(result.errors.contains("data/school.sqlite"), "\(result)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func migrateSaysWhatItDid(_ engine: TestEngine) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                let before = try await program.run(["migrate", "--status"])
                let first = try await program.run(["migrate"])
                let second = try await program.run(["migrate"])
                let after = try await program.run(["migrate", "--status", "--format", "json"])

                #expect(before.output.contains("missing 1"), "\(before)")
                #expect(first.output.contains("applied bookings 1"), "\(first)")
                #expect(second.output == "The database is up to date.\n")
                #expect(try JSON(parsing: Array(after.output.utf8))["upToDate"]?.bool == true)
            }
        }
    }
}
