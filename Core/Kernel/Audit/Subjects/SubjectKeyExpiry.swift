internal import AlmanacStorage
internal import Logging

/// Removes the keys of callers who are nobody known, so many months after the month of their entries.
///
/// Their addresses cannot be read from then on, as if each of them had been erased. The search index goes first, some
/// entries at a time, while the key says that it is ending; the key goes when nothing is left. What is interrupted goes
/// on where it was.
struct SubjectKeyExpiry: Sendable {
    /// What a step has done.
    struct Progress: Sendable, Equatable {
        /// How many entries were taken out of the search index by address.
        var unindexed = 0
        /// How many keys were removed.
        var removed = 0
        /// Whether there may be more to do at once.
        var hasMore = false
    }

    /// How many entries a step changes: on SQLite its one writer is taken for some milliseconds.
    static let batch = 200

    private let database: Database
    private let months: Int
    private let logger: Logger

    init(_ database: Database, months: Int, logger: Logger) {
        self.database = database.entering(.kernel)
        self.months = months
        self.logger = logger
    }

    /// Does some of what is due.
    ///
    /// - Parameter limit: How many entries to change at most.
    /// - Returns: What was done.
    /// - Throws: What the database throws; then nothing was changed.
    @discardableResult
    func step(limit: Int = SubjectKeyExpiry.batch) async throws -> Progress {
        let now = ArchiveCalendar.month(of: self.database.clock.now)
        let due = ArchiveCalendar.month(of: ArchiveCalendar.start(of: now, adding: -self.months))
        let next = try await self.database.read(in: .system(SystemScope("forget addresses of strangers"))) { tx in
            try tx.fetchOne(
                """
                SELECT \(SubjectKey.columns) FROM \(SubjectKey.table)
                WHERE month IS NOT NULL AND month < \(due) ORDER BY month, id LIMIT 1
                """, as: SubjectKey.self)
        }
        guard let next else { return Progress() }
        let progress = try await self.database.write(in: .organization(next.organization)) { tx in
            try Self.end(next, limit, in: tx)
        }
        if progress.removed > 0 {
            self.logger.info(
                "removed a key of the audit log: addresses of strangers cannot be read any more",
                metadata: ["organization": "\(next.organization)", "key": "\(next.id)"])
        }
        return progress
    }

    private static func end(_ key: SubjectKey, _ limit: Int, in tx: Transaction) throws -> Progress {
        let isKey: SQL = "organization_id = \(key.organization) AND id = \(key.id)"
        try tx.execute(
            """
            UPDATE \(SubjectKey.table) SET is_ending = \(true), is_current = \(false)
            WHERE \(isKey) AND NOT is_ending
            """)
        let unindexed = try tx.execute(
            """
            UPDATE \(AuditSeal.table) SET address = NULL
            WHERE organization_id = \(key.organization) AND position IN (
                SELECT s.position FROM \(AuditSeal.table) s
                WHERE s.organization_id = \(key.organization) AND s.subject_key = \(key.id)
                    AND s.address IS NOT NULL
                LIMIT \(limit))
            """)
        guard unindexed < limit else { return Progress(unindexed: unindexed, hasMore: true) }
        let removed = try tx.execute("DELETE FROM \(SubjectKey.table) WHERE \(isKey)")
        return Progress(unindexed: unindexed, removed: removed, hasMore: true)
    }

    /// Looks each hour, and goes on at once while something is due.
    var work: BackgroundWork {
        .housekeeping("audit-strangers", everySeconds: 3_600) { try await self.step().hasMore }
    }
}
