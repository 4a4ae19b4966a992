internal import AlmanacKernel
internal import AlmanacStorage
public import Logging

/// Brings a backup back into an empty place.
public struct Restorer: Sendable {
    /// What was done.
    public struct Report: Sendable {
        /// What the backup said of itself.
        public let description: BackupDescription
        /// How many migrations were applied afterwards.
        public fileprivate(set) var migrations = 0
        /// How many sessions were ended.
        public fileprivate(set) var sessions = 0
        /// How many tokens that had been mailed were removed.
        public fileprivate(set) var tokens = 0
        /// How many API keys work.
        public fileprivate(set) var apiKeys = 0
        /// The keys with which values are encrypted and that the manifest's place does not have.
        public fileprivate(set) var missingKeys: [String] = []
    }

    /// Examines a restored deployment that nobody serves yet; what it throws ends the restore, and nothing is kept.
    public typealias Examination = @Sendable (Deployment, BackupDescription) async throws -> Void

    private let blueprint: Blueprint
    private let folder: BackupFolder
    private let migrates: Bool
    private let logger: Logger

    /// Prepares to restore.
    ///
    /// - Parameters:
    ///   - blueprint: The deployment, whose manifest names an empty place.
    ///   - path: The backup.
    ///   - migrates: Whether a backup of an older version is brought up to date.
    ///   - logger: Where the log goes.
    public init(_ blueprint: Blueprint, from path: String, migrates: Bool, logger: Logger) {
        self.blueprint = blueprint
        self.folder = BackupFolder(path: path)
        self.migrates = migrates
        self.logger = logger
    }

    /// Restores the backup.
    ///
    /// Compares every byte with what was written, loads it, compares every table by count and hash, lets the caller
    /// examine it, ends what must not come back to life and holds deliveries. Only then the database can be used.
    ///
    /// - Parameter examine: Examines the whole, for example its audit log.
    /// - Returns: What was done.
    /// - Throws: ``AlmanacStorage/StorageError``, or what `examine` throws; then nothing is at the place.
    public func restore(examining examine: @escaping Examination) async throws -> Report {
        let description = try self.folder.open()
        try self.check(description)
        switch self.blueprint.manifest.storage {
        case .sqlite(let settings): return try await self.restore(description, to: settings, examine)
        case .postgres(let settings): return try await self.restore(description, to: settings, examine)
        }
    }

    /// Refuses what this program or this place cannot take, before anything is touched.
    private func check(_ description: BackupDescription) throws {
        let engine = self.blueprint.manifest.storage.engineName
        guard description.engine == engine else {
            throw StorageError(
                .statement,
                """
                this is a backup of a database on \(description.engine), and the manifest names one on \(engine): restore \
                it on \(description.engine), then move it by `almanac storage copy`
                """)
        }
        let comparison = HistoryComparison(description.migrations, with: self.blueprint.assembler.histories)
        if let conflict = comparison.conflict {
            throw StorageError(
                .migrationHistory,
                """
                the backup was made by version \(description.program), and this one cannot take it: \(conflict). Restore \
                it with the version that made it
                """)
        }
        guard self.migrates || comparison.missing.isEmpty else {
            throw StorageError(
                .migrationHistory,
                """
                the backup was made by version \(description.program) and lacks \(comparison.missing.count) migrations \
                (\(comparison.missing[0]) …): say --migrate to bring it up to date, or restore it with that version
                """)
        }
    }

    /// The tables that the backup has, as this program knows them.
    ///
    /// Of a backup by an older version they are those of its migrations.
    private func tables(_ description: BackupDescription) -> [StoredTable] {
        self.blueprint.assembler.histories.applied(in: description.migrations).storedTables
    }

    /// Compares each table with what the backup says of it.
    private static func compare(
        _ connection: any RowConnection, _ tables: [StoredTable], _ description: BackupDescription
    ) throws {
        let found = try connection.digests(of: tables)
        let known = Dictionary(description.tables.map { ($0.table, $0) }, uniquingKeysWith: { $1 })
        guard found.count == known.count else {
            throw StorageError(.statement, "the backup describes \(known.count) tables and has \(found.count)")
        }
        for table in found where known[table.table] != table {
            throw StorageError(
                .statement,
                """
                \(table.table) came back with \(table.rows) rows where the backup says \
                \(known[table.table]?.rows ?? 0), or with other values: nothing was kept
                """)
        }
    }

    // MARK: SQLite

    private func restore(
        _ description: BackupDescription, to settings: Manifest.Storage.SQLite, _ examine: Examination
    ) async throws -> Report {
        let place = try SQLitePlace(claiming: settings.path, purpose: "almanac restore")
        do {
            try self.folder.verify(description, copyingTo: place.draft)
            let tables = self.tables(description)
            try SQLiteBackup.examine(place.draft) { try Self.compare($0, tables, description) }
            let deployment = try Deployment(
                opening: self.blueprint, at: place.draft, purpose: "almanac restore", logger: self.logger)
            let report = try await self.settle(deployment, description, examine)
            try place.publish()
            return report
        } catch {
            place.abandon()
            throw error
        }
    }

    // MARK: PostgreSQL

    private func restore(
        _ description: BackupDescription, to settings: Manifest.Storage.Postgres, _ examine: Examination
    ) async throws -> Report {
        try self.folder.verify(description)
        let archive = PostgresArchive(try settings.configuration(for: "almanac restore"), self.logger)
        let tables = self.tables(description)
        let rooms = Set(description.migrations.map(\.plugin)).sorted().map { Namespace(verified: $0) }
        let own = self.blueprint.assembler.histories.map(\.namespace)
        let now = SystemClock().now
        try await archive.load(
            self.folder.file(description.file), rooms: rooms, refusing: rooms + own
        ) { connection in
            try connection.transaction {
                try Self.compare(connection, tables, description)
                // Until the history is there nobody can start; from then on the mark keeps them from it.
                try DeliveryHold.mark(connection, at: now)
                try connection.record(description.migrations)
            }
        }
        do {
            let deployment = try Deployment(
                opening: self.blueprint, at: nil, purpose: "almanac restore", logger: self.logger)
            return try await self.settle(deployment, description, examine)
        } catch {
            try? await archive.drop(rooms)
            throw error
        }
    }

    // MARK: Both

    /// Migrates, examines and settles what was loaded, and closes it.
    private func settle(
        _ deployment: Deployment, _ description: BackupDescription, _ examine: Examination
    ) async throws -> Report {
        do {
            var report = Report(description: description)
            // Also gives the rooms of PostgreSQL their roles.
            // Contracts are left to the servers: whoever looks around first finds what the backup had.
            report.migrations = try await deployment.migrator
                .migrate(deployment.engine, now: SystemClock().now, contracts: false).count
            try await examine(deployment, description)
            let outcome = try await Recovery(deployment.runtime.database)
                .settle(backupOf: description.madeAt, by: Principal.system("restore").name)
            report.sessions = outcome.sessions
            report.tokens = outcome.tokens
            report.apiKeys = outcome.apiKeys
            report.missingKeys = self.blueprint.missingKeys(of: description.keys)
            await deployment.close()
            return report
        } catch {
            await deployment.close()
            throw error
        }
    }
}

extension Blueprint {
    /// Those of some keys, by name, that the manifest's place does not have or that cannot be read there.
    func missingKeys(of names: [String]) -> [String] {
        let known = (try? self.keySource.read())?.keys.map(\.id.description) ?? []
        return names.filter { !known.contains($0) }
    }
}
