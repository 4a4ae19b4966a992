internal import AlmanacStorage
internal import Logging

/// Moves old months of the logs into files outside the database, and removes files whose time has come.
///
/// A month goes its way in steps, each of which may be the last one before a crash, and each of which may be repeated:
/// 1. Its entries are read, each checked against the chain, and written into a file; it gets its name when all of it
///    is on the disk.
/// 2. What the file holds is signed and recorded in the database. From here on the file is the log.
/// 3. The rows are deleted, some at a time, as far as recorded files have them and are still what was recorded.
/// 4. Years later the end of its time is recorded and signed, and then the file is removed.
package actor AuditArchiver {
    /// What a step has done, for all organizations.
    package struct Progress: Sendable, Equatable {
        /// How many months were written into files.
        package var archived = 0
        /// How many entries were deleted from the database, which files have.
        package var deleted = 0
        /// How many files were removed because their time had come.
        package var removed = 0
        /// Whether there may be more to do at once.
        package var hasMore = false
    }

    private static let page = 500
    /// How many entries are deleted at a time: on SQLite its one writer is taken for some milliseconds.
    static let batch: Int64 = 200

    private let database: Database
    private let settings: AuditSettings.Archive
    private let folder: SegmentFolder
    private let key: AuditKey
    private let logger: Logger
    /// The segments whose files were examined, by their last positions, so that it is done once and not for each batch.
    private var examined: [OrganizationID: Int64] = [:]

    init(_ database: Database, _ settings: AuditSettings.Archive, key: AuditKey, _ logger: Logger) {
        self.database = database.entering(.kernel)
        self.settings = settings
        self.folder = SegmentFolder(path: settings.folder)
        self.key = key
        self.logger = logger
    }

    /// Does some of what is due.
    ///
    /// - Returns: What was done; nothing while another process archives into the folder.
    /// - Throws: What the database throws; ``AuditFileError``. What was done before stays done.
    @discardableResult
    package func step() async throws -> Progress {
        guard let lock = try self.folder.lock() else { return Progress() }
        defer { withExtendedLifetime(lock) {} }
        let organizations = try await self.database.read(in: .system(SystemScope("archive audit logs"))) { tx in
            try tx.values("SELECT id FROM \(Organization.table) ORDER BY id", as: OrganizationID.self)
        }
        var progress = Progress()
        for organization in organizations {
            let deleted = try await self.prune(organization)
            progress.deleted += deleted
            if deleted > 0 { progress.hasMore = true }
            if let segment = try await self.compose(organization) {
                if try await self.record(segment) { progress.archived += 1 }
                progress.hasMore = true
            }
            progress.removed += try await self.expire(organization)
        }
        return progress
    }

    // MARK: Writing

    /// Which positions make the next segment.
    private struct Range: Sendable {
        let month: LocalDate
        let first: Int64
        let last: Int64
        let previous: [UInt8]
    }

    /// The next month that is due as a whole, and that nobody can write into any more.
    private func nextRange(_ organization: OrganizationID) async throws -> Range? {
        let now = self.database.clock.now
        let due = ArchiveCalendar.start(of: ArchiveCalendar.month(of: now), adding: -self.settings.afterMonths)
        return try await self.database.read(in: .organization(organization)) { tx in
            let before = try AuditSegment.last(of: organization, in: tx)
            let first = (before?.last ?? 0) + 1
            // What a wrong clock has dated into the future belongs to what stands around it.
            let behind: SQL = "organization_id = \(organization) AND position >= \(first) AND at <= \(now)"
            let start = try tx.value(
                "SELECT at FROM \(AuditSeal.table) WHERE \(behind) ORDER BY position LIMIT 1", as: Instant.self)
            guard let start, start < due else { return nil }
            let month = ArchiveCalendar.month(of: start)
            let end = ArchiveCalendar.start(of: month, adding: 1)
            let next = try tx.value(
                "SELECT position FROM \(AuditSeal.table) WHERE \(behind) AND at >= \(end) ORDER BY position LIMIT 1",
                as: Int64.self)
            let head = try AuditSeal.head(of: organization, in: tx).position
            return Range(
                month: month, first: first, last: next.map { $0 - 1 } ?? head,
                previous: before?.hash ?? AuditChain.origin)
        }
    }

    /// Writes the next month that is due into its file; nothing of it is in the database yet.
    ///
    /// - Returns: What is to be recorded, signed; `nil` when nothing is due.
    func compose(_ organization: OrganizationID) async throws -> AuditSegment? {
        guard let range = try await self.nextRange(organization) else { return nil }
        var segment = AuditSegment(organization, range.month, first: range.first, last: range.last, range.previous)
        let draft = try self.folder.begin(segment)
        var (last, hash) = (range.first - 1, range.previous)
        var (from, to) = (Instant(microseconds: .max), Instant(microseconds: .min))
        while last < range.last {
            let after = last
            let links = try await self.database.read(in: .organization(organization)) { tx in
                try AuditLink.page(after: after, limit: Self.page, of: organization, in: tx)
            }
            for link in links where link.position <= range.last {
                guard link.position == last + 1, link.finding(after: hash, of: organization) == nil,
                    let (columns, canonical) = link.stored, !canonical.contains(UInt8(ascii: "\n"))
                else { return self.giveUp(organization, last + 1) }
                try draft.write(ArchivedLine(position: link.position, hash: link.hash, canonical: canonical))
                (last, hash) = (link.position, link.hash)
                (from, to) = (min(from, columns.at), max(to, columns.at))
            }
            guard last > after else { return self.giveUp(organization, last + 1) }
        }
        let (digest, size) = try draft.finish()
        segment = AuditSegment(
            organization, range.month, first: range.first, last: range.last, range.previous, hash: hash, from: from,
            to: to, digest: digest, size: size)
        try segment.sign(by: self.key)
        return segment
    }

    /// A log that is not as it was written stays where it is: archiving it would make the change good.
    private func giveUp(_ organization: OrganizationID, _ position: Int64) -> AuditSegment? {
        self.logger.critical(
            "the audit log is not as it was written and is not archived: run `almanac audit verify`",
            metadata: ["organization": "\(organization)", "position": "\(position)"])
        return nil
    }

    /// Records a segment, unless somebody else was faster: another host archives into a folder of its own.
    ///
    /// - Returns: Whether it was recorded now.
    @discardableResult
    func record(_ segment: AuditSegment) async throws -> Bool {
        let isRecorded = try await self.database.write(in: .organization(segment.organization)) { tx in
            try tx.lock([LockKey("audit archive", segment.organization)])
            let last = try AuditSegment.last(of: segment.organization, in: tx.reading)?.last ?? 0
            guard last == segment.first - 1 else { return false }
            try segment.insert(in: tx)
            return true
        }
        guard isRecorded else { return false }
        self.logger.notice(
            "archived a month of the audit log",
            metadata: ["organization": "\(segment.organization)", "file": "\(segment.file)"])
        return true
    }

    // MARK: Deleting

    /// Deletes some of the rows that files have.
    ///
    /// - Parameters:
    ///   - organization: Whose log.
    ///   - limit: How many at most.
    /// - Returns: How many entries were deleted.
    /// - Throws: What the database throws; ``AuditFileError`` when a file is not what was recorded: then its rows stay.
    func prune(_ organization: OrganizationID, limit: Int64 = AuditArchiver.batch) async throws -> Int {
        let (segments, first) = try await self.database.read(in: .organization(organization)) { tx in
            let first = try tx.value(
                "SELECT min(position) FROM \(AuditSeal.table) WHERE organization_id = \(organization)", as: Int64.self)
            return (try AuditSegment.all(of: organization, in: tx), first)
        }
        guard let first, let segment = segments.first(where: { $0.last >= first }) else { return 0 }
        if self.examined[organization] != segment.last {
            try self.folder.check(segment)
            self.examined[organization] = segment.last
        }
        let last = min(segment.last, first + limit - 1)
        return try await self.database.write(in: .organization(organization)) { tx in
            let range: SQL = "organization_id = \(organization) AND position >= \(first) AND position <= \(last)"
            let deleted = try tx.execute(
                """
                DELETE FROM \(AuditTrail.table)
                WHERE organization_id = \(organization)
                    AND id IN (SELECT entry_id FROM \(AuditSeal.table) WHERE \(range))
                """)
            try tx.execute("DELETE FROM \(AuditSeal.table) WHERE \(range)")
            return deleted
        }
    }

    // MARK: Removing

    /// Removes the files whose time has come, the oldest first.
    ///
    /// - Returns: How many were removed.
    func expire(_ organization: OrganizationID) async throws -> Int {
        let now = self.database.clock.now
        let end = ArchiveCalendar.start(of: ArchiveCalendar.month(of: now), adding: -12 * self.settings.years)
        let segments = try await self.database.read(in: .organization(organization)) { tx in
            // What has rows in the database is not over yet.
            let first = try tx.value(
                "SELECT min(position) FROM \(AuditSeal.table) WHERE organization_id = \(organization)", as: Int64.self)
            return try AuditSegment.all(of: organization, in: tx).filter { $0.last < first ?? .max }
        }
        var removed = 0
        for segment in segments.prefix(while: { $0.to < end }) {
            if segment.removal == nil {
                var over = segment
                try over.remove(at: now, signedBy: self.key)
                let gone = over
                try await self.database.write(in: .organization(organization)) { try gone.saveRemoval(in: $0) }
                removed += 1
            }
            // Again each time: the one before may have ended between the two.
            try self.folder.remove(segment)
        }
        return removed
    }
}
