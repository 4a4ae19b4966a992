import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// What somebody does to archived months, in files or in the database, is found.
struct SegmentTamperingTests {
    @Test(
        "v5.0.0-16.4.2 what is done to an archived month is found",
        arguments: TestEngine.allCases, ["none", "removed", "truncated", "swapped", "edited", "shortened"])
    func whatIsDoneToFilesIsFound(_ engine: TestEngine, _ change: String) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let segments = try await fixture.segments()
            let (march, april) = (segments[0], segments[1])
            let lines = try fixture.lines(march)
            let (one, other) = (fixture.path(march), fixture.path(april))
            let files = FileManager.default
            switch change {
            case "removed": try files.removeItem(atPath: one)
            case "truncated":
                let data = try Data(contentsOf: URL(fileURLWithPath: one))
                try data.dropLast(12).write(to: URL(fileURLWithPath: one))
            case "swapped":
                try files.moveItem(atPath: one, toPath: one + ".other")
                try files.moveItem(atPath: other, toPath: one)
                try files.moveItem(atPath: one + ".other", toPath: other)
            case "edited": try await fixture.forge(march, Self.edited(lines, at: 5), tells: false)
            case "shortened": try await fixture.forge(march, lines.dropLast(), tells: false)
            default: break
            }
            let expected =
                switch change {
                case "none": [String]()
                case "swapped": ["segment 1", "segment 8"]
                default: ["segment 1"]
                }

            #expect(try await fixture.findings() == expected)
            #expect(try await fixture.findings(knowsKey: false) == expected)
        }
    }

    /// Where the database was made to agree with the file, the chain tells, or the signature where that was forged too.
    @Test(arguments: TestEngine.allCases)
    func whatTheDatabaseWasMadeToAgreeWithIsFound(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let april = try await fixture.segments()[1]
            let lines = try fixture.lines(april)
            try await fixture.forge(april, Self.edited(lines, at: 9), tells: true)
            #expect(try await fixture.findings(knowsKey: false) == ["changed 9"])
            #expect(try await fixture.findings() == ["segment 8", "changed 9"])

            // Sealed anew up to the end of the file: the database goes on from the old end.
            try await fixture.forge(april, try self.resealed(Self.edited(lines, at: 9), april), tells: true)
            #expect(try await fixture.findings(knowsKey: false) == ["changed 11"])
            #expect(try await fixture.findings() == ["segment 8", "changed 11"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMonthThatTheDatabaseNoLongerTellsOfIsMissed(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            try await fixture.platform.tamper("DELETE FROM {kernel.audit_segment} WHERE first_position = 1")
            #expect(try await fixture.findings() == ["missing 1"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRemovalThatNobodySignedOrThatCameTooEarlyIsFound(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let march = try await fixture.segments()[0]
            let now = fixture.platform.clock.now
            for key in [AuditKey(), fixture.key] {
                try await fixture.platform.tamper("UPDATE {kernel.audit_segment} SET removed_at = NULL")
                var gone = march
                try gone.remove(at: now, signedBy: key)
                let removed = gone
                try await fixture.platform.runtime.database.write(in: .organization(march.organization)) { tx in
                    try removed.saveRemoval(in: tx)
                }
                let findings = try await fixture.verify().findings.map(\.message)
                #expect(findings.count == (key.publicKey.description == fixture.key.publicKey.description ? 1 : 2))
                #expect(findings.last?.contains("before its time had come") == true)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEntryThatWasPutBeforeTheArchivedEndIsFound(_ engine: TestEngine) async throws {
        try await ArchiveFixture.with(engine) { fixture in
            try await fixture.archive()
            let columns = "organization_id, at, actor, action, object_type, object_id, is_success, address"
            let id =
                engine == .postgres
                ? "'00000000-0000-0000-0000-0000000000ff'" : "X'000000000000000000000000000000ff'"
            let mark = engine == .postgres ? "1" : "-1"
            try await fixture.platform.tamper(
                """
                INSERT INTO {kernel.audit_entry} (id, commit_mark, canonical, \(columns))
                SELECT \(id), \(mark), canonical, \(columns) FROM {kernel.audit_entry} WHERE action = 'notes.north-3'
                """)
            try await fixture.platform.tamper(
                """
                INSERT INTO {kernel.audit_seal} (position, entry_id, hash, \(columns))
                SELECT 10, \(id), hash, \(columns) FROM {kernel.audit_seal} WHERE action = 'notes.north-3'
                """)
            #expect(try await fixture.findings().contains("inserted 10"))
        }
    }

    @Test func aLineIsReadAsItWasWritten() throws {
        let line = ArchivedLine(
            position: 42, hash: [UInt8](repeating: 0xAB, count: 32), canonical: Array(#"{"a":"}\"position\":1"}"#.utf8))
        let read = try #require(ArchivedLine(line.bytes.dropLast()))

        #expect(read.position == 42)
        #expect(read.hash == line.hash)
        #expect(read.canonical == line.canonical)
        for broken in ["", "{}", #"{"entry":}"#, #"{"entry":{},"hash":"00","position":1}"#] {
            #expect(ArchivedLine(Array(broken.utf8)) == nil)
        }
    }

    private static func edited(_ lines: [ArchivedLine], at position: Int64) -> [ArchivedLine] {
        lines.map { line in
            guard line.position == position else { return line }
            let text = String(decoding: line.canonical, as: UTF8.self)
                .replacingOccurrences(of: "notes.", with: "books.").replacingOccurrences(of: "kernel.", with: "core.")
            return ArchivedLine(position: position, hash: line.hash, canonical: Array(text.utf8))
        }
    }

    private func resealed(_ lines: [ArchivedLine], _ segment: AuditSegment) throws -> [ArchivedLine] {
        var previous = segment.previous
        return lines.map { line in
            previous = AuditChain.hash(
                at: line.position, of: segment.organization, after: previous, canonical: line.canonical)
            return ArchivedLine(position: line.position, hash: previous, canonical: line.canonical)
        }
    }
}
