import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The audit log as an operator examines it.
struct AuditTests {
    private static let audit = "audit: {checkpoints: safe/checkpoints.jsonl, key: safe/audit.key}"

    private func withSchool(
        _ engine: TestEngine, audit: String = Self.audit, _ body: (Program) async throws -> Void
    ) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section, rest: audit)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                let migrated = try await program.run(["migrate"])
                try #require(migrated.exitCode == 0, "\(migrated)")
                let made = try await program.run(
                    ["user", "create", "--email", "erika@example.org", "--role", "admin", "--password-stdin"],
                    input: "correct horse battery staple")
                try #require(made.exitCode == 0, "\(made)")
                try await body(program)
            }
        }
    }

    /// What `audit verify` says of so many entries.
    ///
    /// On PostgreSQL an open transaction in any database of the server holds sealing up, as those of other tests do. What
    /// is left then is sealed by the next program that serves.
    private func verified(_ program: Program, _ count: String) async throws -> Program.Result {
        var result = try await program.run(["audit", "verify"])
        for _ in 0..<10 where !result.output.contains(count) {
            try await program.serve { _ in }
            result = try await program.run(["audit", "verify"])
        }
        return result
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsServedIsSealedAndSignedAndCanBeVerified(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { program in
            let before = try await program.run(["audit", "verify"])
            let key = try await program.run(["audit", "key"])
            try await program.serve { server in
                let answer = try await server.client.post(
                    "/api/v1/auth/token",
                    ["email": "erika@example.org", "password": "correct horse battery staple"])
                #expect(answer.status == 200)
            }
            let verified = try await self.verified(program, "2 entries recomputed")
            let exported = try await program.run(["audit", "export"])
            let later = try await program.run(["audit", "export", "--from", "2100-01-01T00:00:00Z"])

            #expect(before.exitCode == 0, "\(before)")
            #expect(before.output.contains("UNPROVED"), "\(before)")
            #expect(key.exitCode == 0, "\(key)")
            #expect(verified.exitCode == 0, "\(verified)")
            #expect(verified.output.contains("2 entries recomputed"), "\(verified)")
            #expect(verified.output.contains("proved by a checkpoint"), "\(verified)")
            let lines = try exported.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(lines.map { $0["position"]?.int } == [1, 2])
            #expect(
                lines.map { $0["entry"]?["action"]?.string } == ["kernel.user.created", "kernel.session.created"])
            #expect(later.exitCode == 0)
            #expect(later.output == "")
        }
    }

    @Test func aChangedCheckpointOrAnotherKeyIsFound() async throws {
        try await self.withSchool(.sqlite) { program in
            let key = try await program.run(["audit", "key"]).output.trimmingCharacters(in: .newlines)
            try await program.serve { _ in }
            let copy = try String(contentsOfFile: "\(program.folder)/safe/checkpoints.jsonl", encoding: .utf8)
            try program.write(copy.replacingOccurrences(of: #""position":1"#, with: #""position":2"#), to: "forged")
            try program.write(copy, to: "copy")

            let good = try await program.run(["audit", "verify", "--checkpoints", "copy", "--public-key", key])
            let forged = try await program.run(["audit", "verify", "--checkpoints", "forged"])
            let other = try await program.run([
                "audit", "verify", "--checkpoints", "copy", "--public-key", String(repeating: "A", count: 43),
            ])
            let none = try await program.run(["audit", "verify", "--checkpoints", "nowhere"])
            let nonsense = try await program.run(["audit", "verify", "--public-key", "nonsense"])

            #expect(good.exitCode == 0, "\(good)")
            #expect(forged.exitCode == 1, "\(forged)")
            #expect(forged.output.contains("line 1 of forged"), "\(forged)")
            #expect(other.exitCode == 1, "\(other)")
            #expect(none.exitCode == 1, "\(none)")
            #expect(nonsense.exitCode == 2, "\(nonsense)")
        }
    }

    @Test func withoutAFileOfCheckpointsThereIsNoKey() async throws {
        try await self.withSchool(.sqlite, audit: "") { program in
            let key = try await program.run(["audit", "key"])
            let verified = try await program.run(["audit", "verify", "--format", "json"])
            let json = try JSON(parsing: verified.output)

            #expect(key.exitCode == 2, "\(key)")
            #expect(verified.exitCode == 0, "\(verified)")
            #expect(json["checkpointsGiven"] == false)
            #expect(json["organizations"]?[0]?["provenTo"] == .null)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func archivingNeedsAFolderAndAKey(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { program in
            let nowhere = try await program.run(["audit", "archive"])
            #expect(nowhere.exitCode == 2, "\(nowhere)")
            #expect(nowhere.errors.contains("archive: {folder: FOLDER}"), "\(nowhere)")
        }
        let archive = "audit: {checkpoints: safe/checkpoints.jsonl, archive: {folder: safe/months, afterMonths: 1}}"
        try await self.withSchool(engine, audit: archive) { program in
            let archived = try await program.run(["audit", "archive", "--format", "json"])
            let verified = try await program.run(["audit", "verify"])

            #expect(archived.exitCode == 0, "\(archived)")
            #expect(try JSON(parsing: archived.output) == ["archived": 0, "deleted": 0, "removed": 0])
            #expect(verified.exitCode == 0, "\(verified)")
        }
    }

    @Test func archivingWithoutCheckpointsOrShorterThanItsYearsIsRefused() async throws {
        let sections = [
            "audit: {archive: {folder: months}}": "needs checkpoints",
            "audit: {checkpoints: signed, archive: {folder: months, afterMonths: 24, years: 2}}":
                "longer than afterMonths",
        ]
        for (section, complaint) in sections {
            try await withProgramStorage(.sqlite) { storage in
                let manifest = School.manifest(storage.section, rest: section)
                try await withProgram(manifest: manifest, environment: storage.environment) { program in
                    let checked = try await program.run(["check"])
                    #expect(checked.exitCode == 2, "\(checked)")
                    #expect(checked.errors.contains(complaint) || checked.output.contains(complaint), "\(checked)")
                }
            }
        }
    }
}
