package import AlmanacStorage

/// Which backups were made of the deployment, and which failed.
///
/// It says nothing of copies that other programs make: of base backups and archived logs of PostgreSQL, of snapshots of
/// disks. What was erased from a disk since stays in it, for the program does not look after the copies.
package struct BackupLog: Sendable {
    static let table = Table(.kernel, "backup", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("began_at", .instant)
        Column("ended_at", .instant)
        Column("machine", .text)
        Column("account", .text)
        Column("program", .text)
        Column("place", .text, optional: true)
        Column("bytes", .integer, optional: true)
        Column("row_count", .integer, optional: true)
        Column("failure", .text, optional: true)
        PrimaryKey("id")
        Check("outcome", "(failure IS NULL) = (place IS NOT NULL AND bytes IS NOT NULL AND row_count IS NOT NULL)")
    }

    /// After so many hours without a backup one is overdue: a day, and an hour for one that takes long.
    package static let patienceHours: Int64 = 25
    /// How many are shown.
    package static let mostShown = 100
    /// After so many days what was made is forgotten.
    private static let memoryDays: Int64 = 400

    private static let scope = Scope.system(SystemScope("backups of the deployment"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// Keeps what was made; what is kept already stays as it is.
    ///
    /// - Parameter entries: Backups, in any order.
    /// - Throws: What the database throws; then none of them is kept.
    package func keep(_ entries: [BackupEntry]) async throws {
        guard !entries.isEmpty else { return }
        try await self.database.write(in: Self.scope) { tx in
            for entry in entries {
                try tx.execute(
                    """
                    INSERT INTO \(Self.table)
                        (id, began_at, ended_at, machine, account, program, place, bytes, row_count, failure)
                    VALUES (\(entry.id), \(entry.beganAt), \(entry.endedAt), \(entry.machine), \(entry.account),
                        \(entry.program), \(entry.place), \(entry.bytes), \(entry.rows), \(entry.failure))
                    ON CONFLICT (id) DO NOTHING
                    """)
            }
            let forgotten = Instant(microseconds: tx.now.microseconds - Self.memoryDays * 86_400_000_000)
            try tx.execute("DELETE FROM \(Self.table) WHERE began_at < \(forgotten)")
        }
    }

    /// The latest backups, those that failed included, and whether one is overdue.
    ///
    /// - Parameter tx: A transaction of whoever may see the deployment.
    /// - Returns: At most ``mostShown``, the latest first.
    /// - Throws: What the database throws.
    package static func latest(in tx: ReadTransaction) throws -> (entries: [BackupEntry], isOverdue: Bool) {
        let entries = try tx.entering(.kernel).fetchAll(
            "SELECT \(BackupEntry.columns) FROM \(Self.table) ORDER BY began_at DESC, id DESC LIMIT \(Self.mostShown)",
            as: BackupEntry.self)
        return (entries, try self.isOverdue(in: tx))
    }

    /// Whether no backup was made for longer than ``patienceHours``.
    package static func isOverdue(in tx: ReadTransaction) throws -> Bool {
        let last = try tx.entering(.kernel).value(
            "SELECT max(began_at) FROM \(Self.table) WHERE failure IS NULL", as: Instant.self)
        guard let last else { return true }
        return tx.now.microseconds - last.microseconds > Self.patienceHours * 3_600_000_000
    }
}
