import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// A plugin whose letters are archived before they are removed, and whose stamps are on letters.
private struct Letters: Plugin {
    static let id: PluginID = "letters"
    static let letter = Table(Self.id.namespace, "letter")
    static let stamp = Table(Self.id.namespace, "stamp")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Letters",
        migrations: [
            Migration(1, "letters") {
                CreateTable(Self.letter) {
                    Column("id", .uuid)
                    Column("person_id", .uuid, optional: true)
                    Column("recipient", .text, optional: true)
                    Column("subject", .text)
                    Column("facts", .json)
                    Column("attempts", .integer)
                    Column("is_urgent", .boolean)
                    Column("due_on", .date, optional: true)
                    Column("weight", .real)
                    Column("digest", .bytes)
                    Column("answer", .text)
                    Column("over_at", .instant, optional: true)
                    Column("sent_at", .instant)
                    PrimaryKey("id")
                }
                CreateIndex(on: Self.letter, "sent_at", acrossOrganizations: true)
                CreateTable(Self.stamp) {
                    Column("letter_id", .uuid)
                    Column("person_id", .uuid)
                    Column("value", .integer)
                    Column("glued_at", .instant)
                    PrimaryKey("letter_id")
                    ForeignKey("letter_id", references: Self.letter)
                }
            }
        ],
        personalData: [
            PersonalData(Self.letter, person: "person_id", columns: ["recipient"]),
            PersonalData(Self.stamp, person: "person_id", columns: [], erasure: .removesRows),
        ],
        retention: [
            Retention(
                Self.letter, since: "sent_at", days: 90, archiveDays: 365, until: "over_at", omitting: ["answer"]),
            Retention(Self.stamp, since: "glued_at", days: 100, archiveDays: 365),
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}
    var contributions: Contributions { Contributions() }
}

/// What is removed is kept compressed where the plugin says so, without what tells of people.
struct RowArchiveTests {
    private func write(
        _ platform: TestPlatform, _ subjects: [String], at time: Instant = TestClock.start, over: Instant? = nil,
        in place: TestPlace = .north
    ) async throws {
        let organization = try platform.organization(place).id
        let person = try platform.person(.customer, in: place)
        try await platform.database(of: Letters.id).write(in: .organization(organization)) { tx in
            for subject in subjects {
                let id: ID<Letters> = tx.id()
                try tx.post(
                    """
                    INSERT INTO \(Letters.letter) (organization_id, id, person_id, recipient, subject, facts, attempts,
                        is_urgent, due_on, weight, digest, answer, over_at, sent_at)
                    VALUES (\(organization), \(id), \(person), 'canary@example.org', \(subject),
                        \(JSON.object(["room": 7])), 3, \(true), NULL, 1.5, \([UInt8](arrayLiteral: 0, 255)), 'canary', \(over),
                        \(time))
                    """)
            }
        }
    }

    private func lines(
        _ desk: RetentionDesk, _ filter: RetentionDesk.Filter = RetentionDesk.Filter(), for text: String = ""
    ) async throws -> [JSON] {
        var lines: [JSON] = []
        try await desk.search(filter, for: text) { _, line in lines.append(try JSON(parsing: line)) }
        return lines
    }

    private static func has(_ name: String, _ row: JSON) -> Bool {
        guard case .object(let object) = row else { return false }
        return object.members.contains { $0.name == name }
    }

    private func count(_ platform: TestPlatform, _ table: String) async throws -> String? {
        try await platform.database.rows("SELECT count(*) FROM {\(table)}").first?.first ?? nil
    }

    @Test(arguments: TestEngine.allCases)
    func removedRowsAreKeptByOrganizationWithoutWhatTellsOfPeople(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["invoice", "reminder"])
            try await self.write(platform, ["welcome"], at: TestClock.start.adding(seconds: -60), in: .south)
            try await self.write(platform, ["young"], at: TestClock.start.adding(seconds: 86_400))
            platform.clock.advance(seconds: 90 * 86_400)
            let progress = await desk.service.drain()
            var filter = RetentionDesk.Filter()
            let all = try await desk.archives(filter)
            filter.organization = try platform.organization(.south).id
            let south = try await self.lines(desk, filter)

            #expect(progress.removed["letters.letter"] == 3)
            #expect(try await self.count(platform, "letters.letter") == "1")
            #expect(all.map(\.rows).sorted() == [1, 2])
            #expect(all.allSatisfy { $0.source == "letters.letter" && $0.madeAt == platform.clock.now })
            #expect(all.allSatisfy { $0.expiresAt == platform.clock.now.adding(seconds: 365 * 86_400) })
            #expect(south.count == 1)
            let row = try #require(south.first)
            let person = try platform.person(.customer, in: .south)
            #expect(row["subject"] == "welcome")
            #expect(row["facts"] == ["room": 7])
            #expect(row["attempts"] == 3)
            #expect(row["is_urgent"] == true)
            #expect(row["due_on"] == .null)
            #expect(row["weight"] == 1.5)
            #expect(row["digest"] == "00ff")
            #expect(row["sent_at"] == .string(TestClock.start.adding(seconds: -60).rfc3339))
            #expect(row["person_id"]?.string == "\(person)")
            #expect(!Self.has("recipient", row), "what is personal is left out")
            #expect(!Self.has("answer", row), "what the plugin leaves out is left out")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func archivesAreFoundByTextTimeAndTable(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["früh"])
            platform.clock.advance(seconds: 90 * 86_400)
            _ = await desk.service.drain()
            try await self.write(platform, ["spät", "später"], at: TestClock.start.adding(seconds: 86_400))
            platform.clock.advance(seconds: 86_400)
            _ = await desk.service.drain()
            typealias Change = (inout RetentionDesk.Filter) -> Void
            func subjects(for text: String = "", _ change: Change = { _ in }) async throws -> [String] {
                var filter = RetentionDesk.Filter()
                change(&filter)
                return try await self.lines(desk, filter, for: text).compactMap { $0["subject"]?.string }.sorted()
            }

            #expect(try await subjects() == ["früh", "spät", "später"])
            #expect(try await subjects(for: "spät") == ["spät", "später"])
            #expect(try await subjects(for: "canary") == [])
            #expect(try await subjects { $0.from = TestClock.start.adding(seconds: 1) } == ["spät", "später"])
            #expect(try await subjects { $0.until = TestClock.start.adding(seconds: 1) } == ["früh"])
            #expect(try await subjects { $0.table = "letters.stamp" } == [])
        }
    }

    /// Keeping and removing are one transaction: of a removal that fails nothing is kept, and the next one keeps once.
    @Test(arguments: TestEngine.allCases)
    func whatCannotBeRemovedIsNotArchivedEither(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["invoice"])
            try await platform.pin("letters.letter")
            platform.clock.advance(seconds: 91 * 86_400)
            let first = await desk.service.step()
            let kept = try await desk.archives(RetentionDesk.Filter())
            try await platform.unpin("letters.letter")
            _ = await desk.service.step()
            let lines = try await self.lines(desk)

            #expect(first.failed == ["letters.letter"])
            #expect(kept.isEmpty)
            #expect(try await self.count(platform, "letters.letter") == "0")
            #expect(lines.compactMap { $0["subject"]?.string } == ["invoice"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotBeArchivedIsNotRemoved(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            try await self.write(platform, ["invoice"])
            try await platform.tamper("DROP TABLE {kernel.archive}")
            platform.clock.advance(seconds: 91 * 86_400)
            let progress = await platform.runtime.retention.service.step()

            #expect(progress.failed.contains("letters.letter"))
            #expect(progress.removed["letters.letter"] == nil)
            #expect(try await self.count(platform, "letters.letter") == "1")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereErasingRemovesRowsNothingArchivedLeadsToThePerson(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["invoice"])
            try await platform.tamper(
                """
                INSERT INTO {letters.stamp} (organization_id, letter_id, person_id, value, glued_at)
                SELECT organization_id, id, person_id, 95, sent_at FROM {letters.letter}
                """)
            platform.clock.advance(seconds: 100 * 86_400)
            let first = await desk.service.step()
            let second = await desk.service.step()
            let lines = try await self.lines(desk)

            #expect(first.removed == ["letters.stamp": 1], "the letter waits for its stamp")
            #expect(second.removed == ["letters.letter": 1])
            #expect(lines.count == 2)
            let stamp = try #require(lines.first { Self.has("value", $0) })
            #expect(stamp["value"] == 95)
            #expect(!Self.has("person_id", stamp))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsNotOverIsKeptForLonger(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let service = platform.runtime.retention.service
            try await self.write(platform, ["over", "without an end"], over: nil)
            try await self.write(platform, ["to come"], over: TestClock.start.adding(seconds: 200 * 86_400))
            platform.clock.advance(seconds: 200 * 86_400 - 1)
            let before = await service.step()
            platform.clock.advance(seconds: 1)
            let after = await service.step()

            #expect(before.removed == ["letters.letter": 2])
            #expect(after.removed == ["letters.letter": 1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theOperatorMayChooseOtherTimes(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            var settings = RetentionSettings()
            settings.tables["letters.letter"] = .init(days: 30, archiveDays: 0)
            settings.tables["letters.stamp"] = .init(days: nil, archiveDays: 10)
            let desk = RetentionDesk(
                platform.runtime.database, [Letters.declaration], settings,
                logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
            try await self.write(platform, ["invoice"])
            platform.clock.advance(seconds: 30 * 86_400 - 1)
            let before = await desk.service.step()
            platform.clock.advance(seconds: 1)
            let after = await desk.service.step()
            let lines = try await desk.lines().suffix(2)
            let seconds: [Int64] = lines.map(\.seconds)
            let days: [Int?] = lines.map(\.archiveDays)
            let chosen: [Int64] = [2_592_000, 8_640_000]

            #expect(before.removed["letters.letter"] == nil)
            #expect(after.removed["letters.letter"] == 1)
            #expect(try await desk.archives(RetentionDesk.Filter()).isEmpty)
            #expect(seconds == chosen)
            #expect(days == [nil, 10])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func archivesGoWhenTheirTimeIsOver(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["invoice"])
            platform.clock.advance(seconds: 90 * 86_400)
            _ = await desk.service.drain()
            platform.clock.advance(seconds: 365 * 86_400 - 1)
            let before = await desk.service.drain()
            platform.clock.advance(seconds: 1)
            let after = await desk.service.drain()

            #expect(before.removed["kernel.archive"] == nil)
            #expect(after.removed["kernel.archive"] == 1)
            #expect(try await desk.archives(RetentionDesk.Filter()).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyRowsMakePiecesOfABoundedSize(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            let long = String(repeating: "lang ", count: 60_000)
            try await self.write(platform, (0..<8).map { "\($0) \(long)" })
            platform.clock.advance(seconds: 90 * 86_400)
            _ = await desk.service.drain()
            let archives = try await desk.archives(RetentionDesk.Filter())
            let lines = try await self.lines(desk)

            #expect(archives.count == 3)
            #expect(archives.allSatisfy { $0.size <= 1_048_576 && $0.compressedSize < $0.size / 50 })
            let numbers = lines.compactMap { $0["subject"]?.string?.prefix(1) }.map { String($0) }
            #expect(numbers.sorted() == (0..<8).map { "\($0)" })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDamagedArchiveIsNoticed(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Letters.self]) { platform in
            let desk = platform.runtime.retention
            try await self.write(platform, ["invoice"])
            platform.clock.advance(seconds: 90 * 86_400)
            _ = await desk.service.drain()
            try await platform.tamper("UPDATE {kernel.archive} SET size = size + 1")
            await #expect(throws: Zlib.Failure.self) { try await self.lines(desk) }
        }
    }

    @Test func whatIsCompressedComesBack() throws {
        for size in [0, 1, 70_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try Zlib.expand(Zlib.compress(bytes), size: size) == bytes)
        }
        let packed = try Zlib.compress(Array("abc".utf8))
        #expect(throws: Zlib.Failure.self) { try Zlib.expand(Array(packed.dropLast()), size: 3) }
        #expect(throws: Zlib.Failure.self) { try Zlib.expand(packed, size: 2) }
        #expect(throws: Zlib.Failure.self) { try Zlib.expand(packed, size: -1) }
    }

    @Test func mistakesFailAssembly() {
        struct Wrong: Plugin {
            static let table = Table(Namespace("wrong"), "thing", ownership: .deployment)
            static let declaration = Declaration(
                id: "wrong", version: "1.0.0", summary: "W",
                migrations: [
                    Migration(1, "thing") {
                        CreateTable(Self.table) {
                            Column("id", .uuid)
                            Column("made_at", .instant)
                            PrimaryKey("id")
                        }
                    }
                ],
                retention: [
                    Retention(
                        Self.table, since: "made_at", days: 5, archiveDays: 0, until: "id", omitting: ["text"])
                ])
            init(settings: NoSettings, kernel: Kernel<Self>) throws {}
            var contributions: Contributions { Contributions() }
        }
        let words = assemblyProblems(Wrong.self)
        #expect(words.contains("declares that thing is archived for 0 days: say 1 to 36600"))
        #expect(words.contains("declares that thing is kept until id, which is no instant of it"))
        #expect(words.contains("declares that thing is archived without text, which is no column of it"))
        #expect(words.contains("declares that thing is archived, which belongs to no organization"))
    }
}
