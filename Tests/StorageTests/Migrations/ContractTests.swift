import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// What is removed or demanded when nobody relies on the former state any more.
struct ContractTests {
    /// Two tables with everything that a table may have.
    private static let full = [
        Migration(1, "beds and plants") {
            CreateTable(Garden.beds) {
                Column("id", .uuid)
                Column("nick_name", .text, optional: true)
                Column("name", .text, optional: true)
                Column("is_sunny", .boolean, optional: true)
                Column("width", .integer, default: "7")
                PrimaryKey("id")
                Unique("nick_name")
                Check("width", "width > 0")
            }
            CreateTable(Garden.plants) {
                Column("id", .uuid)
                Column("bed_id", .uuid)
                PrimaryKey("id")
                ForeignKey("bed_id", references: Garden.beds, onDelete: .cascade)
            }
            CreateIndex(on: Garden.beds, "name", "width DESC", where: "width > 1")
            UnsafeSQL(
                sqlite: [
                    """
                    CREATE TRIGGER garden_bed_wide AFTER INSERT ON garden_bed WHEN new.width > 1000
                    BEGIN DELETE FROM garden_plant; END
                    """
                ], postgres: [])
        },
        Migration(2, "beds have a note") { AddColumn(Garden.fold, to: Garden.beds) },
    ]
    private static let demanding = Migration(3, "what must be there", kind: .contract) {
        SetNotNull(Column("name", .text, optional: true), of: Garden.beds)
        SetNotNull(Column("is_sunny", .boolean, optional: true), of: Garden.beds)
        SetNotNull(Garden.fold, of: Garden.beds)
    }

    private func withBeds(_ engine: TestEngine, _ body: (Garden) async throws -> Void) async throws {
        try await withTestDatabase(engine, migrations: Garden.histories(Self.full)) { test in
            let garden = Garden(test)
            for organization in [Shop.north, Shop.south] {
                try await garden.database.write(in: .organization(organization)) { tx in
                    for number in 1...3 {
                        let bed = ID<Garden>(high: 0, low: UInt64(number))
                        try tx.execute(
                            """
                            INSERT INTO \(Garden.beds) (organization_id, id, nick_name, name, is_sunny, name_fold)
                            VALUES (\(organization), \(bed), \("n\(number)"), 'bed', \(true), 'bed')
                            """)
                        try tx.execute(
                            """
                            INSERT INTO \(Garden.plants) (organization_id, id, bed_id)
                            VALUES (\(organization), \(bed), \(bed))
                            """)
                    }
                }
            }
            try await body(garden)
        }
    }

    private func insert(_ garden: Garden, name: String?, width: Int = 7) async -> (any Error)? {
        await failure {
            try await garden.database.write(in: .organization(Shop.north)) { tx in
                _ = try tx.execute(
                    """
                    INSERT INTO \(Garden.beds) (organization_id, id, nick_name, name, is_sunny, width, name_fold)
                    VALUES (\(Shop.north), \(tx.id(Garden.self)), NULL, \(name), \(true), \(width), 'x')
                    """)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasThereIsThereAfterwards(_ engine: TestEngine) async throws {
        try await self.withBeds(engine) { garden in
            let before = try await garden.test.schemaText()
            let rows = try await garden.test.rows("SELECT * FROM {garden.bed} ORDER BY organization_id, id")
            let applied = try await garden.migrate(Self.full + [Self.demanding])
            let after = try await garden.test.schemaText()

            #expect(applied.map(\.number) == [3])
            #expect(try await garden.test.rows("SELECT * FROM {garden.bed} ORDER BY organization_id, id") == rows)
            // Nothing of the other table went with the former one.
            #expect(try await garden.count("SELECT count(*) FROM {garden.plant}") == 6)
            #expect(before.demanding(engine) == after)
            let refused = await self.insert(garden, name: nil)
            let narrow = await self.insert(garden, name: "x", width: 0)
            let fine = await self.insert(garden, name: "x")
            #expect(storageCode(of: refused) == .notNullViolation)
            #expect(storageCode(of: narrow) == .checkViolation)
            #expect(fine == nil)
            try await garden.database.write(in: .organization(Shop.north)) { tx in
                try tx.execute("DELETE FROM \(Garden.beds) WHERE organization_id = \(Shop.north)")
            }
            #expect(try await garden.count("SELECT count(*) FROM {garden.plant}") == 3)
            if engine == .sqlite {
                #expect(try await garden.test.rows("PRAGMA foreign_keys") == [["1"]])
                #expect(await self.insert(garden, name: "wide", width: 2_000) == nil)
                #expect(try await garden.count("SELECT count(*) FROM {garden.plant}") == 0)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rowsWithoutAValueAreCountedAndNothingChanges(_ engine: TestEngine) async throws {
        try await self.withBeds(engine) { garden in
            try await garden.test.run("UPDATE \(engine == .postgres ? "garden.bed" : "garden_bed") SET is_sunny = NULL")
            let before = try await garden.test.schemaText()
            let error = await failure { try await garden.migrate(Self.full + [Self.demanding]) }
            let after = try await garden.test.schemaText()
            let status = try await garden.status(Self.full + [Self.demanding])

            #expect(
                message(of: error).hasPrefix(
                    """
                    notNullViolation: migration 3 (what must be there) of garden: 6 rows of garden.bed have no is_sunny
                    """))
            #expect(status.applied == 2)
            // On PostgreSQL the checks of the other columns wait for the next attempt.
            if engine == .sqlite { #expect(before == after) }
            try await garden.test.run(
                "UPDATE \(engine == .postgres ? "garden.bed SET is_sunny = true" : "garden_bed SET is_sunny = 1")")
            #expect(try await garden.migrate(Self.full + [Self.demanding]).map(\.number) == [3])
            #expect(try await garden.test.schemaText() == before.demanding(engine))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func waitsForItsBackfillAndForOlderPrograms(_ engine: TestEngine) async throws {
        let gate = MigrationGate { _, _, number, _ in number == 4 ? ["web process 7, version 0.9.0"] : [] }
        try await withGarden(engine) { garden in
            let first = try await garden.migrate(Garden.all)
            let before = try await garden.status(Garden.all).outstanding.map(\.obstacle)
            try await garden.finish(garden.runner(Garden.all))
            let gated = try await garden.migrate(Garden.all, gate: gate)
            let reason = try await garden.status(Garden.all, gate: gate).outstanding.map(\.obstacle)
            let later = try await garden.migrate(Garden.all, contracts: false)
            let last = try await garden.migrate(Garden.all)

            #expect(first.isEmpty)
            #expect(before == [nil, "waits for the backfill fold"])
            #expect(gated.isEmpty)
            #expect(reason.count == 1)
            #expect(reason.first??.contains("web process 7, version 0.9.0") == true)
            #expect(later.isEmpty)
            #expect(last.map(\.number) == [4])
        }
    }

    /// Migrations behind a contract that waits are applied, and a contract is no hole in the history.
    @Test(arguments: TestEngine.allCases)
    func holdsUpNothingBehindIt(_ engine: TestEngine) async throws {
        let note = Migration(5, "notes") { AddColumn(Column("note", .text, optional: true), to: Garden.beds) }
        let more = Garden.all + [note]
        try await withGarden(engine) { garden in
            let first = try await garden.migrate(more)
            try await garden.finish(garden.runner(more))
            let rest = try await garden.migrate(more)

            #expect(first.map(\.number) == [5])
            #expect(rest.map(\.number) == [4])
            #expect(try await garden.status(more).applied == 5)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func columnsAndTablesGo(_ engine: TestEngine) async throws {
        let going = Migration(3, "old names go", kind: .contract) {
            DropColumn(Column("name", .text), from: Garden.beds)
            DropTable(Garden.visits)
        }
        try await withGarden(engine) { garden in
            let all = [Garden.first, Garden.second, going]
            try await garden.migrate(all)
            let history = MigrationHistory(Garden.room, all)
            let error = await failure { _ = try await garden.test.rows("SELECT name FROM {garden.bed}") }

            #expect(error != nil)
            #expect(try await garden.count("SELECT count(*) FROM {garden.bed}") == 42)
            #expect(history.layouts.map(\.table) == [Garden.beds])
            #expect(history.layout(of: Garden.beds)?.columns.map(\.name) == ["id", "name_fold"])
            #expect([history].storedTables.map { $0.columns.map(\.name) } == [["organization_id", "id", "name_fold"]])
        }
    }

    /// A long report holds the table: the contract asks for a moment, lets others go on, and says what to do.
    @Test func whatSerializesBehindALongTransactionIsGivenUp() async throws {
        let going = Migration(3, "old names go", kind: .contract) {
            DropColumn(Column("name", .text), from: Garden.beds)
        }
        try await withGarden(.postgres) { garden in
            let (read, free) = (TestSignal(), TestSignal())
            async let report: Int? = garden.database.read(in: .organization(Shop.north)) { tx in
                let count = try tx.value(
                    "SELECT count(*) FROM \(Garden.beds) WHERE organization_id = \(Shop.north)", as: Int.self)
                read.send()
                free.wait()
                return count
            }
            await read.arrives()
            let error = await failure { try await garden.migrate([Garden.first, Garden.second, going]) }
            let status = try await garden.status([Garden.first, Garden.second, going])
            free.send()
            _ = try await report

            #expect(storageCode(of: error) == .timeout)
            #expect(message(of: error).contains("a transaction has held a table for too long"))
            #expect(status.applied == 2)
        }
    }
}

extension String {
    /// The schema with the values that the contract demands, and nothing else changed.
    fileprivate func demanding(_ engine: TestEngine) -> String {
        guard engine == .postgres else {
            return self.replacing(" name TEXT,", with: " name TEXT NOT NULL,")
                .replacing("is_sunny INTEGER CHECK", with: "is_sunny INTEGER NOT NULL CHECK")
                .replacing("name_fold TEXT,", with: "name_fold TEXT NOT NULL,")
                .replacing("CREATE TABLE garden_bed (", with: "CREATE TABLE \"garden_bed\" (")
        }
        let order = "COLLATE pg_catalog.\"C\","
        return self.replacing("\n    name text \(order)", with: "\n    name text NOT NULL \(order)")
            .replacing("is_sunny boolean,", with: "is_sunny boolean NOT NULL,")
            .replacing("name_fold text \(order)", with: "name_fold text NOT NULL \(order)")
    }
}
