import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Moving rows between engines.
struct TableCopyTests {
    @Test
    func carriesEveryValueThereAndBack() async throws {
        try await withTemporaryFolder { folder in
            let first = try await Depot.makeFile(folder, "first.sqlite")
            let last = try await Depot.makeFile(folder, "last.sqlite")
            try SQLiteBackup.fill(first) { try Depot.fill($0) }
            try await withTestDatabase(.postgres, migrations: [Depot.history]) { database in
                let (side, copy) = (try database.side, TableCopy(Depot.tables))

                let there = try SQLiteBackup.read(first) { source in
                    try side.write { try copy.run(from: source, to: $0) }
                }
                let back = try side.read { source in
                    try SQLiteBackup.fill(last) { try copy.run(from: source, to: $0) }
                }

                #expect(there == back)
                #expect(there.map(\.rows) == [3, 3, 450, 4])
                #expect(try SQLiteBackup.read(last) { try $0.digests(of: Depot.tables) } == there)
                let (before, after) = (try Self.samples(first), try Self.samples(last))
                #expect(before.count == 3)
                for (old, new) in zip(before, after) {
                    // PostgreSQL has its own order of members and spelling of numbers.
                    #expect(old.enumerated().allSatisfy { $0.offset == 9 || $0.element == new[$0.offset] })
                    guard case .text(let one) = old[9], case .text(let other) = new[9] else { continue }
                    #expect(try JSON(stored: one).exactForm == JSON(stored: other).exactForm)
                }
            }
        }
    }

    private static func samples(_ path: String) throws -> [[SQLValue]] {
        let table = try #require(Depot.tables.first { $0.name == "depot.sample" })
        return try SQLiteBackup.read(path) { connection in
            var rows: [[SQLValue]] = []
            try connection.forEachRow(of: table, in: .key) { rows.append($0) }
            return rows
        }
    }

    @Test
    func keepsTheOrderOfCommits() async throws {
        try await withTemporaryFolder { folder in
            let first = try await Depot.makeFile(folder, "first.sqlite")
            let last = try await Depot.makeFile(folder, "last.sqlite")
            try SQLiteBackup.fill(first) { try Depot.fill($0) }
            try SQLiteBackup.read(first) { source in
                _ = try SQLiteBackup.fill(last) { try TableCopy(Depot.tables).run(from: source, to: $0) }
            }

            let words = try SQLiteBackup.read(last) {
                try $0.rows("SELECT word FROM depot_line ORDER BY commit_mark").compactMap { $0.first }
            }
            #expect(words == ["5", "3", "9", "1"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keepsNothingWhenTheSidesDiffer(_ engine: TestEngine) async throws {
        try await withTemporaryFolder { folder in
            let first = try await Depot.makeFile(folder, "first.sqlite")
            try SQLiteBackup.fill(first) { try Depot.fill($0) }
            // A row that stands there already makes the sides differ.
            let stray: [SQLValue] = [.text("stray"), .integer(1)]
            func attempt(_ target: any RowConnection) throws {
                try target.insert([stray], into: Depot.tables[0])
                try SQLiteBackup.read(first) { _ = try TableCopy(Depot.tables).run(from: $0, to: target) }
            }
            switch engine {
            case .sqlite:
                let last = try await Depot.makeFile(folder, "last.sqlite")
                #expect(throws: StorageError.self) { try SQLiteBackup.fill(last) { try attempt($0) } }
                #expect(try SQLiteBackup.read(last) { try $0.count(of: Depot.tables[0]) } == 0)
            case .postgres:
                try await withTestDatabase(.postgres, migrations: [Depot.history]) { database in
                    let side = try database.side
                    let error = #expect(throws: StorageError.self) { try side.write { try attempt($0) } }
                    #expect(error?.message.contains("depot.user is not the same on both sides") == true)
                    #expect(try side.read { try $0.count(of: Depot.tables[0]) } == 0)
                }
            }
        }
    }

    @Test
    func putsReplacementsInsteadOfRows() async throws {
        try await withTemporaryFolder { folder in
            let first = try await Depot.makeFile(folder, "first.sqlite")
            let last = try await Depot.makeFile(folder, "last.sqlite")
            try SQLiteBackup.fill(first) { try Depot.fill($0) }
            let copy = TableCopy(
                Depot.tables, replacing: [.init(Depot.users, rows: [["name": .text("only"), "rank": .integer(7)]])])
            let moved = try SQLiteBackup.read(first) { source in
                try SQLiteBackup.fill(last) { try copy.run(from: source, to: $0) }
            }

            #expect(moved.map(\.table) == ["depot.sample", "depot.part", "depot.line"])
            #expect(try SQLiteBackup.read(last) { try $0.rows("SELECT name FROM depot_user") } == [["only"]])
        }
    }

    @Test
    func refusesWhileSomebodyOfAlmanacIsConnected() async throws {
        try await withTestDatabase(.postgres, migrations: [Depot.history]) { database in
            let side = try database.side
            #expect(throws: Never.self) { try side.read { _ in } }
            // Opens a connection of a pool and keeps it, as a server does.
            try await database.database(in: Depot.room).write(in: .system(SystemScope("connect"))) { tx in
                _ = try tx.value("SELECT 1", as: Int.self)
            }

            let reading = #expect(throws: StorageError.self) { try side.read { _ in } }
            let writing = #expect(throws: StorageError.self) { try side.write { _ in } }

            #expect(reading?.code == .locked)
            #expect(reading?.message.contains("almanac tests, process ") == true)
            #expect(writing?.code == .locked)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func noticesTablesAndColumnsThatNobodyDeclares(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: [Depot.history]) { database in
            func complaint() async throws -> String? {
                try await database.engine.maintain { connection in
                    let rows = try #require(connection as? any RowConnection)
                    let result = Result { try rows.check(Depot.tables, in: [.kernel, Depot.room]) }
                    guard case .failure(let error) = result else { return nil }
                    return error.storageError?.message
                }
            }
            let dot = engine == .postgres ? "." : "_"

            #expect(try await complaint() == nil)
            try await database.run("ALTER TABLE depot\(dot)part ADD COLUMN odd text")
            #expect(try await complaint() == "the column odd of depot.part is not known to this program")
            try await database.run("DROP TABLE depot\(dot)part; CREATE TABLE depot\(dot)stranger (id bigint)")
            #expect(try await complaint() == "the database has no table depot.part, which this program has")
        }
    }
}
