internal import Foundation
package import Logging

/// Dumps of a PostgreSQL database in `pg_dump`'s custom format.
package struct PostgresArchive: Sendable {
    /// What is in a dump, and what else its moment knew.
    package struct Contents<Facts: Sendable>: Sendable {
        /// What was asked in the dump's own snapshot.
        package let facts: Facts
        /// The server's version as PostgreSQL numbers it.
        package let serverVersion: String
    }

    private let configuration: PostgresConfiguration
    private let programs: PostgresPrograms
    private let logger: Logger

    /// Prepares for a database.
    package init(_ configuration: PostgresConfiguration, _ logger: Logger) {
        self.configuration = configuration
        self.programs = PostgresPrograms(configuration)
        self.logger = logger
    }

    /// Dumps the rooms while others write, and asks questions in the very snapshot that is dumped.
    ///
    /// The history of migrations is dumped without its rows: they belong into the description, and come back last, so
    /// that a database that was restored by half is not taken for a whole one.
    ///
    /// - Parameters:
    ///   - rooms: The rooms, which exist.
    ///   - file: The dump, which must not exist.
    ///   - tables: The tables whose rows are counted in the dump afterwards, by the answers.
    ///   - questions: Runs in a transaction that sees exactly what the dump has.
    /// - Returns: The answers.
    /// - Throws: ``StorageError`` when the dump cannot be made, or does not have the rows of its snapshot.
    package func dump<Facts: Sendable>(
        _ rooms: [Namespace], to file: String, counting tables: @escaping @Sendable (Facts) -> [StoredTable],
        _ questions: @escaping @Sendable (any RowConnection) throws -> Facts
    ) async throws -> Contents<Facts> {
        try await onOwnThread {
            let connection = try PostgresMaintenance(self.configuration, isAlone: false, self.logger)
            try connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            guard let snapshot = try connection.rows("SELECT pg_export_snapshot()").first?.first.flatMap({ $0 }) else {
                throw StorageError(.statement, "the server exports no snapshot")
            }
            try DurableFile.create(file).close()
            let schemas = rooms.map { "--schema=\(RoleSetup.quoted($0.name))" }
            try self.programs.run(
                "pg_dump",
                [
                    "--format=custom", "--no-password", "--enable-row-security", "--snapshot=\(snapshot)",
                    "--lock-wait-timeout=30s", "--exclude-table-data=kernel.migration", "--file=\(file)",
                ] + schemas)
            let facts = try questions(connection)
            let expected = try tables(facts).map { ($0.name, try connection.count(of: $0)) }
            let version = try connection.rows("SHOW server_version").first?.first.flatMap { $0 } ?? ""
            try connection.run("ROLLBACK")
            try DurableFile.sync(file)
            try self.compare(file, with: Dictionary(expected, uniquingKeysWith: { $1 }))
            return Contents(facts: facts, serverVersion: version)
        }
    }

    /// The rooms that the database has: those of the history of migrations; none when there is no history.
    package func rooms() async throws -> [Namespace] {
        try await onOwnThread {
            let connection = try PostgresMaintenance(self.configuration, isAlone: false, self.logger)
            guard try !connection.rows("SELECT 1 WHERE to_regclass('kernel.migration') IS NOT NULL").isEmpty else {
                return []
            }
            return try connection.rows(
                """
                SELECT nspname FROM pg_namespace
                WHERE nspname IN (SELECT plugin FROM kernel.migration) ORDER BY nspname
                """
            ).compactMap { $0.first.flatMap { $0 } }.map { Namespace(verified: $0) }
        }
    }

    /// Reads a dump from one end to the other and counts its rows.
    private func compare(_ file: String, with expected: [String: Int]) throws {
        try self.programs.run("pg_restore", ["--list", file])
        var counter = DumpCounter()
        try self.programs.run("pg_restore", ["--data-only", "--file=-", file]) { counter.read($0) }
        for (table, count) in expected.sorted(by: { $0.key < $1.key }) where counter.rows[table] ?? 0 != count {
            throw StorageError(
                .unavailable,
                """
                the dump has \(counter.rows[table] ?? 0) rows of \(table), but there are \(count): the role that dumps \
                does not see all rows. Dump as the owner of the tables (storage.ownerUrl in the manifest)
                """)
        }
    }

    /// Loads a dump into a database that has none of the rooms: everything or nothing.
    ///
    /// - Parameters:
    ///   - file: The dump.
    ///   - rooms: The rooms that it has.
    ///   - taken: The rooms of which none may be there.
    ///   - body: Runs behind it, on a connection that no other migration runs beside; when it throws, the rooms are
    ///     dropped again.
    /// - Returns: What `body` returns.
    /// - Throws: ``StorageError`` with code `uniqueViolation` when one of the rooms is there already.
    package func load<T: Sendable>(
        _ file: String, rooms: [Namespace], refusing taken: [Namespace],
        _ body: @escaping @Sendable (any RowConnection) throws -> T
    ) async throws -> T {
        try await onOwnThread {
            let connection = try PostgresMaintenance(self.configuration, isAlone: true, self.logger)
            try self.requireNothing(connection, taken)
            // The dump has no extensions: they belong to the whole database.
            try connection.run("CREATE EXTENSION IF NOT EXISTS btree_gist")
            try self.programs.run(
                "pg_restore",
                [
                    "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments",
                    "--no-password", "--dbname=\(try self.database(connection))", file,
                ])
            do {
                return try body(connection)
            } catch {
                try? Self.drop(rooms, connection)
                throw error
            }
        }
    }

    /// Drops rooms with everything in them: what a restore has made and cannot finish.
    package func drop(_ rooms: [Namespace]) async throws {
        try await onOwnThread {
            try Self.drop(rooms, try PostgresMaintenance(self.configuration, isAlone: true, self.logger))
        }
    }

    private static func drop(_ rooms: [Namespace], _ connection: PostgresMaintenance) throws {
        for room in rooms { try connection.run("DROP SCHEMA IF EXISTS \(RoleSetup.quoted(room.name)) CASCADE") }
    }

    private func requireNothing(_ connection: PostgresMaintenance, _ rooms: [Namespace]) throws {
        let names = rooms.map { RoleSetup.literal($0.name) }.joined(separator: ", ")
        let found = try connection.rows("SELECT nspname FROM pg_namespace WHERE nspname IN (\(names)) ORDER BY 1")
        guard let first = found.first?.first.flatMap({ $0 }) else { return }
        let place = (self.configuration.ownerURL ?? self.configuration.url).place
        throw StorageError(
            .uniqueViolation,
            """
            \(place) is not empty: it has the schema \(first). Data is never overwritten: make an empty database \
            (CREATE DATABASE) and name it in the manifest
            """)
    }

    /// The database for a command line that reads more than names, as a connection string with nothing else in it.
    private func database(_ connection: PostgresMaintenance) throws -> String {
        let name = try connection.rows("SELECT current_database()").first?.first.flatMap { $0 } ?? ""
        let quoted = name.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "dbname='\(String(quoted))'"
    }
}
