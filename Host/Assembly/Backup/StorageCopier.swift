internal import AlmanacKernel
internal import AlmanacStorage
public import Logging

/// Moves a deployment to another database, on the same or on the other engine.
public struct StorageCopier: Sendable {
    /// What was moved.
    public struct Report: Sendable {
        /// How many tables have rows, and how many tables there are.
        public let tables: (filled: Int, all: Int)
        /// How many rows they have together.
        public let rows: Int
        /// SHA-256 over the hashes of all tables, the same on both sides.
        public let digest: String
    }

    private let source: Blueprint
    private let target: Blueprint
    private let logger: Logger

    /// Prepares to move.
    ///
    /// - Parameters:
    ///   - source: The deployment as it is, with no server running.
    ///   - target: The deployment as it will be; its manifest names an empty database.
    ///   - logger: Where the log goes.
    public init(from source: Blueprint, to target: Blueprint, logger: Logger) {
        self.source = source
        self.target = target
        self.logger = logger
    }

    /// Copies all rows of all plugins, enabled or not, and compares both sides.
    ///
    /// The source is not changed. The target is made as a whole or not at all. What waits to be sent waits there, what
    /// was sent stays sent; sessions go on.
    ///
    /// - Returns: What was moved.
    /// - Throws: ``AlmanacStorage/StorageError`` when a side is in use, the target is not empty, keys are missing, or the
    ///   sides differ afterwards.
    public func copy() async throws -> Report {
        switch self.target.manifest.storage {
        case .sqlite(let settings):
            let place = try SQLitePlace(claiming: settings.path, purpose: "almanac storage copy")
            do {
                try await self.migrate(at: place.draft)
                let moved = try await onOwnThread {
                    try self.read { source in
                        try SQLiteBackup.fill(place.draft) { try self.move(source, to: $0) }
                    }
                }
                try place.publish()
                return moved
            } catch {
                place.abandon()
                throw error
            }
        case .postgres(let settings):
            let configuration = try settings.configuration(for: "almanac storage copy")
            // Before the schema is made there.
            try await onOwnThread { try self.read { try self.checkSource($0) } }
            try await self.migrate(at: nil)
            let side = PostgresRelocation(configuration, self.logger)
            return try await onOwnThread {
                try self.read { source in try side.write { try self.move(source, to: $0) } }
            }
        }
    }

    private var histories: [MigrationHistory] { self.source.assembler.histories }

    /// Refuses a target that could not open what is encrypted.
    private func requireKeys(of source: any RowConnection) throws {
        let missing = self.target.missingKeys(of: try source.encryptionKeys())
        guard !missing.isEmpty else { return }
        throw StorageError(
            .unavailable,
            """
            \(self.target.keySource.name) does not have the keys \(missing.joined(separator: ", ")) of \
            \(self.source.keySource.name), with which values are encrypted: copy that file there first, for its owner \
            only (cp -p)
            """)
    }

    /// Makes the schema of the target, and nothing else.
    private func migrate(at draft: String?) async throws {
        let deployment = try Deployment(
            opening: self.target, at: draft, purpose: "almanac storage copy", logger: self.logger)
        do {
            _ = try await deployment.migrator.migrate(deployment.engine, now: SystemClock().now)
            await deployment.close()
        } catch {
            await deployment.close()
            throw error
        }
    }

    /// Runs `body` on the source, which nobody writes to meanwhile.
    private func read<T>(_ body: (any RowConnection) throws -> T) throws -> T {
        switch self.source.manifest.storage {
        case .sqlite(let settings):
            let hold = try SQLiteHold(settings.path, purpose: "almanac storage copy")
            defer { hold.release() }
            return try SQLiteBackup.read(settings.path, body)
        case .postgres(let settings):
            let configuration = try settings.configuration(for: "almanac storage copy")
            return try PostgresRelocation(configuration, self.logger).read(body)
        }
    }

    /// Refuses a source that is not exactly what this program knows.
    private func checkSource(_ source: any RowConnection) throws {
        let comparison = HistoryComparison(try source.migrationRecords(), with: self.histories)
        if comparison.conflict != nil || !comparison.missing.isEmpty {
            throw StorageError(
                .migrationHistory,
                "the database is not of this version: run `almanac migrate` first, so that both sides have one schema")
        }
        if let waiting = comparison.outstanding.first {
            throw StorageError(
                .migrationHistory,
                """
                the migration \(waiting) of the database has not been done yet, and the target has all of them: run \
                `almanac migrate --finish` first
                """)
        }
        guard try !DeliveryHold.isMarked(source) else { throw Refusal.restoreUnfinished }
        try source.check(self.histories.storedTables, in: self.histories.map(\.namespace))
        try self.requireKeys(of: source)
    }

    private func move(_ source: any RowConnection, to target: any RowConnection) throws -> Report {
        try self.checkSource(source)
        let tables = self.histories.storedTables
        try target.check(tables, in: self.histories.map(\.namespace))
        for table in tables where try target.count(of: table) > 0 {
            throw StorageError(
                .uniqueViolation,
                """
                the target is not empty: \(table.name) has rows. Data is never overwritten: name an empty database in \
                the manifest, and do not start a server on it before
                """)
        }
        let moved = try TableCopy(tables, replacing: Recovery.replacements).run(from: source, to: target)
        let summary = moved.map { "\($0.digest)  \($0.table)\n" }.joined()
        return Report(
            tables: (moved.count { $0.rows > 0 }, moved.count), rows: moved.reduce(0) { $0 + $1.rows },
            digest: FileDigest.of(Array(summary.utf8)))
    }
}
