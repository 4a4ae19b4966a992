import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// Checkpoints: what a line is, when one is written, and what is believed.
struct CheckpointTests {
    private static func checkpoint(
        _ position: Int64, after previous: [UInt8] = AuditCheckpoint.origin
    ) -> AuditCheckpoint {
        AuditCheckpoint(
            organization: OrganizationID(high: 1, low: 2), position: position,
            hash: [UInt8](repeating: UInt8(truncatingIfNeeded: position), count: 32), at: TestClock.start,
            previous: previous)
    }

    @Test func aLineIsReadOnlyAsItWasSigned() throws {
        let key = AuditKey()
        let checkpoint = Self.checkpoint(7)
        let line = try checkpoint.line(signedBy: key)
        let text = String(decoding: line, as: UTF8.self)

        #expect(AuditCheckpoint(line, signedBy: key.publicKey) == checkpoint)
        #expect(AuditCheckpoint(line, signedBy: AuditKey().publicKey) == nil)
        let changes = [
            (#""position":7"#, #""position":8"#), ("2026", "2027"), ("0707", "0708"), (#""v":1"#, #""v":2"#),
        ]
        for (old, new) in changes {
            let forged = text.replacingOccurrences(of: old, with: new)
            #expect(forged != text)
            #expect(AuditCheckpoint(Array(forged.utf8), signedBy: key.publicKey) == nil)
        }
    }

    @Test func theKeysFileIsItsOwnersOnly() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("keys/audit.key")
            let settings = AuditSettings.Checkpoints(file: folder.file("checkpoints"), key: path)
            let made = try settings.establishKey()
            let found = try settings.establishKey()
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int

            #expect(made.isNew)
            #expect(!found.isNew)
            #expect(mode == 0o600)
            #expect("\(made.key.publicKey)" == "\(found.key.publicKey)")
            #expect(AuditPublicKey("\(made.key.publicKey)")?.description == "\(made.key.publicKey)")

            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let open = #expect(throws: AuditFileError.self) { try settings.establishKey() }
            #expect(open?.description.contains("chmod 600") == true)
        }
    }

    /// Otherwise whoever takes the key away could have everything signed anew.
    @Test func aKeyThatIsGoneIsNotReplaced() async throws {
        try await withTemporaryFolder { folder in
            let settings = AuditSettings.Checkpoints(
                file: folder.file("checkpoints"), key: folder.file("audit.key"))
            let key = try settings.establishKey().key
            try CheckpointFile(path: settings.file).append([{ try Self.checkpoint(1, after: $0).line(signedBy: key) }])
            try FileManager.default.removeItem(atPath: settings.key)

            #expect(throws: AuditFileError.self) { try settings.establishKey() }
        }
    }

    @Test(arguments: ["changed", "removed", "swapped", "added", "none"])
    func whatIsDoneToTheFileIsFound(_ change: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("checkpoints")
            let key = AuditKey()
            let file = CheckpointFile(path: path)
            for position in 1...5 {
                try file.append([{ try Self.checkpoint(Int64(position), after: $0).line(signedBy: key) }])
            }
            var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
            switch change {
            case "changed": lines[2] = lines[2].replacingOccurrences(of: #""position":3"#, with: #""position":4"#)
            case "removed": lines.remove(at: 2)
            case "swapped": lines.swapAt(2, 3)
            case "added": lines.insert(lines[1], at: 2)
            default: break
            }
            try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let record = try CheckpointRecord([file], signedBy: key.publicKey)

            #expect(record.problems.count == (change == "none" ? 0 : 1))
            #expect(change == "none" || record.problems.first?.hasPrefix("line 3 of ") == true)
            #expect(record.checkpoints.map(\.position) == (change == "none" ? [1, 2, 3, 4, 5] : [1, 2]))
        }
    }

    @Test func aLineCutOffByAPowerCutIsWrittenOver() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.file("checkpoints")
            let key = AuditKey()
            let file = CheckpointFile(path: path)
            func append(_ position: Int64) throws {
                try file.append([{ try Self.checkpoint(position, after: $0).line(signedBy: key) }])
            }
            try append(1)
            try append(2)
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            try whole.dropLast(40).write(to: URL(fileURLWithPath: path))
            #expect(try CheckpointRecord([file], signedBy: key.publicKey).checkpoints.map(\.position) == [1])
            try append(3)
            let record = try CheckpointRecord([file], signedBy: key.publicKey)

            #expect(record.problems == [])
            #expect(record.checkpoints.map(\.position) == [1, 3])
        }
    }

    /// A platform with a writer of checkpoints, and what reads its file.
    private static func withWriter(
        _ engine: TestEngine, _ body: (TestPlatform, CheckpointWriter, () throws -> [Int64]) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await withPlatform(engine, plugins: [Notes.self]) { platform in
                let key = AuditKey()
                let file = CheckpointFile(path: folder.file("checkpoints"))
                var policy = CheckpointWriter.Policy()
                policy.entries = 3
                let writer = CheckpointWriter(
                    platform.runtime.database, to: file, key: key, policy, SilentLog.logger)
                let north = try platform.organization(.north).id
                try await body(platform, writer) {
                    let record = try CheckpointRecord([file], signedBy: key.publicKey)
                    #expect(record.problems == [])
                    return record.checkpoints.filter { $0.organization == north }.map(\.position)
                }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChainIsSignedAfterSoManyEntriesOrSoMuchTime(_ engine: TestEngine) async throws {
        try await Self.withWriter(engine) { platform, writer, signed in
            try await platform.sealEverything()
            #expect(try await writer.step() == 2)
            #expect(try await writer.step() == 0)
            #expect(try signed() == [4])

            for _ in 1...2 { try await platform.audit("notes.read") }
            try await platform.sealEverything()
            #expect(try await writer.step() == 0)
            platform.clock.advance(minutes: 5)
            #expect(try await writer.step() == 1)
            #expect(try signed() == [4, 6])

            for _ in 1...3 { try await platform.audit("notes.read") }
            try await platform.sealEverything()
            #expect(try await writer.step() == 1)
            #expect(try signed() == [4, 6, 9])

            try await platform.audit("notes.read")
            try await platform.sealEverything()
            #expect(try await writer.step(isLast: true) == 1)
            #expect(try signed() == [4, 6, 9, 10])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aChainThatNoLongerHoldsWhatWasSignedIsNotSignedAgain(_ engine: TestEngine) async throws {
        try await Self.withWriter(engine) { platform, writer, signed in
            try await platform.sealEverything()
            try await writer.step()
            try await platform.tamper("DELETE FROM {kernel.audit_seal} WHERE position = 4")
            try await platform.tamper("DELETE FROM {kernel.audit_entry} WHERE action LIKE 'kernel.%'")
            for _ in 1...9 { try await platform.audit("notes.read") }
            try await platform.sealEverything()
            platform.clock.advance(minutes: 60)
            let wrong = try await platform.chain().last?.position

            #expect(wrong == 12)
            #expect(try await writer.step(isLast: true) == 0)
            #expect(try signed() == [4])
        }
    }
}
