import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What comes out of a backup.
struct RestoreTests {
    @Test(arguments: TestEngine.allCases)
    func bringsEverythingBackAndHoldsDeliveries(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let made = try await fixture.backUp()
            let report = try await fixture.restore { deployment, description in
                for organization in try await deployment.runtime.organizations.all() {
                    let verdict = try await deployment.runtime.audit.verifier.verify(organization.id)
                    #expect(verdict.findingCount == 0, "\(verdict.findings)")
                    #expect(verdict.entries > 0)
                }
            }
            let count = "SELECT count(*) FROM {bookings.customer}"

            #expect(report.description == made.description)
            #expect(report.migrations == 0)
            // The keys are not in a backup, and the place has none.
            #expect(report.missingKeys == made.description.keys)
            #expect(try await fixture.rows(fixture.away, count) == fixture.rows(fixture.home, count))
            #expect(try await fixture.rows(fixture.away, count) != [["0"]])
            try await fixture.away.open { deployment in
                let hold = try await deployment.runtime.deliveries.current()
                #expect(hold?.state == .held)
                #expect(try await deployment.migrationStatus().allSatisfy { $0.pending.isEmpty })
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theRestoredPlaceGoesOn(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            try await fixture.backUp()
            try await fixture.restore()
            try fixture.carryKeys(engine)
            try await fixture.expectToGoOn()
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPlaceWithDataIsRefusedAndStaysAsItIs(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            try await fixture.backUp()
            try await fixture.away.open { _ = try await $0.migrate() }
            let before = try await fixture.rows(fixture.away, "SELECT slug FROM {kernel.organization}")

            let error = await #expect(throws: StorageError.self) { try await fixture.restore() }

            #expect(error?.code == .uniqueViolation)
            #expect(error?.message.contains("never overwritten") == true)
            #expect(try await fixture.rows(fixture.away, "SELECT slug FROM {kernel.organization}") == before)
            #expect(try await fixture.rows(fixture.away, "SELECT count(*) FROM {bookings.booking}") == [["0"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRefusedInTheEndLeavesNothing(_ engine: TestEngine) async throws {
        struct Doubt: Error {}
        try await withBackups(engine) { fixture in
            try await fixture.backUp()
            await #expect(throws: Doubt.self) { try await fixture.restore { _, _ in throw Doubt() } }
            #expect(try await fixture.isAwayEmpty(engine))
            await #expect(throws: Never.self) { try await fixture.restore() }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyCanUseItBeforeItIsWhole(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            try await fixture.backUp()
            try await fixture.restore { _, _ in
                // As a server that starts too early.
                let early = await #expect(throws: (any Error).self) {
                    try await fixture.away.open { _ = try await $0.migrate() }
                }
                let found = "\(early?.storageError?.code.description ?? (early as? Refusal)?.code ?? "none")"
                #expect(found == (engine == .sqlite ? "locked" : "restore_unfinished"), "\(String(describing: early))")
            }
        }
    }

    @Test
    func aDatabaseWithoutItsHistoryDoesNotStart() async throws {
        try await withBackups(.postgres) { fixture in
            try await fixture.backUp()
            try await fixture.restore()
            // As it is between the loading of the rows and the mark: whoever starts then must fail.
            try await fixture.away.open { deployment in
                try await deployment.runtime.database.engine.maintain {
                    try $0.run("DELETE FROM kernel.migration; DELETE FROM kernel.delivery_hold")
                }
                await #expect(throws: StorageError.self) { _ = try await deployment.migrate() }
            }
        }
    }

    @Test(arguments: [(TestEngine.sqlite, TestEngine.postgres), (.postgres, .sqlite)])
    func theOtherEngineIsRefused(_ engine: TestEngine, _ other: TestEngine) async throws {
        try await withBackups(engine, to: other) { fixture in
            try await fixture.backUp()
            let error = await #expect(throws: StorageError.self) { try await fixture.restore() }
            #expect(error?.message.contains("almanac storage copy") == true)
            #expect(try await fixture.isAwayEmpty(other))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anOtherHistoryIsRefused(_ engine: TestEngine) async throws {
        try await withBackups(engine) { fixture in
            let made = try await fixture.backUp()
            let text = String(decoding: try fixture.bytes("backup.json"), as: UTF8.self)
            let known = "\"plugin\":\"bookings\",\"number\":1,"
            let changes = [
                ("\"plugin\":\"bookings\",\"number\":99,", "is not known to it"),
                ("\"plugin\":\"nobody\",\"number\":1,", "--migrate"),
            ]
            for (new, words) in changes {
                let changed = text.replacingOccurrences(of: known, with: new)
                try #require(changed != text)
                try fixture.write(Array(changed.utf8), to: "backup.json")
                let (digest, file) = (made.description.digest, made.description.file)
                let sums = "\(digest)  \(file)\n\(FileDigest.of(Array(changed.utf8)))  backup.json\n"
                try fixture.write(Array(sums.utf8), to: "SHA256SUMS")
                let error = await #expect(throws: StorageError.self) { try await fixture.restore() }
                #expect(error?.code == .migrationHistory)
                #expect(error?.message.contains(words) == true, "\(String(describing: error))")
            }
            #expect(try await fixture.isAwayEmpty(engine))
        }
    }
}

extension BackupFixture {
    /// Puts the key file where the other place looks for it, as an operator would.
    func carryKeys(_ engine: TestEngine, to other: TestEngine? = nil) throws {
        let names = [TestEngine.sqlite: "school.sqlite.keys", .postgres: "lindenhof.keys"]
        let (from, to) = (try #require(names[engine]), try #require(names[other ?? engine]))
        try FileManager.default.createDirectory(atPath: "\(self.away.path)/data", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: "\(self.home.path)/data/\(from)", toPath: "\(self.away.path)/data/\(to)")
    }
}
