import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Entries get their positions behind the writes: each one, once, in the order of their commits.
@Suite(.serialized)
struct SealingTests {
    private static func withSealing(
        _ engine: TestEngine, locking: any PostgresLocking = AdvisoryLocking(),
        _ body: (TestPlatform) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        setup.database.locking = locking
        try await withPlatform(engine, plugins: [Notes.self], setup: setup, body)
    }

    @Test(arguments: TestEngine.allCases)
    func eachOrganizationHasAChainOfItsOwn(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            for number in 1...3 { try await platform.audit("notes.north-\(number)", in: .north) }
            try await platform.audit("notes.south-1", in: .south)
            try await platform.sealEverything()

            for place in TestPlace.allCases {
                let organization = try platform.organization(place).id
                let chain = try await platform.chain(place)
                #expect(chain.map(\.position) == Array(1...Int64(chain.count)))
                var previous = AuditChain.origin
                for link in chain {
                    previous = AuditChain.hash(
                        at: link.position, of: organization, after: previous, canonical: link.canonical)
                    #expect(link.hash == previous)
                }
            }
            #expect(try await platform.sealedActions(.north) == ["notes.north-1", "notes.north-2", "notes.north-3"])
            #expect(try await platform.sealedActions(.south) == ["notes.south-1"])
        }
    }

    @Test func aHashIsThis() {
        // Computed by another program: sha256("almanac audit chain 1\0" + 15 zero bytes, 1, … as documented).
        let hash = AuditChain.hash(
            at: 3, of: ID(high: 1, low: 2), after: [UInt8](repeating: 7, count: 32), canonical: Array("{}".utf8))
        let text = hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        #expect(text == "cfbb1b3ef5544d798a14a7b12e84ae0bea721ecaaf4f6a73198883bb73b6ea39")
    }

    @Test(arguments: TestEngine.allCases)
    func aBatchIsNoMoreThanItsLimit(_ engine: TestEngine) async throws {
        try await Self.withSealing(engine) { platform in
            for number in 1...7 { try await platform.audit("notes.\(number)") }
            try await platform.sealEverything()
            for number in 8...12 { try await platform.audit("notes.\(number)") }
            var steps: [Int] = []
            for _ in 0..<5_000 where try await platform.unsealed() > 0 {
                let progress = try await platform.runtime.audit.sealer.seal(limit: 2)
                if progress.sealed > 0 { steps.append(progress.sealed) }
            }
            let idle = try await platform.runtime.audit.sealer.seal(limit: 2)

            #expect(steps.allSatisfy { $0 <= 2 })
            #expect(steps.reduce(0, +) == 5)
            #expect(idle == AuditSealer.Progress())
            #expect(try await platform.sealedActions() == (1...12).map { "notes.\($0)" })
        }
    }

    /// On PostgreSQL the one who wrote first may commit last.
    @Test func nobodyIsOvertakenByALaterTransaction() async throws {
        try await Self.withSealing(.postgres) { platform in
            // Whose first entry it is makes a key, and everybody else waits for that.
            try await platform.audit("notes.first")
            try await platform.sealEverything()
            let hasWritten = TestSignal()
            let mayCommit = TestSignal()
            let slow = Command<Void, Void>("notes.slow", .signedIn) { _, _, tx in
                try tx.audit("notes.slow")
                // Asking for something sends what was posted.
                _ = try tx.value("SELECT 1", as: Int.self)
                hasWritten.send()
                mayCommit.wait()
            }
            async let slowly: Void = platform.run(slow, of: Notes.id, ())
            await hasWritten.arrives()
            try await platform.audit("notes.fast")
            for _ in 0..<3 { try await platform.runtime.audit.sealer.sealAll() }
            let meanwhile = try await platform.sealedActions()
            mayCommit.send()
            try await slowly
            try await platform.sealEverything()

            #expect(meanwhile == ["notes.first"])
            #expect(try await platform.sealedActions() == ["notes.first", "notes.slow", "notes.fast"])
        }
    }

    /// Runs writers and sealers beside each other.
    ///
    /// - Returns: What the sealers threw.
    private func race(_ platform: TestPlatform, writers: Int, sealers: Int) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for number in 0..<max(writers, sealers) {
                if number < writers {
                    group.addTask {
                        do {
                            try await platform.audit("notes.raced", in: number.isMultiple(of: 3) ? .south : .north)
                            return nil
                        } catch { return "writer: \(error)" }
                    }
                }
                if number < sealers {
                    group.addTask {
                        do {
                            _ = try await platform.runtime.audit.sealer.seal(limit: 5)
                            return nil
                        } catch { return "sealer: \(error)" }
                    }
                }
            }
            return await group.reduce(into: []) { found, error in if let error { found.append(error) } }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manySealersAtOnceSealEachEntryOnce(_ engine: TestEngine) async throws {
        try await Self.withSealing(engine) { platform in
            let errors = await self.race(platform, writers: 60, sealers: 60)
            try await platform.sealEverything()
            let north = try await platform.chain(.north)
            let south = try await platform.chain(.south)

            #expect(errors == [])
            #expect(north.map(\.position) == Array(1...Int64(north.count)))
            #expect(south.map(\.position) == Array(1...Int64(south.count)))
            #expect(north.count + south.count == 60 + 8)
        }
    }

    /// The negative control: without the lock sealers give out the same positions, and the key refuses them.
    @Test func withoutTheLockSealersCollide() async throws {
        try await Self.withSealing(.postgres, locking: NoLocking()) { platform in
            var errors: [String] = []
            for _ in 0..<20 where errors.isEmpty {
                errors = await self.race(platform, writers: 40, sealers: 40).filter { $0.hasPrefix("sealer: ") }
            }
            #expect(errors.first?.contains("uniqueViolation") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rowNumbersThatBeginAnewLoseNothing(_ engine: TestEngine) async throws {
        try await Self.withSealing(engine) { platform in
            for number in 1...3 { try await platform.audit("notes.\(number)") }
            try await platform.sealEverything()
            // As after archiving everything there was: SQLite counts rows from 1 again.
            try await platform.tamper("DELETE FROM {kernel.audit_entry}")
            try await platform.audit("notes.afterwards")
            try await platform.sealEverything()

            #expect(try await platform.chain().map(\.position) == [8])
        }
    }

    @Test func aDatabaseRestoredIntoAnotherClusterGoesOn() async throws {
        try await Self.withSealing(.postgres) { platform in
            for number in 1...5 { try await platform.audit("notes.\(number)") }
            try await platform.sealEverything()
            try await platform.audit("notes.unsealed")
            // The other cluster had counted further.
            try await platform.tamper("UPDATE {kernel.audit_entry} SET commit_mark = commit_mark + 1000000000000")
            try await platform.tamper("UPDATE {kernel.audit_sealer} SET commit_mark = commit_mark + 1000000000000")
            try await platform.audit("notes.restored")
            try await platform.sealEverything()
            try await platform.audit("notes.later")
            try await platform.sealEverything()

            let chain = try await platform.chain()
            #expect(chain.map(\.position) == Array(1...Int64(chain.count)))
            #expect(
                try await platform.sealedActions().sorted()
                    == [
                        "notes.1", "notes.2", "notes.3", "notes.4", "notes.5", "notes.later", "notes.restored",
                        "notes.unsealed",
                    ])
        }
    }

    /// Sealed entries that are given new marks while an older transaction is open come up later, when it has ended.
    @Test func whatWasSealedBeforeIsNotSealedAgainWhenAnOlderTransactionEndsLate() async throws {
        try await Self.withSealing(.postgres) { platform in
            for number in 1...5 { try await platform.audit("notes.\(number)") }
            try await platform.sealEverything()
            let before = try await platform.chain()
            // The other cluster had counted further.
            try await platform.tamper("UPDATE {kernel.audit_entry} SET commit_mark = commit_mark + 1000000000000")
            try await platform.tamper("UPDATE {kernel.audit_sealer} SET commit_mark = commit_mark + 1000000000000")
            let hasWritten = TestSignal()
            let mayCommit = TestSignal()
            let slow = Command<Void, Void>("notes.slow", .signedIn) { _, _, tx in
                try tx.audit("notes.slow")
                // Asking for something sends what was posted.
                _ = try tx.value("SELECT 1", as: Int.self)
                hasWritten.send()
                mayCommit.wait()
            }
            async let slowly: Void = platform.run(slow, of: Notes.id, ())
            await hasWritten.arrives()
            // Adopts the entries, and looks for some to seal before their turn has come.
            for _ in 0..<3 { try await platform.runtime.audit.sealer.sealAll() }
            let meanwhile = try await platform.chain()
            mayCommit.send()
            try await slowly
            try await platform.audit("notes.later")
            try await platform.sealEverything()

            #expect(meanwhile == before)
            #expect(try await platform.chain().prefix(before.count) == before[...])
            #expect(
                try await platform.sealedActions()
                    == ["notes.1", "notes.2", "notes.3", "notes.4", "notes.5", "notes.slow", "notes.later"])
            // Otherwise what somebody inserts is never found.
            #expect(try await platform.database.rows("SELECT is_rescan FROM {kernel.audit_sealer}") == [["f"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func entriesFromBeforeTheChainAreSealedToo(_ engine: TestEngine) async throws {
        let all = KernelSchema.history.migrations
        let before = MigrationHistory(.kernel, Array(all.prefix { $0.name != "audit chain" }))
        try await withTestDatabase(engine, migrations: [before]) { test in
            let database = test.database(in: .kernel)
            let organization = OrganizationID(high: 5, low: 5)
            try await database.write(in: .organization(organization)) { tx in
                for number in 1...3 {
                    try tx.execute(
                        """
                        INSERT INTO \(AuditTrail.table) (organization_id, id, at, actor, action, is_success, canonical)
                        VALUES (\(organization), \(ID<AuditEntry>(high: 1, low: UInt64(number))), \(tx.now), \("a"),
                            \("old-\(number)"), \(true), \([UInt8(number)]))
                        """)
                }
            }
            _ = try await Migrator([KernelSchema.history], roles: RoleSetup()).migrate(test.engine, now: test.clock.now)
            let sealer = AuditSealer(test.database(in: .kernel))
            func sealed() async throws -> [String] {
                try await database.read(in: .organization(organization)) { tx in
                    try tx.values(
                        """
                        SELECT action FROM \(AuditSeal.table) WHERE organization_id = \(organization) ORDER BY position
                        """)
                }
            }
            for _ in 0..<5_000 where try await sealed().count < 3 { try await sealer.sealAll() }

            #expect(try await sealed() == ["old-1", "old-2", "old-3"])
        }
    }
}
