import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// `almanac jobs`, on a database in which somebody has left two jobs of a plugin that is gone.
struct JobsTests {
    private static let waiting = "01920000-0000-7000-8000-00000000000a"
    private static let dead = "01920000-0000-7000-8000-00000000000b"

    private func withSchool(_ engine: TestEngine, _ body: (Program) async throws -> Void) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                let migrated = try await program.run(["migrate"])
                try #require(migrated.exitCode == 0, "\(migrated)")
                try await self.leaveJobs(engine, storage, program)
                try await body(program)
            }
        }
    }

    private func leaveJobs(_ engine: TestEngine, _ storage: ProgramStorage, _ program: Program) async throws {
        let database: any DatabaseEngine
        switch engine {
        case .sqlite:
            database = try SQLiteEngine(SQLiteConfiguration(path: "\(program.folder)/data/school.sqlite"))
        case .postgres:
            let url = try PostgresURL(try #require(storage.environment["ALMANAC_DATABASE_URL"]))
            database = PostgresEngine(PostgresConfiguration(url: url))
        }
        try await database.maintain { connection in
            let job = connection.isPostgres ? "kernel.job" : "kernel_job"
            let organization = connection.isPostgres ? "kernel.organization" : "kernel_organization"
            func id(_ text: String) -> String {
                connection.isPostgres ? "'\(text)'" : "x'\(text.filter { $0 != "-" })'"
            }
            try connection.run(
                """
                INSERT INTO \(job) (organization_id, id, name, input, priority, run_at, state, attempts, last_error,
                    enqueued_by, created_at, finished_at)
                SELECT id, \(id(Self.waiting)), 'gone.tidy', '{"room": 7}', 1, 1000000, 'waiting', 0, NULL,
                    'system:test', 1000000, NULL FROM \(organization);
                INSERT INTO \(job) (organization_id, id, name, input, priority, run_at, state, attempts, last_error,
                    enqueued_by, created_at, finished_at)
                SELECT id, \(id(Self.dead)), 'gone.wash', '{}', 1, 1000000, 'dead', 3, 'no water', 'system:test',
                    1000000, 4000000000000000 FROM \(organization);
                """)
        }
        await database.close()
    }

    @Test(arguments: TestEngine.allCases)
    func showsWhatThereIs(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { program in
            let list = try await program.run(["jobs", "list"])
            let dead = try await program.run(["jobs", "list", "--state", "dead", "--format", "json"])
            let count = try await program.run(["jobs", "list", "--count"])
            let show = try await program.run(["jobs", "show", Self.waiting])
            let schedules = try await program.run(["jobs", "schedules"])
            let wrong = try await program.run(["jobs", "list", "--state", "asleep"])
            let stranger = try await program.run(["jobs", "show", "01920000-0000-7000-8000-0000000000ff"])
            let nowhere = try await program.run(["jobs", "list", "--organization", "nowhere"])

            #expect(list.exitCode == 0, "\(list)")
            #expect(
                list.output == """
                    \(Self.dead)  school  gone.wash  dead  1970-01-01T00:00:01Z  attempts 3  no water
                    \(Self.waiting)  school  gone.tidy  waiting  1970-01-01T00:00:01Z  attempts 0

                    """)
            let document = try JSON(parsing: dead.output.trimmingCharacters(in: .newlines))
            #expect(document["jobs"]?.array?.map { $0["id"]?.string } == [Self.dead])
            #expect(count.output == "gone.tidy  waiting  1\ngone.wash  dead  1\n")
            let shown = try JSON(parsing: show.output)
            #expect(shown["input"] == ["room": 7])
            #expect(shown["enqueuedBy"] == "system:test")
            #expect(schedules.exitCode == 0, "\(schedules)")
            #expect(wrong.exitCode == 2, "\(wrong)")
            #expect(stranger.exitCode == 1, "\(stranger)")
            #expect(nowhere.exitCode == 2, "\(nowhere)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatChangesAJobIsInTheAuditLog(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { program in
            let cancelled = try await program.run(["jobs", "cancel", Self.waiting])
            let again = try await program.run(["jobs", "cancel", Self.waiting])
            let retried = try await program.run(["jobs", "retry", Self.dead])
            // Nobody can run it: its plugin is gone.
            let run = try await program.run(["jobs", "run", Self.dead])
            let verified = try await program.run(["audit", "export"])

            #expect(cancelled.output.contains("gone.tidy  cancelled"), "\(cancelled)")
            #expect(again.exitCode == 1, "\(again)")
            #expect(again.errors.contains("the job is cancelled: it has ended already"), "\(again)")
            #expect(retried.output.contains("gone.wash  waiting"), "\(retried)")
            #expect(run.exitCode == 1, "\(run)")
            #expect(run.output == "ran 0 jobs\n")
            let actions = try verified.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
                .compactMap { $0["entry"]?["action"]?.string }.filter { $0.hasPrefix("kernel.job.") }
            #expect(actions == ["kernel.job.cancelled", "kernel.job.retried", "kernel.job.hastened"])
        }
    }
}
