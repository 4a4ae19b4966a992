import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacStorage

/// A schema with every kind of column, references, a table called as a word of SQL, and one with commit marks.
enum Depot {
    static let room = Namespace("depot")
    static let users = Table(Self.room, "user", ownership: .deployment)
    static let samples = Table(Self.room, "sample")
    static let parts = Table(Self.room, "part")
    static let lines = Table(Self.room, "line")
    static let gone = Table(Self.room, "gone")

    private static let line = CreateTable(Self.lines) {
        Column("id", .uuid)
        Column("word", .text)
        PrimaryKey("id")
    }

    static let history = MigrationHistory(
        Self.room,
        [
            Migration(1, "one of everything") {
                CreateTable(Self.users) {
                    Column("name", .text)
                    Column("rank", .integer)
                    PrimaryKey("name")
                }
                CreateTable(Self.samples) {
                    Column("id", .uuid)
                    Column("text", .text, optional: true)
                    Column("integer", .integer, optional: true)
                    Column("real", .real, optional: true)
                    Column("boolean", .boolean, optional: true)
                    Column("instant", .instant, optional: true)
                    Column("date", .date, optional: true)
                    Column("time", .time, optional: true)
                    Column("json", .json, optional: true)
                    Column("bytes", .bytes, optional: true)
                    PrimaryKey("id")
                }
                CreateTable(Self.parts) {
                    Column("sample_id", .uuid)
                    Column("place", .integer)
                    PrimaryKey("sample_id", "place")
                    ForeignKey("sample_id", references: Self.samples)
                }
                Self.line
                CreateTable(Self.gone) {
                    Column("id", .uuid)
                    PrimaryKey("id")
                }
            },
            Migration(2, "later") {
                AddColumn(Column("note", .text, default: "''"), to: Self.samples)
                AddCommitMark(to: Self.line)
                DropTable(Self.gone)
            },
        ])

    static let tables = [Self.history].storedTables

    static let organization = SQLValue.uuid(0x0195_0000_0000_7000, 0x8000_0000_0000_000A)

    /// Rows that are hard to carry over, by table.
    static let rows: [(table: String, rows: [[SQLValue]])] = [
        (
            "depot.user",
            [[.text("zoe"), .integer(.min)], [.text("Ärger"), .integer(.max)], [.text(""), .integer(0)]]
        ),
        ("depot.sample", Self.sampleRows),
        ("depot.part", (0..<450).map { [Self.organization, Self.id(UInt64($0) % 3), .integer($0)] }),
    ]

    static func id(_ number: UInt64) -> SQLValue { .uuid(0xFFEE_0000_0000_7000, 0xFF00_0000_0000_0000 | number) }

    private static let sampleRows: [[SQLValue]] = [
        [Self.organization, Self.id(0)] + Array(repeating: .null, count: 9) + [.text("")],
        [
            Self.organization, Self.id(1), .text("a\t'\"\\ \u{1F600} e\u{301}"), .integer(-1), .real(0.1), .bool(true),
            .integer(1_700_000_000_000_001), .text("0001-01-01"), .integer(1_440),
            .text(#"{"b":[1,2.50,"\\u00e4\n"],"a":{"z":null,"y":12345678901234567890.12345678901234567890}}"#),
            .blob([0, 255, 92, 39]), .text("\\x00"),
        ],
        [
            Self.organization, Self.id(2), .text(""), .integer(0), .real(-1.7976931348623157e308), .bool(false),
            .integer(-1), .text("9999-12-31"), .integer(0), .text("1e2"), .blob([]), .text("NULL"),
        ],
    ]

    /// Puts the rows in, and lines in an order of commits that is not that of their ids.
    static func fill(_ connection: any RowConnection) throws {
        for (name, rows) in self.rows {
            try connection.insert(rows, into: try #require(self.tables.first { $0.name == name }))
        }
        let table = try #require(self.tables.first { $0.name == "depot.line" })
        for number in [5, 3, 9, 1] as [UInt64] {
            try connection.insert([[self.organization, self.id(number), .text("\(number)")]], into: table)
        }
    }

    /// Makes a SQLite file with the schema.
    static func makeFile(_ folder: TemporaryFolder, _ name: String) async throws -> String {
        let path = folder.file(name)
        let engine = try SQLiteEngine(SQLiteConfiguration(path: path, purpose: "test"))
        _ = try await Migrator([self.history], roles: nil).migrate(engine, now: TestClock.start)
        await engine.close()
        return path
    }
}

extension TestDatabase {
    /// The PostgreSQL database as a side of a move.
    var side: PostgresRelocation {
        get throws {
            guard case .postgres(let url) = self.place else { throw TestKitError("this is no PostgreSQL database") }
            return PostgresRelocation(PostgresConfiguration(url: url), SilentLog.logger)
        }
    }
}
