internal import GRDBSQLite
internal import Synchronization

/// When the write-ahead log is copied into the file: between two groups, when it has grown long enough.
///
/// SQLite by itself does so inside of the commit that made the log too long, and everybody in that group waits for it.
/// Here they have been answered before. Only the writing connection checkpoints: up to version 3.51.2 of SQLite two that
/// do can damage the file (https://sqlite.org/wal.html, "The WAL-Reset Bug").
final class SQLiteCheckpoints: Sendable {
    /// How many pages of log are worth copying, which are 32 MB: a page that changed often meanwhile is copied once.
    private static let due = 8_192
    /// How many pages are too many to wait for the end of a group: something writes that is none, as a migration.
    private static let overdue = 4 * SQLiteCheckpoints.due

    /// How long the log was after the last commit.
    private let pages = Atomic<Int>(0)

    /// Takes the place of SQLite's own checkpoints.
    ///
    /// - Parameter handle: The writing connection, which must not outlive this.
    func attach(to handle: OpaquePointer?) {
        sqlite3_wal_hook(
            handle,
            { context, handle, _, pages in
                guard let context else { return SQLITE_OK }
                let checkpoints = Unmanaged<SQLiteCheckpoints>.fromOpaque(context).takeUnretainedValue()
                checkpoints.pages.store(Int(pages), ordering: .relaxed)
                if pages >= SQLiteCheckpoints.overdue { checkpoints.run(on: handle) }
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Copies the log when it is long, on the writing connection and outside of a transaction.
    func runWhenDue(on handle: OpaquePointer?) {
        if self.pages.load(ordering: .relaxed) >= Self.due { self.run(on: handle) }
    }

    /// Copies what no reader needs any more; what cannot be copied now stays in the log, and loses nothing by it.
    private func run(on handle: OpaquePointer?) {
        self.pages.store(0, ordering: .relaxed)
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
