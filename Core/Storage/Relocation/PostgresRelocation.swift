package import Logging

/// A PostgreSQL database as one side of a move.
package struct PostgresRelocation: Sendable {
    private let configuration: PostgresConfiguration
    private let logger: Logger

    /// Describes a side; signs in as the owner of the tables, where the configuration names one.
    package init(_ configuration: PostgresConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs `body` in one transaction that sees one state of the database and changes nothing.
    ///
    /// No migration runs meanwhile, so that no server can start.
    ///
    /// - Parameter body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: ``StorageError`` with code `locked` when a server or another command of Almanac is connected; what
    ///   `body` throws.
    package func read<T>(_ body: (any RowConnection) throws -> T) throws -> T {
        let connection = try self.connect()
        try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        let value = try body(connection)
        // Whoever has come meanwhile may have written what this transaction did not see.
        try connection.run("ROLLBACK")
        try self.requireQuiet(connection)
        return value
    }

    /// Runs `body` in one transaction, and commits when it returns.
    ///
    /// No migration runs meanwhile, so that no server can start.
    package func write<T>(_ body: (any RowConnection) throws -> T) throws -> T {
        let connection = try self.connect()
        return try connection.transaction { try body(connection) }
    }

    /// Connects, alone among those that change the schema.
    ///
    /// Looks around first: where both sides are one database, this one would wait for itself.
    private func connect() throws -> PostgresMaintenance {
        try self.requireQuiet(PostgresMaintenance(self.configuration, isAlone: false, self.logger))
        let connection = try PostgresMaintenance(self.configuration, isAlone: true, self.logger)
        try self.requireQuiet(connection)
        return connection
    }

    /// Refuses while others of Almanac are connected; who they are can be seen of the same role only, so that
    /// sessions of other roles are taken for them.
    private func requireQuiet(_ connection: PostgresMaintenance) throws {
        var others = try self.others(connection)
        // A session that has just been closed is seen for a moment.
        for _ in 0..<20 where !others.isEmpty {
            try connection.run("SELECT pg_sleep(0.1)")
            others = try self.others(connection)
        }
        guard !others.isEmpty else { return }
        let names = others.prefix(5).map { $0.compactMap { $0 }.reversed().joined(separator: ", process ") }
        throw StorageError(
            .locked,
            """
            \((self.configuration.ownerURL ?? self.configuration.url).place) is in use by \(names.joined(separator: "; ")): \
            what is written there while it is copied would be lost. Stop every server of this deployment first
            """)
    }

    private func others(_ connection: PostgresMaintenance) throws -> [[String?]] {
        try connection.rows(
            """
            SELECT pid, coalesce(nullif(application_name, ''), 'a session of another user') FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND (application_name IS NULL OR application_name LIKE 'almanac%')
                AND coalesce(backend_type, 'client backend') = 'client backend'
            ORDER BY pid
            """)
    }
}
