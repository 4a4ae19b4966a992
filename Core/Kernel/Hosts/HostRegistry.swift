package import AlmanacStorage

/// Which processes serve the deployment now.
///
/// Each keeps a row of its own fresh. All times are the database's, so that a host whose clock is wrong is not taken
/// for gone. Rows hold nothing that a dump could give away.
package struct HostRegistry: Sendable {
    static let table = Table(.kernel, "host", ownership: .deployment)

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("machine", .text)
        Column("process", .integer)
        Column("program_version", .text)
        Column("manifest", .text)
        Column("started_at", .instant)
        Column("seen_at", .instant)
        PrimaryKey("id")
    }

    static let migrationLevelStep = AddColumn(Column("migrations", .text, optional: true), to: Self.table)

    /// How often a host says that it is there, in seconds.
    package static let intervalSeconds = 15
    /// After so many seconds of silence it is no longer counted on: three turns and some time for a slow database.
    package static let patienceSeconds = 60
    /// After so many seconds its row goes.
    static let memorySeconds: Int64 = 300

    private static let scope = Scope.system(SystemScope("hosts of the deployment"))

    private let database: Database

    package init(_ database: Database) { self.database = database.entering(.kernel) }

    /// The database's time; SQLite has none of its own, and one process.
    private func now(_ instant: Instant) -> SQL {
        self.database.engine.name == "postgres"
            ? "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint" : "\(instant)"
    }

    /// Says that a host is there, and forgets those of whom nothing has been heard for long.
    ///
    /// - Parameters:
    ///   - id: The host.
    ///   - description: What it says of itself.
    /// - Returns: All that are known, those that began first first.
    /// - Throws: ``StorageError`` when the database does not answer.
    package func announce(
        _ id: ID<ServingHost>, _ description: ServingHost.Description
    ) async throws -> [ServingHost] {
        try await self.database.write(in: Self.scope) { tx in
            let now = self.now(tx.now)
            try tx.execute(
                """
                INSERT INTO \(Self.table)
                    (id, machine, process, program_version, manifest, migrations, started_at, seen_at)
                VALUES (\(id), \(description.machine), \(description.process), \(description.version),
                    \(description.manifest), \(description.migrations.text), \(now), \(now))
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
                """)
            try tx.execute("DELETE FROM \(Self.table) WHERE seen_at < \(now) - \(Self.memorySeconds * 1_000_000)")
            return try self.hosts(in: tx.reading)
        }
    }

    /// Takes a host out that ends.
    package func leave(_ id: ID<ServingHost>) async throws {
        try await self.database.write(in: Self.scope) { tx in
            try tx.execute("DELETE FROM \(Self.table) WHERE id = \(id)")
        }
    }

    /// All that are known, those that began first first.
    package func hosts() async throws -> [ServingHost] {
        try await self.database.read(in: Self.scope) { try self.hosts(in: $0) }
    }

    private func hosts(in tx: ReadTransaction) throws -> [ServingHost] {
        var found: [ServingHost] = []
        try tx.forEach(
            """
            SELECT id, machine, process, program_version, manifest, migrations, started_at,
                \(self.now(tx.now)) - seen_at
            FROM \(Self.table) ORDER BY started_at, id
            """
        ) { found.append(try ServingHost(row: &$0)) }
        return found
    }

    /// All that are known, as the owner of the schema sees them; none before the table is there.
    package static func hosts(
        _ connection: any MaintenanceConnection, at now: Instant
    ) throws -> [ServingHost.Description] {
        let isPostgres = connection.isPostgres
        let name = isPostgres ? "kernel.host" : "kernel_host"
        let search =
            isPostgres
            ? "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass('kernel.host') AND NOT attisdropped"
            : "SELECT name FROM pragma_table_info('kernel_host')"
        let columns = try connection.rows(search).compactMap { $0.first.flatMap { $0 } }
        guard !columns.isEmpty else { return [] }
        // The schema may be older than the program.
        let levels = columns.contains("migrations") ? "migrations" : "NULL"
        let time = isPostgres ? "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint" : "\(now.microseconds)"
        return try connection.rows(
            """
            SELECT machine, process, program_version, manifest, \(levels) FROM \(name)
            WHERE \(time) - seen_at <= \(Self.patienceSeconds * 1_000_000) ORDER BY started_at, id
            """
        ).compactMap { row in
            guard case let (machine?, process?, version?, manifest?) = (row[0], row[1], row[2], row[3]) else {
                return nil
            }
            return ServingHost.Description(
                machine: machine, process: Int(process) ?? 0, version: version, manifest: manifest,
                migrations: MigrationLevels(text: row[4]))
        }
    }

    /// Knows which hosts serve with a program that does not know a migration.
    package static let gate = MigrationGate { connection, plugin, number, now in
        try Self.hosts(connection, at: now).filter { !$0.migrations.knows(number, of: plugin) }
            .map { "\($0.machine) process \($0.process), version \($0.version)" }
    }
}
