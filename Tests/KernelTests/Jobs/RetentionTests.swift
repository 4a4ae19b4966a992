import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// A plugin that keeps one table for 90 days, and another of which rows point at it.
private struct Logbook: Plugin {
    static let id: PluginID = "logbook"
    static let line = Table(Self.id.namespace, "line")
    static let remark = Table(Self.id.namespace, "remark")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Logbook",
        migrations: [
            Migration(1, "lines") {
                CreateTable(Self.line) {
                    Column("id", .uuid)
                    Column("text", .text)
                    Column("sent_at", .instant, optional: true)
                    PrimaryKey("id")
                }
                CreateIndex(on: Self.line, "sent_at", acrossOrganizations: true)
                CreateTable(Self.remark) {
                    Column("line_id", .uuid)
                    Column("number", .integer)
                    Column("written_at", .instant)
                    PrimaryKey("line_id", "number")
                    ForeignKey("line_id", references: Self.line)
                }
            }
        ],
        retention: [
            Retention(Self.line, since: "sent_at", days: 90), Retention(Self.remark, since: "written_at", days: 100),
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}
    var contributions: Contributions { Contributions() }
}

/// What plugins declare to be kept for a time is removed after it.
struct RetentionTests {
    private func service(_ platform: TestPlatform) -> RetentionService {
        RetentionService(
            platform.runtime.database, RetentionRule.declared(by: [Logbook.declaration]),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func write(_ platform: TestPlatform, _ count: Int, at time: Instant?, in place: TestPlace) async throws {
        let organization = try platform.organization(place).id
        try await platform.database(of: Logbook.id).write(in: .organization(organization)) { tx in
            for number in 0..<count {
                let id: ID<Logbook> = tx.id()
                try tx.post(
                    """
                    INSERT INTO \(Logbook.line) (organization_id, id, text, sent_at)
                    VALUES (\(organization), \(id), \("\(place) \(number)"), \(time))
                    """)
            }
        }
    }

    private func count(_ platform: TestPlatform) async throws -> Int {
        let rows = try await platform.database.rows("SELECT count(*) FROM {logbook.line}")
        return rows.first?.first.flatMap { $0 }.flatMap { Int($0) } ?? -1
    }

    @Test(arguments: TestEngine.allCases)
    func rowsAreRemovedWhenTheirTimeIsOverAndNotBefore(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self]) { platform in
            let service = self.service(platform)
            try await self.write(platform, 2, at: TestClock.start, in: .north)
            try await self.write(platform, 1, at: TestClock.start, in: .south)
            try await self.write(platform, 1, at: TestClock.start.adding(seconds: 1), in: .south)
            try await self.write(platform, 1, at: nil, in: .north)

            platform.clock.advance(seconds: 90 * 86_400 - 1)
            let before = await service.step()
            platform.clock.advance(seconds: 1)
            let after = await service.step()

            #expect(before.removed.isEmpty)
            #expect(after.removed == ["logbook.line": 3])
            #expect(!after.hasMore)
            #expect(try await self.count(platform) == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyAreRemovedABatchAtATime(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self]) { platform in
            let service = self.service(platform)
            try await self.write(platform, RetentionService.batch + 7, at: TestClock.start, in: .north)
            platform.clock.advance(seconds: 91 * 86_400)
            let first = await service.step()
            let second = await service.step()

            #expect(first.removed == ["logbook.line": RetentionService.batch])
            #expect(first.hasMore)
            #expect(second.removed == ["logbook.line": 7])
            #expect(try await self.count(platform) == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoHostsRemoveEachRowOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self]) { platform in
            try await self.write(platform, 300, at: TestClock.start, in: .north)
            platform.clock.advance(seconds: 91 * 86_400)
            let services = [self.service(platform), self.service(platform), self.service(platform)]
            let removed = await withTaskGroup(of: Int.self) { group in
                for service in services { group.addTask { await service.step().removed["logbook.line"] ?? 0 } }
                return await group.reduce(0, +)
            }
            #expect(removed == 300)
            #expect(try await self.count(platform) == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsPointedAtStaysAndHoldsNothingUp(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self]) { platform in
            let service = self.service(platform)
            try await self.write(platform, RetentionService.batch, at: TestClock.start, in: .north)
            try await platform.tamper(
                """
                INSERT INTO {logbook.remark} (organization_id, line_id, number, written_at)
                SELECT organization_id, id, 1, sent_at FROM {logbook.line}
                """)
            // Behind a whole batch that stays there is one line that nobody points at, though its id is the same as one's.
            try await self.write(platform, 1, at: TestClock.start.adding(seconds: 1), in: .south)
            try await platform.tamper(
                """
                UPDATE {logbook.line} SET id = (SELECT line_id FROM {logbook.remark} LIMIT 1) WHERE text = 'south 0'
                """)
            platform.clock.advance(seconds: 91 * 86_400)
            let first = await service.step()
            platform.clock.advance(seconds: 10 * 86_400)
            let second = await service.step()
            let third = await service.step()

            #expect(first == RetentionService.Progress(removed: ["logbook.line": 1]))
            #expect(second.removed == ["logbook.remark": RetentionService.batch])
            #expect(second.failed.isEmpty)
            #expect(third.removed == ["logbook.line": RetentionService.batch])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTableWhoseRowsCannotBeRemovedHoldsNoOtherUp(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self]) { platform in
            let service = self.service(platform)
            try await self.write(platform, 1, at: TestClock.start, in: .north)
            try await platform.pin("logbook.line")
            try await self.write(platform, 1, at: TestClock.start, in: .south)
            try await platform.tamper(
                """
                INSERT INTO {logbook.remark} (organization_id, line_id, number, written_at)
                SELECT organization_id, id, 1, sent_at FROM {logbook.line} WHERE text = 'south 0'
                """)
            platform.clock.advance(seconds: 101 * 86_400)
            let first = await service.step()

            #expect(first.removed == ["logbook.remark": 1])
            #expect(first.failed == ["logbook.line"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPluginThatIsSwitchedOffIsClearedUpToo(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Logbook.self], enabled: []) { platform in
            try await self.write(platform, 1, at: TestClock.start, in: .north)
            platform.clock.advance(seconds: 91 * 86_400)
            #expect(await platform.runtime.retention.service.step().removed["logbook.line"] == 1)
        }
    }

    @Test func mistakesFailAssembly() {
        struct Wrong: Plugin {
            static let table = Table(Namespace("wrong"), "thing")
            static let declaration = Declaration(
                id: "wrong", version: "1.0.0", summary: "W",
                migrations: [
                    Migration(1, "thing") {
                        CreateTable(Self.table) {
                            Column("name", .text)
                            Column("made_at", .instant)
                        }
                    }
                ],
                retention: [
                    Retention(Self.table, since: "name", days: 0),
                    Retention(Table(Namespace("other"), "thing"), since: "made_at", days: 5),
                ])
            init(settings: NoSettings, kernel: Kernel<Self>) throws {}
            var contributions: Contributions { Contributions() }
        }
        let words = assemblyProblems(Wrong.self)
        #expect(words.count == 4)
        #expect(words.contains("declares how long thing is kept since name, which is no instant of it"))
        #expect(words.contains("declares that thing is kept for 0 days: say 1 to 36600"))
        #expect(words.contains("declares how long thing is kept, which has no primary key"))
        #expect(words.contains { $0.contains("which its migrations do not make") })
    }
}

extension TestPlatform {
    /// Lets rows that no migration has made point at all rows of a table, so that those cannot be removed.
    func pin(_ table: String) async throws {
        try await self.tamper(
            """
            CREATE TABLE {\(table)_pin} (organization_id uuid, row_id uuid,
                FOREIGN KEY (organization_id, row_id) REFERENCES {\(table)} (organization_id, id))
            """)
        try await self.tamper("INSERT INTO {\(table)_pin} SELECT organization_id, id FROM {\(table)}")
    }

    /// Takes those away.
    func unpin(_ table: String) async throws { try await self.tamper("DROP TABLE {\(table)_pin}") }
}
