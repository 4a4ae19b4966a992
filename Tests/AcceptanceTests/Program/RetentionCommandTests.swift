import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// `almanac retention`, on a database in which a job was done in 1970.
struct RetentionCommandTests {
    private func withSchool(_ engine: TestEngine, _ body: (Program) async throws -> Void) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                let migrated = try await program.run(["migrate"])
                try #require(migrated.exitCode == 0, "\(migrated)")
                try await self.leaveJob(engine, storage, program)
                try await body(program)
            }
        }
    }

    private func leaveJob(_ engine: TestEngine, _ storage: ProgramStorage, _ program: Program) async throws {
        let database: any DatabaseEngine
        switch engine {
        case .sqlite:
            database = try SQLiteEngine(SQLiteConfiguration(path: "\(program.folder)/data/school.sqlite"))
        case .postgres:
            let url = try PostgresURL(try #require(storage.environment["ALMANAC_DATABASE_URL"]))
            database = PostgresEngine(PostgresConfiguration(url: url))
        }
        try await database.maintain { connection in
            let isPostgres = connection.isPostgres
            let id = "01920000-0000-7000-8000-00000000000a"
            try connection.run(
                """
                INSERT INTO \(isPostgres ? "kernel.job" : "kernel_job") (organization_id, id, name, input, priority,
                    run_at, state, attempts, enqueued_by, created_at, finished_at)
                SELECT id, \(isPostgres ? "'\(id)'" : "x'\(id.filter { $0 != "-" })'"), 'gone.tidy', '{}', 1, 1000000,
                    'done', 1, 'system:test', 1000000, 1000000
                FROM \(isPostgres ? "kernel.organization" : "kernel_organization")
                """)
        }
        await database.close()
    }

    @Test(arguments: TestEngine.allCases)
    func showsAndRemovesWhatHasHadItsTime(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { program in
            let list = try await program.run(["retention", "list"])
            let rules = try await program.run(["retention", "list", "--format", "json"])
            let run = try await program.run(["retention", "run"])
            let again = try await program.run(["retention", "run"])
            let archives = try await program.run(["retention", "archives", "--from", "1970-01-01T00:00:00Z"])
            let found = try await program.run(["retention", "search", "--table", "gone.letter", "word"])
            let wrong = try await program.run(["retention", "archives", "--until", "yesterday"])

            #expect(list.exitCode == 0, "\(list)")
            #expect(list.output.contains("kernel.job (done or cancelled)  7 days from finished_at  due 1\n"), "\(list)")
            let sessions = "kernel.session (that can be renewed)  until refresh_until  due 0\n"
            #expect(list.output.contains(sessions), "\(list)")
            let document = try JSON(parsing: rules.output.trimmingCharacters(in: .newlines))
            let due = document["rules"]?.array?.filter { $0["due"] != 0 }.map { $0["table"]?.string }
            #expect(due == ["kernel.job"])
            #expect(run.output == "kernel.job  removed 1\n", "\(run)")
            #expect(again.output == "nothing has had its time\n", "\(again)")
            #expect(archives.exitCode == 0 && archives.output == "nothing is archived\n", "\(archives)")
            #expect(found.exitCode == 0 && found.output.isEmpty, "\(found)")
            #expect(wrong.exitCode == 2, "\(wrong)")
        }
    }
}
