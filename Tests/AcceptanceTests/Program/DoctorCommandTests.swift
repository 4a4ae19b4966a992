import AlmanacStorage
import AlmanacTestKit
import Testing

/// The command `doctor` as operators and their scripts meet it.
struct DoctorCommandTests {
    @Test(arguments: TestEngine.allCases)
    func tellsProblemsByItsExitCode(_ engine: TestEngine) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section, rest: "server: {port: 0}")
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                _ = try await program.run(["migrate", "--status"])
                let empty = try await program.run(["doctor"])
                let migrated = try await program.run(["migrate"])
                let text = try await program.run(["doctor"])
                let json = try await program.run(["doctor", "--format", "json"])

                #expect(empty.exitCode == 1, "\(empty)")
                #expect(empty.output.contains("run `almanac migrate`"))
                #expect(empty.errors.contains("problems were found"))
                #expect(migrated.exitCode == 0)
                #expect(text.exitCode == 0, "\(text)")
                #expect(text.errors.isEmpty)
                #expect(text.output.contains("ok       database.migrations: "))
                let document = try JSON(parsing: Array(json.output.utf8))
                #expect(document["healthy"]?.bool == true)
                #expect(document["problems"]?.int == 0)
                #expect((document["findings"]?.array?.count ?? 0) > 10)
            }
        }
    }

    @Test
    func aWrongManifestIsMisuse() async throws {
        try await withProgram(manifest: "name: x\n") { program in
            let result = try await program.run(["doctor"])
            #expect(result.exitCode == 2)
            #expect(result.output.isEmpty)
        }
    }

    @Test
    func sparesTheServerThatServesAlready() async throws {
        let storage = "storage: {backend: sqlite, path: data/school.sqlite}"
        try await withProgram(manifest: School.manifest(storage)) { program in
            try await program.serve { server in
                try program.write(
                    School.manifest(storage, rest: "server: {port: \(server.port)}"), to: "same-port.yaml")
                let result = try await program.run(["doctor", "--manifest", "same-port.yaml"])

                #expect(result.exitCode == 0, "\(result)")
                #expect(result.output.contains("is served by almanac already"))
            }
        }
    }
}
