import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Rows that are brought in order beside the business, on both engines.
struct BackfillTests {
    private static let filling = [Garden.first, Garden.second, Garden.filling]
    private static let visiting = [Garden.first, Garden.second, Garden.visiting]

    /// How often the beds were visited, as `visits beds`.
    private static let visits = """
        SELECT times, count(*) FROM (SELECT count(*) AS times FROM {garden.visit} GROUP BY organization_id, bed_id) c
        GROUP BY times ORDER BY times
        """

    @Test(arguments: TestEngine.allCases)
    func everyRowOfEveryOrganizationIsDone(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            let applied = try await garden.migrate(Self.filling)
            let before = try await garden.status(Self.filling)
            let steps = try await garden.finish(garden.runner(Self.filling))
            let after = try await garden.status(Self.filling)

            // A backfill is nothing that a program has to wait for.
            #expect(applied.isEmpty)
            #expect(before.pending.isEmpty)
            #expect(before.outstanding.map(\.backfill) == ["fold"])
            // Begun, five batches of ten over both organizations, completed.
            #expect(steps == 7)
            #expect(try await garden.unfilled() == 0)
            #expect(after == MigrationStatus(plugin: "garden", applied: 3, pending: []))
            #expect(try await garden.count("SELECT count(*) FROM {kernel.backfill}") == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTableWithoutRowsNeedsNone(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: Garden.histories(Garden.all)) { test in
            let rows = try await test.rows("SELECT number FROM {kernel.migration} WHERE plugin = 'garden' ORDER BY 1")
            #expect(rows == [["1"], ["2"], ["3"], ["4"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoeverComesNextGoesOnWhereTheOtherStood(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            try await garden.migrate(Self.visiting)
            let first = garden.runner(Self.visiting)
            for _ in 0..<3 { _ = try await first.step(isPaced: false) }
            let progress = try await garden.status(Self.visiting).outstanding.first?.progress
            let place = try await garden.test.rows("SELECT place FROM {kernel.backfill}")
            _ = try await garden.runner(Self.visiting).step(isPaced: false)
            let next = try await garden.status(Self.visiting).outstanding.first?.progress
            try await garden.finish(garden.runner(Self.visiting))

            #expect(
                progress
                    == BackfillProgress(total: 42, visited: 20, done: 20, pass: 1, failures: 0, error: nil))
            #expect(place == [["[\"\(Shop.north)\",20]"]])
            #expect(next?.visited == 30)
            #expect(try await garden.test.rows(Self.visits) == [["1", "42"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aBatchThatFailsLeavesNothingAndSaysWhy(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            // What refuses the row in the middle of a batch.
            try await garden.test.run(
                engine == .postgres
                    ? "ALTER TABLE garden.bed ADD CONSTRAINT odd CHECK (name_fold <> 'x')"
                    : "CREATE TRIGGER odd BEFORE UPDATE ON garden_bed WHEN new.name_fold = 'x' BEGIN "
                        + "SELECT RAISE(ABORT, 'odd'); END")
            let odd = [
                Garden.first, Garden.second,
                Migration(
                    3, "fill",
                    backfill: Backfill(
                        "fold", of: Garden.beds, set: "name_fold = CASE id WHEN 15 THEN 'x' ELSE name END",
                        where: "name_fold IS NULL", batch: 10)),
            ]
            try await garden.migrate(odd)
            let runner = garden.runner(odd)
            let error = await failure { try await garden.finish(runner) }
            let progress = try await garden.status(odd).outstanding.first?.progress
            let filled = try await garden.count("SELECT count(*) FROM {garden.bed} WHERE name_fold IS NOT NULL")
            let paced = try await runner.step()
            garden.test.clock.advance(seconds: 2)
            let again = await failure { _ = try await runner.step() }
            try await garden.test.run(
                engine == .postgres ? "ALTER TABLE garden.bed DROP CONSTRAINT odd" : "DROP TRIGGER odd")
            garden.test.clock.advance(seconds: 60)
            try await garden.finish(runner)

            #expect(message(of: error).contains("the backfill fold of garden (migration 3): "))
            #expect(filled == 10)
            #expect(progress?.visited == 10)
            #expect(progress?.failures == 1)
            #expect(progress?.error?.contains("odd") == true)
            #expect(paced == .notYet)
            #expect(again != nil)
            #expect(try await garden.count("SELECT count(*) FROM {garden.bed} WHERE name_fold IS NULL") == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStatementThatChangesNothingIsNoBackfill(_ engine: TestEngine) async throws {
        let idle = [
            Garden.first, Garden.second,
            Migration(
                3, "idle",
                backfill: Backfill("idle", of: Garden.beds, set: "name = lower(name)", where: "name_fold IS NULL")),
        ]
        try await withGarden(engine) { garden in
            try await garden.migrate(idle)
            let error = await failure { try await garden.finish(garden.runner(idle)) }
            #expect(message(of: error).contains("its statement leaves all 42 rows of a batch as they were"))
            #expect(try await garden.count("SELECT count(*) FROM {garden.bed} WHERE name LIKE 'B%'") == 42)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatComesBehindThePlaceIsFoundBeforeTheEnd(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            try await garden.migrate(Self.filling)
            let runner = garden.runner(Self.filling)
            for _ in 0..<6 { _ = try await runner.step(isPaced: false) }
            try await garden.addBeds(-3 ... -1)
            let again = try await runner.step(isPaced: false)
            let pass = try await garden.status(Self.filling).outstanding.first?.progress?.pass
            try await garden.finish(runner)

            #expect(again == .advanced)
            #expect(pass == 2)
            #expect(try await garden.unfilled() == 0)
            #expect(try await garden.status(Self.filling).applied == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func batchesHaveAPauseBetweenThem(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            try await garden.migrate(Self.filling)
            let runner = garden.runner(Self.filling)
            var outcomes: [BackfillRunner.Outcome] = []
            for _ in 0..<3 { outcomes.append(try await runner.step()) }
            garden.test.clock.advance(seconds: 1)
            // Another host keeps the same pause.
            outcomes.append(try await garden.runner(Self.filling).step())
            outcomes.append(try await runner.step())

            #expect(outcomes == [.advanced, .advanced, .notYet, .advanced, .notYet])
        }
    }

    /// Beginning waits for programs that still write in the old way, and so does the end.
    @Test(arguments: TestEngine.allCases)
    func waitsForProgramsThatDoNotKnowIt(_ engine: TestEngine) async throws {
        let gate = MigrationGate { _, plugin, number, _ in ["web process 7, version 0.9.0 lacks \(plugin) \(number)"] }
        try await withGarden(engine) { garden in
            try await garden.migrate(Self.filling, gate: gate)
            let begun = try await garden.runner(Self.filling, gate: gate).step()
            for _ in 0..<6 { _ = try await garden.runner(Self.filling).step(isPaced: false) }
            let ended = try await garden.runner(Self.filling, gate: gate).step(isPaced: false)
            let status = try await garden.status(Self.filling, gate: gate)

            for outcome in [begun, ended] {
                guard case .waiting(let reasons) = outcome else {
                    Issue.record("it did not wait: \(outcome)")
                    continue
                }
                #expect(reasons.count == 1)
                #expect(reasons.first?.contains("web process 7, version 0.9.0 lacks garden 3") == true)
            }
            #expect(status.applied == 2)
            #expect(status.outstanding.first?.obstacle?.contains("web process 7") == true)
            #expect(try await garden.runner(Self.filling).step(isPaced: false) != .advanced)
        }
    }

    private static func setup(_ locking: any PostgresLocking) -> TestDatabase.Setup {
        var setup = TestDatabase.Setup()
        setup.locking = locking
        setup.poolSize = 6
        return setup
    }

    /// Several hosts at once, each with connections of its own: `locking` is what keeps them apart.
    private func visitsOfSeveralHosts(_ locking: any PostgresLocking) async throws -> [[String?]] {
        var found: [[String?]] = []
        let setup = Self.setup(locking)
        try await withGarden(.postgres, setup: setup) { garden in
            try await garden.migrate(Self.visiting)
            let other = try garden.test.openAgain(setup)
            _ = try await garden.runner(Self.visiting).step(isPaced: false)
            let hosts = [garden.runner(Self.visiting), garden.runner(Self.visiting, on: other)]
            let held = TestSignal()
            let free = TestSignal()
            // Whoever keeps a place waits, so that all of them have begun before one is done.
            async let holder: Void = garden.test.openAgain(setup).holdProgress(held, free)
            await held.arrives()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<6 { group.addTask { _ = try? await hosts[number % 2].step(isPaced: false) } }
                try await garden.awaitWaiting(6)
                free.send()
                try await group.waitForAll()
            }
            try await holder
            try await garden.finish(hosts[1])
            await other.close()
            found = try await garden.test.rows(Self.visits)
        }
        return found
    }

    @Test func twoHostsNeverDoTheSameBatch() async throws {
        #expect(try await self.visitsOfSeveralHosts(AdvisoryLocking()) == [["1", "42"]])
    }

    @Test func withoutTheLockTheyDo() async throws {
        #expect(try await self.visitsOfSeveralHosts(NoLocking()) != [["1", "42"]])
    }
}

extension Garden {
    /// Returns when so many sessions of this database wait for a lock; asks beside the maintenance lock.
    func awaitWaiting(_ count: Int) async throws {
        let engine = try #require(self.test.engine as? PostgresEngine)
        for _ in 0..<2_000 {
            let waiting = try await engine.administer { connection in
                try connection.rows(
                    """
                    SELECT count(DISTINCT l.pid) >= \(count) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                    WHERE NOT l.granted AND a.datname = current_database()
                    """)
            }
            if waiting == [["t"]] { return }
        }
        throw TestKitError("fewer than \(count) sessions ever waited for a lock")
    }
}

extension DatabaseEngine {
    /// Holds the places of all backfills until it is told to let go, and closes.
    fileprivate func holdProgress(_ held: TestSignal, _ free: TestSignal) async throws {
        guard let engine = self as? PostgresEngine else { return }
        try await engine.administer { connection in
            try connection.transaction {
                _ = try connection.rows("SELECT 1 FROM kernel.backfill FOR UPDATE")
                held.send()
                free.wait()
            }
        }
        await engine.close()
    }
}
