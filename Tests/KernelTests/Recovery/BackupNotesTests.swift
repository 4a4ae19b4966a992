import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// Notes of backups beside a SQLite file: whose they are, and what becomes of those that say nothing.
struct BackupNotesTests {
    private static func made(_ number: UInt64) -> BackupEntry {
        BackupEntry(
            id: ID(high: 0, low: number), beganAt: TestClock.start, endedAt: TestClock.start.adding(seconds: 42),
            machine: "alpha", account: "almanac", program: "1.2.3",
            outcome: .made(place: "/var/backups/\(number)", bytes: 4_096, rows: 12))
    }

    /// Notes are the server's to read and to remove, whoever makes backups.
    @Test func notesBelongToTheOwnerOfTheFile() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write([], to: "school.sqlite")
            // Root alone may give files away, and not where a container knows no other accounts; for everybody else
            // all of it is their own.
            let owner = geteuid() == 0 && chown(file, 12_345, 23_456) == 0 ? 12_345 : Int(geteuid())
            func facts(_ path: String) throws -> (owner: Int?, group: Int?, mode: Int?) {
                let all = try FileManager.default.attributesOfItem(atPath: path)
                func number(_ key: FileAttributeKey) -> Int? { (all[key] as? NSNumber)?.intValue }
                return (number(.ownerAccountID), number(.groupOwnerAccountID), number(.posixPermissions))
            }
            let notes = BackupNotes(beside: file)
            for number in [1, 2] as [UInt64] { try notes.leave(Self.made(number)) }
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(file).backups").sorted()
            #expect(names.count == 2 && names.allSatisfy { $0.hasSuffix(".json") })
            let group = try facts(file).group
            for path in [""] + names.map({ "/\($0)" }) {
                let facts = try facts("\(file).backups\(path)")
                #expect(facts.owner == owner && facts.group == group)
                #expect(facts.mode == (path.isEmpty ? 0o700 : 0o600))
            }
        }
    }

    /// Whoever owns the folder of the database does not get the files of others through a link.
    @Test func notesFollowNoLink() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write([], to: "school.sqlite")
            let other = folder.file("other")
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: "\(file).backups", withDestinationPath: other)
            #expect(throws: StorageError.self) { try BackupNotes(beside: file).leave(Self.made(1)) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: other).isEmpty)
        }
    }

    /// Nor does whoever owns the folder of notes, by what lies in it under the names of notes.
    @Test func whatLiesUnderTheNameOfANoteIsNotFollowed() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write([], to: "school.sqlite")
            let notes = BackupNotes(beside: file)
            try notes.leave(Self.made(1))
            let other = try folder.write(Array("other".utf8), to: "other")
            let entry = Self.made(2)
            let (draft, note) = ("\(file).backups/\(entry.id).draft", "\(file).backups/\(entry.id).json")
            for destination in [other, folder.file("nothing")] {
                try FileManager.default.createSymbolicLink(atPath: draft, withDestinationPath: destination)
                #expect(throws: StorageError.self) { try notes.leave(entry) }
                try FileManager.default.removeItem(atPath: draft)
            }
            // What is renamed takes the place of a link.
            try FileManager.default.createSymbolicLink(atPath: note, withDestinationPath: other)
            try notes.leave(entry)
            let kind = try FileManager.default.attributesOfItem(atPath: note)[.type] as? FileAttributeType
            #expect(kind == .typeRegular)
            #expect(try folder.read("other") == Array("other".utf8))
            #expect(!FileManager.default.fileExists(atPath: folder.file("nothing")))
        }
    }

    // MARK: What says nothing

    private static func withIntake(
        _ engine: TestEngine, _ body: (TemporaryFolder, BackupIntake, Database, TestLog) async throws -> Void
    ) async throws {
        try await withTestDatabase(engine, migrations: [KernelSchema.history]) { test in
            try await withTemporaryFolder { folder in
                let (database, log) = (test.database(in: .kernel), TestLog())
                let notes = BackupNotes(beside: folder.file("school.sqlite"))
                try notes.leave(Self.made(1))
                try await body(folder, BackupIntake(notes, database, logger: log.logger), database, log)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatSaysNothingIsToldOnceAndSetAside(_ engine: TestEngine) async throws {
        try await Self.withIntake(engine) { folder, intake, database, log in
            try folder.write(Array("{\"id\":".utf8), to: "school.sqlite.backups/half.json")
            try folder.write(Array("{\"id\":7}".utf8), to: "school.sqlite.backups/other.json")
            for _ in 0..<3 { try await intake.step() }

            #expect(log.all.count == 2)
            let half = folder.file("school.sqlite.backups/half.json.broken")
            #expect(log.all.first?.contains("path=\(half), reason=byte 6: ") == true)
            #expect(log.all.last?.contains("other.json.broken, reason=it does not say what a note says") == true)
            let kept = try await database.read(in: .system(SystemScope("test"))) { tx in
                try BackupLog.latest(in: tx).entries
            }
            #expect(kept == [Self.made(1)])
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("school.sqlite.backups"))
            #expect(left.sorted() == ["half.json.broken", "other.json.broken"])

            // Another of the same name is news.
            try folder.write(Array("[".utf8), to: "school.sqlite.backups/half.json")
            try await intake.step()
            #expect(log.all.count == 3)
        }
    }

    /// Where the folder does not let it be renamed, it stays, and the log is not filled with it.
    @Test(arguments: TestEngine.allCases)
    func whatCannotBeSetAsideIsToldOnceAsWell(_ engine: TestEngine) async throws {
        try await Self.withIntake(engine) { folder, intake, _, log in
            let half = try folder.write(Array("{\"id\":".utf8), to: "school.sqlite.backups/half.json")
            // No file takes the place of a folder.
            try FileManager.default.createDirectory(atPath: "\(half).broken", withIntermediateDirectories: false)
            for _ in 0..<3 { try await intake.step() }

            #expect(log.all.count == 1)
            #expect(log.all.first?.contains("path=\(half), reason=") == true)
            #expect(FileManager.default.fileExists(atPath: half))
        }
    }

    /// A note that has been given another name is taken in as any other, and goes.
    @Test(arguments: TestEngine.allCases)
    func aNoteOfAnotherNameIsTakenInOnce(_ engine: TestEngine) async throws {
        try await Self.withIntake(engine) { folder, intake, _, log in
            let notes = folder.file("school.sqlite.backups")
            try FileManager.default.moveItem(
                atPath: "\(notes)/\(Self.made(1).id).json", toPath: "\(notes)/copy.json")
            try await intake.step()
            #expect(try FileManager.default.contentsOfDirectory(atPath: notes).isEmpty)
            #expect(log.all.isEmpty)
        }
    }
}
