import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Stamps that the database moves when rows change.
struct StampChangesTests {
    private static let room = Namespace("shelf")
    private static let books = Table(Self.room, "book")
    private static let stamps = Table(Self.room, "book_stamp")

    private static let tables = Migration(1, "books") {
        CreateTable(Self.books) {
            Column("id", .integer)
            Column("shelf", .uuid)
            Column("title", .text)
            PrimaryKey("id")
        }
        CreateTable(Self.stamps) {
            Column("shelf", .uuid)
            Column("stamp", .uuid)
            PrimaryKey("shelf")
        }
    }
    private static let triggers = Migration(2, "stamps") {
        StampChanges(of: Self.books, by: "shelf", in: Self.stamps)
    }
    private static let history = MigrationHistory(Self.room, [Self.tables, Self.triggers])

    private static let organization = OrganizationID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_000A)
    private static let other = OrganizationID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_000B)

    private enum Shelf: UInt64, CaseIterable {
        case upper = 1
        case lower = 2
        case empty = 3

        var id: ID<Shelf> { ID(high: 0, low: self.rawValue) }
    }

    private enum Stamp {}

    /// The stamps of an organization, by shelf.
    private static func stamps(
        _ database: Database, of organization: OrganizationID = Self.organization
    ) async throws -> [UInt64: ID<Stamp>] {
        try await database.read(in: .organization(organization)) { tx in
            var stamps: [UInt64: ID<Stamp>] = [:]
            try tx.forEach("SELECT shelf, stamp FROM \(Self.stamps) WHERE organization_id = \(organization)") { row in
                let shelf: ID<Shelf> = try row.next()
                stamps[shelf.low] = try row.next()
            }
            return stamps
        }
    }

    private static func write(
        _ database: Database, _ sql: [SQL], in organization: OrganizationID = Self.organization
    ) async throws {
        try await database.write(in: .organization(organization)) { tx in
            for statement in sql { _ = try tx.execute(statement) }
        }
    }

    private static func insert(_ books: [(Int, Shelf)], in organization: OrganizationID = Self.organization) -> SQL {
        let rows = books.map { id, shelf -> SQL in "(\(organization), \(id), \(shelf.id), \("a title"))" }
        return """
            INSERT INTO \(Self.books) (organization_id, id, shelf, title) VALUES \(SQL.joined(rows, by: ", "))
            """
    }

    private static func own(_ condition: SQL) -> SQL { "organization_id = \(Self.organization) AND \(condition)" }

    private func withShelves(_ engine: TestEngine, _ body: (TestDatabase, Database) async throws -> Void) async throws {
        try await withTestDatabase(engine, migrations: [Self.history]) { test in
            try await body(test, test.database(in: Self.room, rehearses: false))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func everyChangeMovesTheStampsOfItsRowsAndNoOthers(_ engine: TestEngine) async throws {
        try await self.withShelves(engine) { _, database in
            try await Self.write(database, [Self.insert([(1, .upper), (2, .lower), (3, .upper)])])
            var last = try await Self.stamps(database)
            #expect(Set(last.keys) == [1, 2])
            #expect(last[1] != nil)

            func moved(by statement: SQL) async throws -> Set<UInt64> {
                try await Self.write(database, [statement])
                let next = try await Self.stamps(database)
                defer { last = next }
                return Set(next.keys.filter { next[$0] != last[$0] })
            }
            #expect(try await moved(by: Self.insert([(4, .lower)])) == [2])
            #expect(try await moved(by: Self.insert([(5, .empty), (6, .upper)])) == [1, 3])
            let renamed: SQL = "UPDATE \(Self.books) SET title = title WHERE \(Self.own("id = 1"))"
            #expect(try await moved(by: renamed) == [1])
            let carried: SQL = """
                UPDATE \(Self.books) SET shelf = \(Shelf.lower.id) WHERE \(Self.own("id = 5"))
                """
            #expect(try await moved(by: carried) == [2, 3])
            #expect(try await moved(by: "DELETE FROM \(Self.books) WHERE \(Self.own("id IN (4, 6)"))") == [1, 2])
            #expect(try await moved(by: "DELETE FROM \(Self.books) WHERE \(Self.own("id = 99"))").isEmpty)
            #expect(try await Self.stamps(database, of: Self.other).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func organizationsHaveStampsOfTheirOwn(_ engine: TestEngine) async throws {
        try await self.withShelves(engine) { _, database in
            try await Self.write(database, [Self.insert([(1, .upper)])])
            let before = try await Self.stamps(database)
            try await Self.write(database, [Self.insert([(1, .upper)], in: Self.other)], in: Self.other)

            #expect(try await Self.stamps(database) == before)
            let theirs = try await Self.stamps(database, of: Self.other)
            #expect(theirs.count == 1 && theirs[1] != before[1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsUndoneMovesNothing(_ engine: TestEngine) async throws {
        struct Regret: Error {}
        try await self.withShelves(engine) { _, database in
            try await Self.write(database, [Self.insert([(1, .upper)])])
            let before = try await Self.stamps(database)
            await #expect(throws: Regret.self) {
                try await database.write(in: .organization(Self.organization)) { tx in
                    _ = try tx.execute(Self.insert([(2, .upper)]))
                    throw Regret()
                }
            }
            #expect(try await Self.stamps(database) == before)

            // A part is undone, the rest is kept: the stamp is moved once more than before.
            try await database.write(in: .organization(Self.organization)) { tx in
                try? tx.savepoint {
                    _ = try tx.execute(Self.insert([(3, .upper)]))
                    throw Regret()
                }
                _ = try tx.execute(Self.insert([(4, .lower)]))
            }
            let after = try await Self.stamps(database)
            #expect(after[1] == before[1] && after[2] != nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyStatementsOfATransactionMoveAStampToo(_ engine: TestEngine) async throws {
        try await self.withShelves(engine) { _, database in
            try await Self.write(database, [Self.insert([(1, .upper)])])
            let before = try await Self.stamps(database)
            try await Self.write(database, (2..<40).map { Self.insert([($0, .upper), (100 + $0, .lower)]) })
            let after = try await Self.stamps(database)
            #expect(after.count == 2 && after[1] != before[1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theTriggersCanBeTakenAway(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: [MigrationHistory(Self.room, [Self.tables])]) { test in
            func histories(_ migrations: [Migration]) -> [MigrationHistory] {
                [MigrationHistory(.kernel, []), MigrationHistory(Self.room, migrations)]
            }
            let now = test.clock.now
            _ = try await Migrator(histories([Self.tables]), roles: RoleSetup()).migrate(test.engine, now: now)
            let before = try await test.schemaText()
            let all = histories([Self.tables, Self.triggers])
            _ = try await Migrator(all, roles: RoleSetup()).migrate(test.engine, now: now)
            let after = try await test.schemaText()
            let report = try await MigrationUndo(all) { _, _ in [] }
                .run(test.engine, .behind(1, of: "shelf"), now: now, acceptsLoss: false)

            #expect(after != before)
            #expect(report.undone.map(\.number) == [2])
            #expect(try await test.schemaText() == before)
        }
    }

    /// They say something of the database in which they are; there they are written when rows come.
    @Test func stampsAreNotMovedToAnotherDatabase() async throws {
        let tables = [Self.history].storedTables
        #expect(tables.map(\.isOwnWork) == [false, true])
        try await withTemporaryFolder { folder in
            func file(_ name: String) async throws -> String {
                let path = folder.file(name)
                let engine = try SQLiteEngine(SQLiteConfiguration(path: path, purpose: "test"))
                _ = try await Migrator([Self.history], roles: nil).migrate(engine, now: TestClock.start)
                await engine.close()
                return path
            }
            let (first, last) = (try await file("first.sqlite"), try await file("last.sqlite"))
            let rows = (0..<450).map { (index: Int64) -> [SQLValue] in
                [
                    Self.organization.sqlValue, .integer(index), Shelf.allCases[Int(index) % 2].id.sqlValue,
                    .text("a title"),
                ]
            }
            try SQLiteBackup.fill(first) { try $0.insert(rows, into: tables[0]) }
            let moved = try SQLiteBackup.read(first) { source in
                try SQLiteBackup.fill(last) { try TableCopy(tables).run(from: source, to: $0) }
            }
            #expect(moved.map(\.rows) == [450])
            #expect(try SQLiteBackup.read(last) { try $0.count(of: tables[1]) } == 2)

            try await withTestDatabase(.postgres, migrations: [Self.history]) { database in
                let side = try database.side
                let there = try SQLiteBackup.read(first) { source in
                    try side.write { target in
                        let moved = try TableCopy(tables).run(from: source, to: target)
                        return (moved, try target.count(of: tables[1]))
                    }
                }
                #expect(there.0 == moved && there.1 == 2)
            }
        }
    }
}
