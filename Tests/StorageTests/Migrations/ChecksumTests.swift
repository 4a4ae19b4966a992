import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// The checksum of a declaration never changes, or deployed databases would refuse to start.
struct ChecksumTests {
    private static let room = Namespace("garden")
    private static let beds = Table(Self.room, "bed")
    private static let tools = Table(Self.room, "tool", ownership: .deployment)

    /// One of every step and element.
    private static let everything = Migration(1, "everything") {
        CreateTable(Self.tools) {
            Column("id", .uuid)
            PrimaryKey("id")
        }
        CreateTable(Self.beds) {
            Column("id", .uuid)
            Column("name", .text, optional: true)
            Column("width", .integer, default: "100")
            Column("tool_id", .uuid)
            Column("from_at", .instant)
            Column("to_at", .instant)
            PrimaryKey("id")
            Unique("name", "width")
            ForeignKey("tool_id", references: Self.tools, onDelete: .cascade)
            Check("width", "width > 0")
            Exclusion("overlap", equal: ["tool_id"], from: "from_at", to: "to_at", where: "width > 1")
        }
        AddColumn(Column("day", .date, optional: true), to: Self.beds)
        CreateIndex(on: Self.beds, "width DESC", "name", unique: true, where: "name IS NOT NULL")
        CreateIndex(on: Self.beds, "day", acrossOrganizations: true)
        UnsafeSQL(sqlite: ["SELECT 1"], postgres: ["SELECT 2", "SELECT 3"])
    }

    @Test func theFingerprintOfEveryStepIsThis() {
        #expect(
            Self.everything.fingerprint == """
                expand
                create table garden.tool deployment
                column id uuid
                primary key id
                create table garden.bed organization
                column id uuid
                column name text?
                column width integer = 100
                column tool_id uuid
                column from_at instant
                column to_at instant
                primary key id
                unique name, width
                foreign key tool_id garden.tool.id CASCADE
                check width width > 0
                exclusion overlap tool_id from_at..to_at where width > 1
                add to garden.bed column day date?
                index unique garden.bed width DESC, name where name IS NOT NULL
                index across garden.bed day
                sql
                sqlite: SELECT 1
                postgres: SELECT 2;
                SELECT 3
                """)
    }

    @Test func theChecksumIsSHA256InHexadecimal() {
        // printf 'expand\nsql\nsqlite: \npostgres: ' | sha256sum
        let empty = Migration(1, "nothing") { UnsafeSQL(sqlite: [], postgres: []) }
        #expect(empty.checksum == "10456b624a13ae1305763c5b7f795e1c2e21d639e94d6f88ffdf02e70f8227a9")
    }

    @Test func theNameIsNoPartOfItAndTheKindIs() {
        func checksum(_ name: String, _ kind: Migration.Kind) -> String {
            Migration(1, name, kind: kind) { UnsafeSQL(sqlite: ["SELECT 1"], postgres: ["SELECT 1"]) }.checksum
        }
        #expect(checksum("a", .expand) == checksum("b", .expand))
        #expect(checksum("a", .expand) != checksum("a", .contract))
    }

    @Test(arguments: TestEngine.allCases)
    func everyStepRunsOnBothEngines(_ engine: TestEngine) async throws {
        try await withTestDatabase(engine, migrations: [MigrationHistory(Self.room, [Self.everything])]) { test in
            let rows = try await test.rows("SELECT checksum FROM {kernel.migration}")
            #expect(rows == [[Self.everything.checksum]])
        }
    }
}
