import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Taking back what was applied last.
struct MigrationUndoTests {
    private static let width = Column("width", .integer, default: "7")
    private static let third = Migration(3, "paths and widths") {
        CreateTable(Garden.plants) {
            Column("id", .uuid)
            Column("bed_id", .integer)
            PrimaryKey("id")
            ForeignKey("bed_id", references: Garden.beds)
        }
        AddColumn(Self.width, to: Garden.beds)
        AddColumn(Column("seen_on", .date, optional: true), to: Garden.beds)
        CreateIndex(on: Garden.beds, "name", where: "width > 1")
        UnsafeSQL(
            sqlite: ["CREATE INDEX garden_odd ON garden_bed (id)"],
            postgres: ["CREATE INDEX garden_odd ON garden.bed (id)"],
            undoing: UnsafeSQL.Undoing(sqlite: ["DROP INDEX garden_odd"], postgres: ["DROP INDEX garden.garden_odd"]))
    }
    private static let fourth = Migration(4, "find beds", kind: .concurrentIndex) {
        CreateIndex(on: Garden.beds, "name_fold")
    }
    private static let fifth = Migration(5, "every bed has a fold key", kind: .contract) {
        SetNotNull(Garden.fold, of: Garden.beds)
    }
    private static let all = [Garden.first, Garden.second, Self.third, Self.fourth, Self.fifth]

    private func undo(
        _ garden: Garden, _ migrations: [Migration], _ choice: MigrationUndo.Choice, acceptsLoss: Bool = false,
        hosts: [String] = []
    ) async throws -> MigrationUndo.Report {
        try await MigrationUndo(Garden.histories(migrations)) { _, _ in hosts }
            .run(garden.test.engine, choice, now: garden.test.clock.now, acceptsLoss: acceptsLoss)
    }

    private func withFilledGarden(_ engine: TestEngine, _ body: (Garden) async throws -> Void) async throws {
        try await withGarden(engine) { garden in
            let beds = engine == .postgres ? "garden.bed" : "garden_bed"
            try await garden.test.run("UPDATE \(beds) SET name_fold = name")
            try await body(garden)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSchemaIsWhatItWas(_ engine: TestEngine) async throws {
        try await self.withFilledGarden(engine) { garden in
            // PostgreSQL's dump is of columns in order, SQLite's text is the declaration itself.
            let before = try await garden.test.schemaText()
            try await garden.migrate(Self.all)
            let after = try await garden.test.schemaText()
            let report = try await self.undo(garden, Self.all, .behind(2, of: "garden"))
            let undone = try await garden.test.schemaText()
            let rows = try await garden.test.rows(
                "SELECT number FROM {kernel.migration} WHERE plugin = 'garden' ORDER BY 1")
            try await garden.migrate(Self.all)
            let again = try await garden.test.schemaText()

            #expect(report.undone.map(\.number) == [5, 4, 3])
            #expect(report.lost.isEmpty)
            #expect(before != after)
            #expect(undone.unquoted == before)
            #expect(rows == [["1"], ["2"]])
            #expect(again == after)
            #expect(try await garden.count("SELECT count(*) FROM {garden.bed} WHERE name_fold = name") == 42)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theLastOnesComeFirst(_ engine: TestEngine) async throws {
        try await self.withFilledGarden(engine) { garden in
            garden.test.clock.advance(seconds: 60)
            try await garden.migrate(Self.all)
            let one = try await self.undo(garden, Self.all, .last(1))
            let two = try await self.undo(garden, Self.all, .last(2))

            #expect(one.undone.map(\.number) == [5])
            #expect(two.undone.map(\.number) == [4, 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWouldBeLostIsToldFirst(_ engine: TestEngine) async throws {
        try await self.withFilledGarden(engine) { garden in
            try await garden.migrate(Self.all)
            try await garden.database.write(in: .organization(Shop.south)) { tx in
                try tx.execute(
                    "UPDATE \(Garden.beds) SET width = 9 WHERE organization_id = \(Shop.south) AND id <= 3")
                try tx.execute(
                    """
                    INSERT INTO \(Garden.plants) (organization_id, id, bed_id)
                    VALUES (\(Shop.south), \(tx.id(Garden.self)), 1)
                    """)
            }
            let before = try await garden.test.schemaText()
            let refused = await failure { _ = try await self.undo(garden, Self.all, .behind(0, of: "garden")) }
            let untouched = try await garden.test.schemaText()
            let part = try await self.undo(garden, Self.all, .behind(2, of: "garden"), acceptsLoss: true)

            #expect(
                refused?.storageError?.message == """
                    undoing garden 5 every bed has a fold key, garden 4 find beds, garden 3 paths and widths, garden 2 \
                    fold keys, garden 1 beds loses 1 rows of garden.plant, 42 rows of garden.bed: say --yes if that is \
                    meant
                    """)
            #expect(untouched == before)
            #expect(part.lost == ["width of 3 rows of garden.bed", "1 rows of garden.plant"])
            #expect(try await garden.count("SELECT count(*) FROM {garden.bed}") == 42)
        }
    }

    /// The second of two migrations cannot be undone, and the message says so before the first one is.
    @Test(arguments: TestEngine.allCases)
    func whatCannotBeUndoneSaysSoBeforeAnythingIsChanged(_ engine: TestEngine) async throws {
        let all = [
            Garden.first, Garden.second,
            Migration(3, "no way back") { UnsafeSQL(sqlite: ["SELECT 1"], postgres: ["SELECT 1"]) },
            Migration(4, "notes") { AddColumn(Column("note", .text, optional: true), to: Garden.beds) },
        ]
        try await self.withFilledGarden(engine) { garden in
            try await garden.migrate(all)
            let before = try await garden.test.schemaText()
            let error = await failure { _ = try await self.undo(garden, all, .last(2)) }
            #expect(message(of: error).contains("garden 3 no way back cannot be undone"))
            #expect(try await garden.test.schemaText() == before)
            #expect(try await garden.status(all).applied == 4)
        }
    }

    /// The database refuses a step in the middle: nothing of its migration stays undone.
    @Test(arguments: TestEngine.allCases)
    func aMigrationIsUndoneAsAWholeOrNotAtAll(_ engine: TestEngine) async throws {
        try await self.withFilledGarden(engine) { garden in
            try await garden.migrate([Garden.first, Garden.second, Self.third])
            // What somebody else has built on one of the columns, which is dropped last.
            try await garden.test.run(
                engine == .postgres
                    ? "CREATE VIEW garden.wide AS SELECT bed_id FROM garden.plant"
                    : "CREATE TRIGGER odd AFTER INSERT ON garden_visit BEGIN DELETE FROM garden_plant; END; "
                        + "CREATE VIEW wide AS SELECT width FROM garden_bed")
            let before = try await garden.test.schemaText()
            let error = await failure {
                _ = try await self.undo(
                    garden, [Garden.first, Garden.second, Self.third], .last(1), acceptsLoss: true)
            }
            #expect(message(of: error).contains("garden 3 paths and widths cannot be undone: "))
            #expect(try await garden.test.schemaText() == before)
            #expect(try await garden.status([Garden.first, Garden.second, Self.third]).applied == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func refusesWhileProgramsServeAndWhatItDoesNotKnow(_ engine: TestEngine) async throws {
        let other = Migration(2, "other") { AddColumn(Column("odd", .text, optional: true), to: Garden.beds) }
        let edited = [Garden.first, other]
        try await self.withFilledGarden(engine) { garden in
            let serving = await failure {
                _ = try await self.undo(garden, [Garden.first, Garden.second], .last(1), hosts: ["web process 7"])
            }
            let changed = await failure { _ = try await self.undo(garden, edited, .last(1), acceptsLoss: true) }
            let stranger = await failure {
                _ = try await self.undo(garden, [Garden.first, Garden.second], .behind(1, of: "gardens"))
            }
            let status = try await garden.status([Garden.first, Garden.second])

            #expect(message(of: serving).contains("end web process 7 first"))
            #expect(message(of: changed).contains("Put its declaration back"))
            #expect(message(of: stranger).contains("there is no plugin gardens: there are kernel, garden"))
            #expect(status.applied == 2)
        }
    }

    /// A backfill that was under way begins anew when what it fills is there again.
    @Test(arguments: TestEngine.allCases)
    func aBackfillUnderWayIsForgotten(_ engine: TestEngine) async throws {
        try await withGarden(engine) { garden in
            try await garden.migrate(Garden.all)
            for _ in 0..<3 { _ = try await garden.runner(Garden.all).step(isPaced: false) }
            let report = try await self.undo(garden, Garden.all, .last(1), acceptsLoss: true)
            #expect(report.undone.map(\.number) == [2])
            #expect(report.lost == ["name_fold of 20 rows of garden.bed"])
            #expect(try await garden.count("SELECT count(*) FROM {kernel.backfill}") == 0)

            try await garden.migrate(Garden.all)
            try await garden.finish(garden.runner(Garden.all))
            #expect(try await garden.unfilled() == 0)
        }
    }
}

extension String {
    /// SQLite quotes the name of a table that it has renamed.
    fileprivate var unquoted: String {
        self.replacing("CREATE TABLE \"garden_bed\" (", with: "CREATE TABLE garden_bed (")
    }
}
