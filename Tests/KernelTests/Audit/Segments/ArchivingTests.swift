import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// Old months leave the database for files; nothing is lost on the way, whenever it ends.
struct ArchivingTests {
    @Test(arguments: TestEngine.allCases)
    func oldMonthsMoveIntoFilesAndTheLogStaysTheSame(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            let before = try await fixture.exported()
            let progress = try await fixture.archive()
            let segments = try await fixture.segments()
            let verdict = try await fixture.verify()

            #expect(progress == AuditArchiver.Progress(archived: 4, deleted: 18))
            #expect(segments.map { "\($0.month)" } == ["2026-03-01", "2026-04-01"])
            #expect(segments.map(\.first) == [1, 8])
            #expect(segments.map(\.last) == [7, 10])
            #expect(try await fixture.rows() == [3, 3])
            #expect(verdict.findings == [])
            #expect(verdict.entries == 13)
            #expect(verdict.archived == 10)
            #expect(verdict.head == 13)
            #expect(try await fixture.verify(.south).findings == [])
            #expect(try await fixture.exported() == before)
            #expect(try await fixture.archive() == AuditArchiver.Progress())
        }
    }

    @Test func aFileIsReadByOrdinaryPrograms() async throws {
        try await ArchiveFixture.with(.sqlite) { fixture in
            let before = try await fixture.exported()
            try await fixture.archive()
            let segment = try #require(try await fixture.segments().first)
            let program = Process()
            let output = Pipe()
            program.executableURL = URL(fileURLWithPath: "/bin/gzip")
            program.arguments = ["-dc", fixture.path(segment)]
            program.standardOutput = output
            try program.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            program.waitUntilExit()
            let mode = try FileManager.default.attributesOfItem(atPath: fixture.path(segment))[.posixPermissions]

            #expect(program.terminationStatus == 0)
            let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
            let exported = try before.split(separator: "\n").map { try JSON(parsing: String($0)) }
            #expect(lines.count == 7)
            for (line, whole) in zip(lines, exported) {
                #expect(line.object?.members.map(\.name) == ["entry", "hash", "position"])
                for name in ["entry", "hash", "position"] { #expect(line[name] == whole[name]) }
            }
            #expect(mode as? Int == 0o600)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFilterFindsWhatFilesHold(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            var action = AuditFilter()
            action.action = "notes.north-2"
            var time = AuditFilter()
            time.from = Instant(rfc3339: "2026-04-01T00:00:00Z")
            time.to = Instant(rfc3339: "2026-05-01T00:00:00Z")
            var refused = AuditFilter()
            refused.isSuccess = false
            let filters = [action, time, refused]
            var before: [String] = []
            for filter in filters { before.append(try await fixture.exported(filter)) }
            try await fixture.archive()

            for (filter, expected) in zip(filters, before) { #expect(try await fixture.exported(filter) == expected) }
            #expect(before.map { $0.split(separator: "\n").count } == [3, 3, 0])
        }
    }

    /// After each step the process may end: the log is whole, and doing it again ends well.
    @Test(arguments: TestEngine.allCases, ["written", "recorded", "half deleted", "deleted"])
    func whereverItEndsNothingIsLost(_ engine: TestEngine, _ end: String) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            let before = try await fixture.exported()
            let north = try fixture.north
            let composed = try await fixture.archiver.compose(north)
            let segment = try #require(composed)
            if end == "written" {
                // A file that is not recorded is no reason to delete anything.
                #expect(try await fixture.archiver.prune(north) == 0)
            } else {
                try await fixture.archiver.record(segment)
                try await fixture.archiver.record(segment)
            }
            if end == "half deleted" { #expect(try await fixture.archiver.prune(north, limit: 3) == 3) }
            if end == "deleted" { #expect(try await fixture.archiver.prune(north) == 7) }
            let verdict = try await fixture.verify()
            let meanwhile = try await fixture.exported()
            // The next process begins anew.
            let next = ArchiveFixture(fixture.platform, fixture.folder)
            try await next.archive()

            #expect(verdict.findings == [])
            #expect(verdict.head == 13)
            #expect(meanwhile == before)
            #expect(try await next.exported() == before)
            #expect(try await next.verify(knowsKey: false).findings == [])
            #expect(try await next.rows() == [3, 3])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rowsStayWhereTheFileIsNotWhatWasWritten(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            let north = try fixture.north
            let composed = try await fixture.archiver.compose(north)
            let segment = try #require(composed)
            try await fixture.archiver.record(segment)
            try Data().write(to: URL(fileURLWithPath: fixture.path(segment)))

            await #expect(throws: AuditFileError.self) { try await fixture.archiver.prune(north) }
            #expect(try await fixture.rows() == [13, 13])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLogThatWasChangedIsNotArchived(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.platform.tamper(
                "UPDATE {kernel.audit_entry} SET actor = 'somebody else' WHERE action = 'notes.north-1'")
            try await fixture.archive()

            #expect(try await fixture.segments() == [])
            #expect(try await fixture.segments(.south).count == 2)
            #expect(try await fixture.rows() == [13, 13])
        }
    }

    /// The chain goes on behind the files when the database has nothing left of it.
    @Test(arguments: TestEngine.allCases)
    func theChainGoesOnWhenAllOfItIsArchived(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            let file = CheckpointFile(path: fixture.folder + ".checkpoints")
            let writer = CheckpointWriter(
                fixture.platform.runtime.database, to: file, key: fixture.key, CheckpointWriter.Policy(),
                SilentLog.logger)
            try await writer.step(isLast: true)
            try fixture.set("2029-06-10")
            try await fixture.archive()
            let emptied = try await fixture.rows()
            try await fixture.write("2029-06-11")
            try await fixture.platform.sealEverything()
            let signed = try await writer.step(isLast: true)
            let record = try CheckpointRecord([file], signedBy: fixture.key.publicKey)
            let verdict = try await fixture.verifier.verify(
                try fixture.north, against: record.checkpoints, signedBy: fixture.key.publicKey)

            #expect(emptied == [0, 0])
            #expect(try await fixture.platform.chain().map(\.position) == [14, 15, 16])
            #expect(signed == 2)
            #expect(verdict.findings == [])
            #expect(verdict.proven == 16)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func afterItsTimeAFileIsRemovedAndTheChainStillVerifies(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let paths = try await fixture.segments().map { fixture.path($0) }
            try fixture.set("2033-03-31")
            let early = try await fixture.archive()
            try fixture.set("2033-04-01")
            let march = try await fixture.archive()
            let exists = paths.map { FileManager.default.fileExists(atPath: $0) }
            // As after a crash between noting the removal and removing.
            try Data().write(to: URL(fileURLWithPath: paths[0]))
            try await fixture.archive()
            let verdict = try await fixture.verify()

            #expect(early.removed == 0)
            #expect(march.removed == 2)
            #expect(exists == [false, true])
            #expect(!FileManager.default.fileExists(atPath: paths[0]))
            #expect(verdict.findings == [])
            #expect(verdict.removed == 7)
            #expect(verdict.head == 13)
            #expect(try await fixture.exported().split(separator: "\n").count == 6)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyAtOnceArchiveEachMonthOnce(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            let before = try await fixture.exported()
            let others = (0..<8).map { _ in ArchiveFixture(fixture.platform, fixture.folder).archiver }
            let archived = try await withThrowingTaskGroup(of: Int.self) { group in
                for archiver in others {
                    group.addTask {
                        var count = 0
                        for _ in 0..<6 { count += try await archiver.step().archived }
                        return count
                    }
                }
                return try await group.reduce(0, +)
            }
            try await fixture.archive()

            // What the eight left is archived by the last.
            #expect(archived <= 4)
            #expect(try await fixture.segments().map(\.first) == [1, 8])
            #expect(try await fixture.exported() == before)
            #expect(try await fixture.verify(knowsKey: false).findings == [])
        }
    }

    /// Lets eight hosts, each with a folder of its own, record what all of them have written.
    ///
    /// - Returns: How many have recorded it, and what the others were told.
    private static func recordAtOnce(_ fixture: ArchiveFixture) async throws -> (recorded: Int, errors: [String]) {
        let organization = try fixture.north
        var hosts: [(archiver: AuditArchiver, segment: AuditSegment)] = []
        for number in 0..<8 {
            let archiver = ArchiveFixture(fixture.platform, "\(fixture.folder)-\(number)").archiver
            hosts.append((archiver, try #require(try await archiver.compose(organization))))
        }
        return await withTaskGroup(of: Result<Bool, any Error>.self) { [hosts] group in
            for host in hosts {
                group.addTask {
                    do { return .success(try await host.archiver.record(host.segment)) } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: (0, [])) { found, result in
                switch result {
                case .success(let isRecorded): found.0 += isRecorded ? 1 : 0
                case .failure(let error): found.1.append("\(error)")
                }
            }
        }
    }

    private static func hosts(_ change: (inout TestPlatform.Setup) -> Void = { _ in }) -> TestPlatform.Setup {
        var setup = TestPlatform.Setup()
        // Two runs of each closure would only slow the race down.
        setup.rehearses = false
        setup.database.poolSize = 8
        change(&setup)
        return setup
    }

    @Test(arguments: TestEngine.allCases)
    func ofHostsWithFoldersOfTheirOwnOneRecordsAMonth(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine, setup: Self.hosts()) { fixture in
            for first in [Int64(1), 8] {
                let (recorded, errors) = try await Self.recordAtOnce(fixture)
                #expect(recorded == 1)
                #expect(errors == [])
                #expect(try await fixture.segments().last?.first == first)
            }
        }
    }

    /// The negative control: without the lock several take themselves for the first, and the key refuses all but one.
    @Test func withoutTheLockHostsCollide() async throws {
        try await ArchiveFixture.with(.postgres, setup: Self.hosts { $0.database.locking = NoLocking() }) { fixture in
            var errors: [String] = []
            for _ in 0..<20 where errors.isEmpty {
                errors = try await Self.recordAtOnce(fixture).errors
                try await fixture.platform.database.run("DELETE FROM kernel.audit_segment")
            }
            #expect(errors.first?.contains("uniqueViolation") == true)
        }
    }
}
