import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What somebody is told who has done something wrong: what it is, where, and what to do.
struct MistakeTests {
    private static let sqlite = "storage: {backend: sqlite, path: data/school.sqlite}"

    @Test(
        "commands say that the database was never made",
        arguments: [
            ["user", "list"], ["user", "disable", "a@example.org"],
            ["access", "explain", "a@example.org", "users:read"],
            ["privacy", "export", "a@example.org"], ["privacy", "erase", "a@example.org"], ["audit", "verify"],
            ["config", "explain", "plugins.bookings.defaults.bookingWindowDays", "--organization", "school"],
        ])
    func theDatabaseWasNeverMade(_ arguments: [String]) async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            let result = try await program.run(arguments)

            #expect(result.exitCode == 1, "\(result)")
            #expect(result.errors.hasSuffix("almanac: the database is not up to date: run `almanac migrate` first\n"))
            #expect(result.output.isEmpty, "\(result)")
            // A backup can still be restored into the place.
            #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/data/school.sqlite"))
        }
    }

    @Test
    func aServerOutOfReachIsToldOnce() async throws {
        let storage = #"storage: {backend: postgres, url: "postgres://nobody@127.0.0.1:1/nowhere"}"#
        try await withProgram(manifest: School.manifest(storage)) { program in
            let result = try await program.run(["doctor"])

            #expect(result.exitCode == 1, "\(result)")
            let lines = result.output.split(separator: "\n").filter { $0.contains("cannot reach the database") }
            #expect(lines.count == 1, "\(result)")
            #expect(lines.first?.hasSuffix("Check that the server runs and that the URL is right") == true, "\(result)")
            #expect(lines.first?.contains("?.") == false, "\(result)")
        }
    }

    @Test
    func aKeyFileThatIsNoneSaysWhereTheKeysAre() async throws {
        try await withProgram(manifest: School.manifest(Self.sqlite)) { program in
            try #require(try await program.run(["keys", "create"]).exitCode == 0)
            try program.write("nonsense\n", to: "data/school.sqlite.keys")
            let result = try await program.run(["migrate"])

            #expect(result.exitCode == 1, "\(result)")
            #expect(result.errors.contains("data/school.sqlite.keys line 1: "), "\(result)")
            #expect(result.errors.contains("restore it from your backup"), "\(result)")
        }
    }

    @Test
    func aServerWithoutMailSaysWhatCannotBeDone() async throws {
        let silent = School.manifest(Self.sqlite)
        let closed = School.manifest(Self.sqlite, rest: "accounts: {registration: closed}")
        for (manifest, isWarned) in [(silent, true), (closed, false)] {
            try await withProgram(manifest: manifest) { program in
                let errors = try await program.serve { server in
                    await server.terminate()
                    return server.errors
                }
                #expect(errors.contains("no mail is sent") == isWarned, "\(errors)")
            }
        }
    }
}
