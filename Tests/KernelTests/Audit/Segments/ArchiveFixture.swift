import AlmanacStorage
import AlmanacTestKit
import Foundation

@testable import AlmanacKernel

/// A log with entries of some months, and what archives it.
struct ArchiveFixture {
    let platform: TestPlatform
    let folder: String
    let key = AuditKey()
    let archiver: AuditArchiver
    let verifier: AuditVerifier
    let export: AuditExport

    init(_ platform: TestPlatform, _ folder: String) {
        self.platform = platform
        self.folder = folder
        let settings = AuditSettings.Archive(folder: folder)
        self.archiver = AuditArchiver(platform.runtime.database, settings, key: self.key, SilentLog.logger)
        self.verifier = AuditVerifier(platform.runtime.database, archive: settings)
        self.export = AuditExport(platform.runtime.database, SegmentFolder(path: folder))
    }

    /// A log of three months, of which two are due: it is June 2027.
    ///
    /// Positions 1 to 7 of the north are of March 2026, 8 to 10 of April, 11 to 13 of May; those of the south end at 6, 8
    /// and 10.
    static func with(
        _ engine: TestEngine, setup: TestPlatform.Setup = TestPlatform.Setup(),
        _ body: (ArchiveFixture) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await withPlatform(engine, plugins: [Notes.self], setup: setup) { platform in
                let fixture = ArchiveFixture(platform, folder.file("segments"))
                for month in ["2026-03-02", "2026-04-10", "2026-05-20"] { try await fixture.write(month) }
                try fixture.set("2027-06-10")
                try await platform.sealEverything()
                try await body(fixture)
            }
        }
    }

    func set(_ date: String) throws {
        guard let instant = Instant(rfc3339: date + "T09:00:00Z") else { throw TestKitError("\(date) is no date") }
        self.platform.clock.set(instant)
    }

    /// Three entries of a day in the north and two in the south.
    func write(_ date: String) async throws {
        try self.set(date)
        for number in 1...3 { try await self.platform.audit("notes.north-\(number)", in: .north) }
        for number in 1...2 { try await self.platform.audit("notes.south-\(number)", in: .south) }
    }

    var north: OrganizationID { get throws { try self.platform.organization(.north).id } }

    /// Archives until nothing is due.
    @discardableResult
    func archive() async throws -> AuditArchiver.Progress {
        var total = AuditArchiver.Progress()
        for _ in 0..<100 {
            let step = try await self.archiver.step()
            total.archived += step.archived
            total.deleted += step.deleted
            total.removed += step.removed
            if !step.hasMore { return total }
        }
        throw TestKitError("archiving never ends")
    }

    func segments(_ place: TestPlace = .north) async throws -> [AuditSegment] {
        let organization = try self.platform.organization(place).id
        return try await self.platform.runtime.database.read(in: .organization(organization)) { tx in
            try AuditSegment.all(of: organization, in: tx)
        }
    }

    func verify(_ place: TestPlace = .north, knowsKey: Bool = true) async throws -> AuditVerdict {
        try await self.verifier.verify(
            try self.platform.organization(place).id, signedBy: knowsKey ? self.key.publicKey : nil)
    }

    /// Kinds and positions of what is found.
    func findings(knowsKey: Bool = true) async throws -> [String] {
        try await self.verify(knowsKey: knowsKey).findings.map {
            "\($0.kind) \($0.position.map { "\($0)" } ?? "-")"
        }
    }

    /// The whole log as it is exported.
    func exported(_ filter: AuditFilter = AuditFilter(), _ place: TestPlace = .north) async throws -> String {
        var text = ""
        try await self.export.write(try self.platform.organization(place).id, filter) {
            text += String(decoding: $0, as: UTF8.self)
        }
        return text
    }

    /// How many rows the database has of the north's log: entries and seals.
    func rows() async throws -> [Int] {
        let organization = try self.north
        return try await self.platform.runtime.database.read(in: .organization(organization)) { tx in
            try [AuditTrail.table, AuditSeal.table].map { table in
                try tx.value("SELECT count(*) FROM \(table) WHERE organization_id = \(organization)") ?? 0
            }
        }
    }

    func path(_ segment: AuditSegment) -> String { "\(self.folder)/\(segment.file)" }

    func lines(_ segment: AuditSegment) throws -> [ArchivedLine] {
        var lines: [ArchivedLine] = []
        try SegmentFolder(path: self.folder).forEachLine(of: segment) {
            lines.append($0)
            return true
        }
        return lines
    }

    /// Puts other lines into the file of a segment, and tells the database of it, as somebody would who knows how but
    /// has no key.
    func forge(_ segment: AuditSegment, _ lines: [ArchivedLine], tells: Bool) async throws {
        let draft = try SegmentFolder(path: self.folder).begin(segment)
        for line in lines { try draft.write(line) }
        let (digest, size) = try draft.finish()
        guard tells else { return }
        try await self.platform.runtime.database.write(in: .organization(segment.organization)) { tx in
            try tx.execute(
                """
                UPDATE \(AuditSegment.table) SET digest = \(digest), size = \(size), hash = \(lines.last?.hash ?? [])
                WHERE organization_id = \(segment.organization) AND first_position = \(segment.first)
                """)
        }
    }
}
