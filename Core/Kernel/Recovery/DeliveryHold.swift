package import AlmanacStorage

/// Whether anything may leave the deployment: mails, and later messages and calls of other systems.
///
/// A database that was restored knows only what was known when its backup was made. What has been sent since would be
/// sent again, and what it sends may be about bookings that have long been cancelled. So a restore holds deliveries
/// until an operator has looked and releases them. Whoever sends something to the outside asks right before; what is held
/// stays where it waits.
package struct DeliveryHold: Sendable {
    /// Why and since when deliveries are held.
    package struct Hold: Record, Sendable, Equatable {
        package static let columns: Columns = ["state", "reason", "since"]

        /// How far what holds them has come.
        package enum State: String, ColumnValue {
            /// A restore has not finished: nobody may work with the database at all.
            case restoring
            /// An operator has to release them.
            case held
        }

        /// How far what holds them has come.
        package let state: State
        /// Why, for people.
        package let reason: String
        /// Since when.
        package let since: Instant

        package init(row: inout RowReader) throws {
            self.state = try row.next()
            self.reason = try row.next()
            self.since = try row.next()
        }
    }

    static let table = Table(.kernel, "delivery_hold", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .integer)
        Column("state", .text)
        Column("reason", .text)
        Column("since", .instant)
        PrimaryKey("id")
        Check("state", "state IN ('restoring', 'held')")
    }

    private static let scope = Scope.system(SystemScope("hold deliveries"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// The hold, or `nil` when everything may leave.
    ///
    /// - Throws: What the database throws; then nothing may leave either.
    package func current() async throws -> Hold? {
        try await self.database.read(in: Self.scope) { tx in try Self.current(in: tx) }
    }

    /// The hold as a transaction of the platform's sees it.
    package static func current(in tx: ReadTransaction) throws -> Hold? {
        try tx.fetchOne("SELECT \(Hold.columns) FROM \(Self.table) WHERE id = 1", as: Hold.self)
    }

    /// Lets everything leave again, which is audited in each organization.
    ///
    /// - Parameter actor: Who does it.
    /// - Returns: The hold that there was, or `nil` when there was none.
    /// - Throws: ``Refusal`` `restore_unfinished` while the database is restored by half.
    package func release(by actor: String) async throws -> Hold? {
        try await self.database.write(in: Self.scope) { tx in
            guard let hold = try Self.current(in: tx.reading) else { return nil }
            guard hold.state == .held else { throw Refusal.restoreUnfinished }
            // Of two at once one deletes the row, and only that one tells of it.
            guard try tx.execute("DELETE FROM \(Self.table) WHERE id = 1") == 1 else { return nil }
            try Recovery.audit(
                "kernel.deliveries.released", by: actor,
                detail: [
                    "heldSince": .string(hold.since.rfc3339)
                ], in: tx)
            return hold
        }
    }

    /// Holds everything from now on, in the caller's transaction.
    static func hold(_ reason: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM \(Self.table) WHERE id = 1")
        try tx.execute(
            """
            INSERT INTO \(Self.table) (id, state, reason, since)
            VALUES (1, \(Hold.State.held), \(reason), \(tx.now))
            """)
    }

    // MARK: While a restore is under way

    /// Marks a database as restored by half, before it can be taken for a whole one.
    package static func mark(_ connection: any MaintenanceConnection, at now: Instant) throws {
        let name = connection.isPostgres ? "kernel.delivery_hold" : "kernel_delivery_hold"
        try connection.run(
            """
            DELETE FROM \(name);
            INSERT INTO \(name) (id, state, reason, since) VALUES (1, 'restoring', 'a restore is under way',
                \(now.microseconds))
            """)
    }

    /// Whether a database was restored by half.
    package static func isMarked(_ connection: any MaintenanceConnection) throws -> Bool {
        let (name, search) =
            connection.isPostgres
            ? ("kernel.delivery_hold", "SELECT 1 WHERE to_regclass('kernel.delivery_hold') IS NOT NULL")
            : ("kernel_delivery_hold", "SELECT 1 FROM sqlite_schema WHERE name = 'kernel_delivery_hold'")
        guard try !connection.rows(search).isEmpty else { return false }
        return try !connection.rows("SELECT 1 FROM \(name) WHERE state = 'restoring'").isEmpty
    }
}

extension Refusal {
    /// A restore was interrupted.
    package static let restoreUnfinished = Refusal(
        .conflict, "restore_unfinished",
        "this database was restored by half, because `almanac restore` was interrupted or is under way: if none is "
            + "running, empty the database (DROP DATABASE and CREATE DATABASE) and restore again")
}
