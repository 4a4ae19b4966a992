import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Backfills and contracts of a deployment whose hosts change over from one program to the next.
struct MigrationUpkeepTests {
    private static let room = Namespace("garden")
    private static let beds = Table(Self.room, "bed")
    private static let fold = Column("name_fold", .text, optional: true)

    private static let old = [
        Migration(1, "beds") {
            CreateTable(Self.beds) {
                Column("id", .integer)
                Column("name", .text)
                PrimaryKey("id")
            }
        }
    ]
    private static let new =
        Self.old + [
            Migration(2, "fold keys") { AddColumn(Self.fold, to: Self.beds) },
            Migration(
                3, "fill the fold keys",
                backfill: Backfill("fold", of: Self.beds, set: "name_fold = lower(name)", where: "name_fold IS NULL")),
            Migration(4, "names go", kind: .contract, after: ["fold"]) {
                SetNotNull(Self.fold, of: Self.beds)
                DropColumn(Column("name", .text), from: Self.beds)
            },
        ]

    private static func histories(_ migrations: [Migration]) -> [MigrationHistory] {
        [KernelSchema.history, MigrationHistory(Self.room, migrations)]
    }

    private static func host(_ process: Int, _ levels: MigrationLevels) -> ServingHost.Description {
        ServingHost.Description(
            machine: "web", process: process, version: process == 1 ? "1.0.0" : "2.0.0", manifest: "aa",
            migrations: levels)
    }

    private func withBeds(_ engine: TestEngine, _ body: (TestDatabase, Database) async throws -> Void) async throws {
        try await withTestDatabase(engine, migrations: Self.histories(Self.old)) { test in
            let database = test.database(in: Self.room)
            for organization in [UInt64(0xA), 0xB].map({ OrganizationID(high: 1, low: $0) }) {
                try await database.write(in: .organization(organization)) { tx in
                    for number in 1...3 {
                        try tx.execute(
                            """
                            INSERT INTO \(Self.beds) (organization_id, id, name)
                            VALUES (\(organization), \(number), 'Rose')
                            """)
                    }
                }
            }
            _ = try await Migrator(Self.histories(Self.new), roles: RoleSetup(), gate: HostRegistry.gate)
                .migrate(test.engine, now: TestClock.start, contracts: false)
            try await body(test, test.database(in: .kernel))
        }
    }

    private func upkeep(_ database: Database) -> MigrationUpkeep {
        MigrationUpkeep(Self.histories(Self.new), database, logger: SilentLog.logger)
    }

    private func columns(_ test: TestDatabase) async throws -> [String?] {
        let query =
            test.kind == .postgres
            ? """
            SELECT attname FROM pg_attribute
            WHERE attrelid = 'garden.bed'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """ : "SELECT name FROM pragma_table_info('garden_bed') ORDER BY cid"
        return try await test.rows(query).map { $0[0] }
    }

    @Test(arguments: TestEngine.allCases)
    func waitsForTheOldHostsThenFillsThenRemoves(_ engine: TestEngine) async throws {
        try await self.withBeds(engine) { test, database in
            let former = HostPresence(
                Self.host(1, MigrationLevels(Self.histories(Self.old))), database, logger: SilentLog.logger)
            let latter = HostPresence(
                Self.host(2, MigrationLevels(Self.histories(Self.new))), database, logger: SilentLog.logger)
            try await former.step()
            try await latter.step()
            let upkeep = self.upkeep(database)
            let waiting = try await upkeep.step(isPaced: false)
            let untouched = try await test.rows("SELECT count(*) FROM {garden.bed} WHERE name_fold IS NOT NULL")
            try await former.leave()
            let applied = try await upkeep.finish()

            #expect(!waiting.hasMore)
            #expect(waiting.applied.isEmpty)
            #expect(waiting.obstacles.count == 1)
            #expect(waiting.obstacles.first?.contains("web process 1, version 1.0.0") == true)
            #expect(waiting.obstacles.first?.contains("process 2") == false)
            #expect(untouched == [["0"]])
            #expect(applied.map(\.number) == [3, 4])
            #expect(try await self.columns(test) == ["organization_id", "id", "name_fold"])
            #expect(try await test.rows("SELECT count(*) FROM {garden.bed} WHERE name_fold = 'rose'") == [["6"]])
        }
    }

    /// An old host that came while rows were filled holds up the contract.
    @Test(arguments: TestEngine.allCases)
    func aContractWaitsForAnOldHostByItself(_ engine: TestEngine) async throws {
        try await self.withBeds(engine) { test, database in
            // The backfill is complete, the contract is not: as after a batch that ended just now.
            let histories = [KernelSchema.history, MigrationHistory(Self.room, Array(Self.new.prefix(3)))]
            _ = try await MigrationUpkeep(histories, database, logger: SilentLog.logger).finish()
            // Of a program from before there were levels.
            let former = HostPresence(Self.host(1, MigrationLevels()), database, logger: SilentLog.logger)
            try await former.step()
            let nothing = try await self.upkeep(database).finish()
            let before = try await self.columns(test)
            // It was killed and is not heard of any more.
            try await database.write(in: .system(SystemScope("test"))) { tx in
                try tx.execute("UPDATE \(HostRegistry.table) SET seen_at = seen_at - 61000000")
            }
            let applied = try await self.upkeep(database).finish()

            #expect(nothing.isEmpty)
            #expect(before == ["organization_id", "id", "name", "name_fold"])
            #expect(applied.map(\.number) == [4])
        }
    }

    @Test func levelsAreReadAsTheyWereWritten() {
        let levels = MigrationLevels(Self.histories(Self.new))
        #expect(MigrationLevels(text: levels.text) == levels)
        #expect(levels.knows(4, of: Self.room))
        #expect(!levels.knows(5, of: Self.room))
        #expect(!levels.knows(1, of: Namespace("shed")))
        for text in [nil, "", "garden", "garden=x", "garden==4"] {
            #expect(!MigrationLevels(text: text).knows(1, of: Self.room))
        }
    }
}
