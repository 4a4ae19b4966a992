import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Bringing a database up to date, on both engines.
struct MigratorTests {
    private static let room = Namespace("garden")
    private static let beds = Table(Self.room, "bed")

    private static let first = Migration(1, "beds") {
        CreateTable(Self.beds) {
            Column("id", .integer)
            Column("name", .text)
            PrimaryKey("id")
        }
    }
    private static let second = Migration(2, "beds have a width") {
        AddColumn(Column("width", .integer, default: "100"), to: Self.beds)
        AddColumn(Column("note", .text, optional: true), to: Self.beds)
    }
    private static let third = Migration(3, "find beds by name", kind: .concurrentIndex) {
        CreateIndex(on: Self.beds, "name", unique: true)
    }

    private static func migrator(_ migrations: [Migration]) -> Migrator {
        Migrator([MigrationHistory(Self.room, migrations)], roles: RoleSetup())
    }

    private func migrate(_ test: TestDatabase, _ migrations: [Migration]) async throws -> [AppliedMigration] {
        try await Self.migrator(migrations).migrate(test.engine, now: TestClock.start)
    }

    private static func addBed(_ id: Int, _ name: String, _ tx: Transaction) throws {
        try tx.execute("INSERT INTO \(Self.beds) (organization_id, id, name) VALUES (\(Shop.north), \(id), \(name))")
    }

    @Test(arguments: TestEngine.allCases)
    func appliesWhatIsMissingAndOnlyOnce(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            let one = try await self.migrate(test, [Self.first])
            let rest = try await self.migrate(test, [Self.first, Self.second, Self.third])
            let nothing = try await self.migrate(test, [Self.first, Self.second, Self.third])

            #expect(one == [AppliedMigration(plugin: "garden", number: 1, name: "beds")])
            #expect(rest.map(\.number) == [2, 3])
            #expect(nothing == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rowsThatExistGetTheDefaultOfANewColumn(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            _ = try await self.migrate(test, [Self.first])
            let database = test.database(in: Self.room)
            try await database.write(in: .organization(Shop.north)) { try Self.addBed(1, "roses", $0) }

            _ = try await self.migrate(test, [Self.first, Self.second])
            let width = try await database.read(in: .organization(Shop.north)) { tx in
                try tx.value(
                    "SELECT width FROM \(Self.beds) WHERE organization_id = \(Shop.north) AND note IS NULL",
                    as: Int.self)
            }
            #expect(width == 100)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anIndexBuiltBesideWritersWorks(_ engine: TestEngine) async throws {
        let history = MigrationHistory(Self.room, [Self.first, Self.second, Self.third])
        try await withTestDatabase(engine, migrations: [history]) { test in
            let error = await failure {
                try await test.database(in: Self.room).write(in: .organization(Shop.north)) { tx in
                    try Self.addBed(1, "roses", tx)
                    try Self.addBed(2, "roses", tx)
                }
            }
            #expect(error?.storageError?.constraint == "bed_name_key")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anIndexThatCouldNotBeBuiltIsBuiltAnewTheNextTime(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            _ = try await self.migrate(test, [Self.first, Self.second])
            let database = test.database(in: Self.room)
            try await database.write(in: .organization(Shop.north)) { tx in
                try Self.addBed(1, "roses", tx)
                try Self.addBed(2, "roses", tx)
            }

            let refused = await failure { _ = try await self.migrate(test, [Self.first, Self.second, Self.third]) }
            try await database.write(in: .organization(Shop.north)) { tx in
                _ = try tx.execute("DELETE FROM \(Self.beds) WHERE organization_id = \(Shop.north) AND id = \(2)")
            }
            let applied = try await self.migrate(test, [Self.first, Self.second, Self.third])
            let again = await failure {
                try await database.write(in: .organization(Shop.north)) { try Self.addBed(2, "roses", $0) }
            }

            #expect(storageCode(of: refused) == .uniqueViolation)
            #expect(applied.map(\.number) == [3])
            #expect(storageCode(of: again) == .uniqueViolation)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tellsHowFarItIs(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            let migrator = Self.migrator([Self.first, Self.second])
            let before = try await migrator.status(test.engine, now: TestClock.start)
            let isThere = try await test.engine.maintain { try MigrationLedger($0).exists }
            _ = try await self.migrate(test, [Self.first])
            let between = try await migrator.status(test.engine, now: TestClock.start)

            #expect(!isThere)
            #expect(
                before == [MigrationStatus(plugin: "garden", applied: 0, pending: ["1 beds", "2 beds have a width"])])
            #expect(between == [MigrationStatus(plugin: "garden", applied: 1, pending: ["2 beds have a width"])])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func editedHistoryIsRefused(_ engine: TestEngine) async throws {
        let edited = Migration(1, "beds and paths") {
            CreateTable(Self.beds) {
                Column("id", .integer)
                Column("name", .text, optional: true)
                PrimaryKey("id")
            }
        }
        try await withTestDatabase(engine) { test in
            _ = try await self.migrate(test, [Self.first])

            let error = await failure { _ = try await self.migrate(test, [edited, Self.second]) }
            let status = try await Self.migrator([Self.first, Self.second]).status(test.engine, now: TestClock.start)

            #expect(storageCode(of: error) == .migrationHistory)
            #expect(
                error?.storageError?.message == """
                    migration 1 (beds and paths) of garden was changed after it had been applied here as "beds". An \
                    applied migration stays as it is: undo the edit and add a new migration instead
                    """)
            #expect(status.first?.pending == ["2 beds have a width"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherNameAloneIsNoEdit(_ engine: TestEngine) async throws {
        let renamed = Migration(1, "flower beds") {
            CreateTable(Self.beds) {
                Column("id", .integer)
                Column("name", .text)
                PrimaryKey("id")
            }
        }
        try await withTestDatabase(engine) { test in
            _ = try await self.migrate(test, [Self.first])
            let applied = try await self.migrate(test, [renamed])
            #expect(applied == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDatabaseOfANewerProgramIsRefused(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            _ = try await self.migrate(test, [Self.first, Self.second])

            let error = await failure { _ = try await self.migrate(test, [Self.first]) }

            #expect(
                error?.storageError?.message == """
                    this database has migration 2 ("beds have a width") of garden, which this program does not know: it \
                    was migrated by a newer version. Start that version, or restore a backup made before it
                    """)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aGapInTheNumbersIsRefused(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            let error = await failure { _ = try await self.migrate(test, [Self.first, Self.third]) }
            let rest = try await self.migrate(test, [Self.first])

            #expect(error?.storageError?.message == "garden declares migration 3 where 2 was expected")
            #expect(rest.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFailureLeavesNothingOfItsMigrationAndSaysWhichOne(_ engine: TestEngine) async throws {
        let broken = Migration(2, "paths") {
            AddColumn(Column("width", .integer, default: "100"), to: Self.beds)
            UnsafeSQL(sqlite: ["INSERT INTO nowhere VALUES (1)"], postgres: ["INSERT INTO nowhere VALUES (1)"])
        }
        try await withTestDatabase(engine) { test in
            let error = await failure { _ = try await self.migrate(test, [Self.first, broken]) }
            // Would fail if the column of the broken one were there.
            let applied = try await self.migrate(test, [Self.first, Self.second])

            #expect(message(of: error).hasPrefix("statement: migration 2 (paths) of garden: "))
            #expect(message(of: error).contains("nowhere"))
            #expect(applied.map(\.number) == [2])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoThatStartAtOnceApplyEachMigrationOnce(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            // On SQLite a second process is refused by the lock of the file; within one both use one engine.
            let other = engine == .postgres ? try test.openAgain() : test.engine
            let migrator = Self.migrator([Self.first, Self.second, Self.third])
            async let one = migrator.migrate(test.engine, now: TestClock.start)
            async let two = migrator.migrate(other, now: TestClock.start)
            let applied = try await [one, two]
            if engine == .postgres { await other.close() }

            #expect(applied.map(\.count).sorted() == [0, 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func namesWithQuotesAreKept(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine) { test in
            let quoted = Migration(1, "the gardener's beds") { UnsafeSQL(sqlite: [], postgres: []) }
            _ = try await self.migrate(test, [quoted])
            let rows = try await test.rows("SELECT name FROM {kernel.migration}")
            #expect(rows == [["the gardener's beds"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tablesOfThePluginKeepOrganizationsApart(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: [MigrationHistory(Self.room, [Self.first])]) { test in
            guard engine == .postgres else { return }
            let rows = try await test.rows(
                "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'garden.bed'::regclass")
            #expect(rows == [["t", "t"]])
        }
    }
}
