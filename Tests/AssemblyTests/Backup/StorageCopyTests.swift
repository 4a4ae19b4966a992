import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Moving a deployment to another engine.
struct StorageCopyTests {
    private static func copy(_ from: DeploymentFolder, _ to: DeploymentFolder) async throws -> StorageCopier.Report {
        try await StorageCopier(
            from: try from.blueprint(), to: try to.blueprint(), logger: DeploymentFolder.logger
        ).copy()
    }

    @Test(arguments: [(TestEngine.sqlite, TestEngine.postgres), (.postgres, .sqlite), (.postgres, .postgres)])
    func movesEverythingAndTheCopyGoesOn(_ engine: TestEngine, _ other: TestEngine) async throws {
        try await withBackups(engine, to: other) { fixture in
            try fixture.carryKeys(engine, to: other)
            let report = try await Self.copy(fixture.home, fixture.away)

            #expect(report.rows > 80)
            #expect(report.tables.filled > 5)
            for table in ["bookings.booking", "kernel.session", "kernel.audit_entry", "kernel.audit_seal"] {
                let count = "SELECT count(*) FROM {\(table)}"
                #expect(try await fixture.rows(fixture.away, count) == fixture.rows(fixture.home, count), "\(table)")
            }
            try await fixture.away.open { deployment in
                let hold = try await deployment.runtime.deliveries.current()
                #expect(hold == nil)
            }
            try await fixture.expectToGoOn()
        }
    }

    /// What happened before the move and what happens after it stand in one order, and what was handled stays handled.
    @Test(arguments: [(TestEngine.sqlite, TestEngine.postgres), (.postgres, .sqlite), (.postgres, .postgres)])
    func eventsGoOnBehindThoseThatWereMoved(_ engine: TestEngine, _ other: TestEngine) async throws {
        let numbers = "SELECT number FROM {kernel.event} ORDER BY number"
        let states = "SELECT consumer, number, state FROM {kernel.delivery} ORDER BY number, consumer"
        try await withBackups(engine, to: other) { fixture in
            try fixture.carryKeys(engine, to: other)
            try await Self.emit(engine, in: fixture)
            let before = try await fixture.rows(fixture.home, numbers)
            let deliveries = try await fixture.rows(fixture.home, states)
            _ = try await Self.copy(fixture.home, fixture.away)
            let moved = try await fixture.rows(fixture.away, numbers)
            let waiting = try await fixture.rows(fixture.away, states)
            // The way the outbox writes them: the number is the database's.
            _ = try await fixture.rows(
                fixture.away,
                """
                INSERT INTO {kernel.event} (organization_id, id, name, version, payload, occurred_at)
                SELECT organization_id, \(Self.newID(other)), name, version, payload, occurred_at
                FROM {kernel.event} LIMIT 1
                """)
            let after = try await fixture.rows(fixture.away, numbers)

            #expect(before == [["7"], ["40"]])
            #expect(deliveries.map { $0[2] } == ["done", "pending"])
            #expect(moved == before)
            #expect(waiting == deliveries)
            #expect(Array(after.dropLast()) == before)
            #expect(after.last == ["41"])
        }
    }

    private static func newID(_ engine: TestEngine) -> String {
        engine == .postgres ? "gen_random_uuid()" : "randomblob(16)"
    }

    /// Two events, of which somebody has handled the first; numbers between them were drawn and not used.
    private static func emit(_ engine: TestEngine, in fixture: BackupFixture) async throws {
        for (number, state) in [(7, "done"), (40, "pending")] {
            _ = try await fixture.rows(
                fixture.home,
                """
                INSERT INTO {kernel.event} (organization_id, id, number, name, version, payload, occurred_at)
                SELECT id, \(Self.newID(engine)), \(number), 'tests.happened', 1, '[1]', 1 FROM {kernel.organization}
                """)
            _ = try await fixture.rows(
                fixture.home,
                """
                INSERT INTO {kernel.delivery} (organization_id, event_id, consumer, number, state, due_at, finished_at)
                SELECT organization_id, id, 'tests.note', number, '\(state)', 0, CASE '\(state)' WHEN 'done' THEN 1 END
                FROM {kernel.event} WHERE number = \(number)
                """)
        }
    }

    @Test
    func thereAndBackIsTheSame() async throws {
        try await withBackups(.sqlite, to: .postgres) { fixture in
            try await withDeploymentFolder(.sqlite, BackupFixture.manifest) { last in
                try fixture.carryKeys(.sqlite, to: .postgres)
                let there = try await Self.copy(fixture.home, fixture.away)
                let back = BackupFixture(home: fixture.away, away: last)
                try back.carryKeys(.postgres, to: .sqlite)
                let again = try await Self.copy(fixture.away, last)

                #expect(again.rows == there.rows)
                #expect(again.digest == there.digest)
            }
        }
    }

    @Test(arguments: [(TestEngine.sqlite, TestEngine.postgres), (.postgres, .sqlite)])
    func aSourceInUseIsRefused(_ engine: TestEngine, _ other: TestEngine) async throws {
        try await withBackups(engine, to: other) { fixture in
            try fixture.carryKeys(engine, to: other)
            // As a server that runs: with a connection of its pool.
            let server = try Deployment(
                opening: try fixture.home.blueprint(), purpose: "almanac serve", logger: DeploymentFolder.logger)
            _ = try await server.runtime.organizations.check()
            let error = await #expect(throws: StorageError.self) { try await Self.copy(fixture.home, fixture.away) }
            await server.close()
            #expect(error?.code == .locked, "\(String(describing: error))")
            #expect(error?.message.contains("almanac serve") == true, "\(String(describing: error))")
            #expect(try await fixture.isAwayEmpty(other))
            await #expect(throws: Never.self) { try await Self.copy(fixture.home, fixture.away) }
        }
    }

    @Test(arguments: [(TestEngine.sqlite, TestEngine.postgres), (.postgres, .sqlite)])
    func aTargetWithDataOrWithoutTheKeysIsRefused(_ engine: TestEngine, _ other: TestEngine) async throws {
        try await withBackups(engine, to: other) { fixture in
            let keyless = await #expect(throws: StorageError.self) { try await Self.copy(fixture.home, fixture.away) }
            #expect(keyless?.message.contains("cp -p") == true, "\(String(describing: keyless))")
            #expect(try await fixture.isAwayEmpty(other))

            try fixture.carryKeys(engine, to: other)
            try await fixture.away.open { _ = try await $0.migrate() }
            let full = await #expect(throws: StorageError.self) { try await Self.copy(fixture.home, fixture.away) }
            #expect(full?.code == .uniqueViolation, "\(String(describing: full))")
            #expect(try await fixture.rows(fixture.away, "SELECT count(*) FROM {bookings.booking}") == [["0"]])
        }
    }
}
