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
