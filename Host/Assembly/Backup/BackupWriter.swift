internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
public import Logging

/// Makes backups, also while the deployment serves.
public struct BackupWriter: Sendable {
    private let blueprint: Blueprint
    private let logger: Logger

    /// Prepares for a deployment, whose database is not opened for writing.
    public init(_ blueprint: Blueprint, logger: Logger) {
        self.blueprint = blueprint
        self.logger = logger
    }

    /// Makes a backup.
    ///
    /// It is made under a name that begins with a dot and gets its own when all of it is on the disk and has been read
    /// back: the pages or the rows of the copy are checked, counted and hashed. Nothing is ever overwritten.
    ///
    /// - Parameter place: A folder that exists, in which the backup gets a name of its own; otherwise the backup.
    /// - Returns: Where it is, and what it says of itself.
    /// - Throws: ``AlmanacStorage/StorageError``; then there is nothing at the place.
    public func write(to place: String) async throws -> (path: String, description: BackupDescription) {
        let madeAt = SystemClock().now
        let path = try self.path(place, madeAt)
        let draft = "\(DurableFile.folder(of: path))/.\(URL(fileURLWithPath: path).lastPathComponent).draft"
        do {
            try FileManager.default.createDirectory(
                atPath: DurableFile.folder(of: path), withIntermediateDirectories: true)
            // What an attempt left that was interrupted.
            if FileManager.default.fileExists(atPath: draft) { try FileManager.default.removeItem(atPath: draft) }
            try FileManager.default.createDirectory(
                atPath: draft, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError(.unavailable, "\(draft) cannot be made: check the path and its permissions")
        }
        do {
            let folder = BackupFolder(path: draft)
            let description = try await self.fill(folder, madeAt)
            try folder.seal(description)
            try DurableFile.publish(folder: draft, as: path)
            return (path, description)
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw error
        }
    }

    /// The place of the backup itself, where nothing is yet.
    private func path(_ place: String, _ madeAt: Instant) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else { return place }
        guard isFolder.boolValue, !BackupFolder(path: place).looksLikeBackup else {
            throw StorageError(
                .uniqueViolation, "\(place) is there already and stays as it is: name a folder, or something new")
        }
        // Colons are no part of file names everywhere.
        let time = madeAt.rfc3339.prefix { $0 != "." && $0 != "Z" }.map { $0 == ":" ? "-" : $0 }
        let path = "\(place)/\(self.blueprint.manifest.organization.slug)-\(String(time))Z"
        guard FileManager.default.fileExists(atPath: path) else { return path }
        throw StorageError(.uniqueViolation, "\(path) is there already and stays as it is: try again in a second")
    }

    private func fill(_ folder: BackupFolder, _ madeAt: Instant) async throws -> BackupDescription {
        switch self.blueprint.manifest.storage {
        case .sqlite(let settings):
            let file = "database.sqlite"
            guard FileManager.default.fileExists(atPath: settings.path) else {
                throw StorageError(.unavailable, "there is nothing to back up: \(settings.path) does not exist")
            }
            try SQLiteBackup.copy(settings.path, to: folder.file(file))
            let facts = try SQLiteBackup.examine(folder.file(file)) { try self.facts($0) }
            return try self.describe(folder, file, facts, SQLiteInspection.libraryVersion, madeAt)
        case .postgres(let settings):
            let file = "database.dump"
            let configuration = try settings.configuration(for: "almanac backup")
            let archive = PostgresArchive(configuration, self.logger)
            let rooms = try await archive.rooms()
            guard !rooms.isEmpty else {
                throw StorageError(
                    .unavailable, "there is nothing to back up: the database was never migrated")
            }
            let contents = try await archive.dump(
                rooms, to: folder.file(file), counting: { (facts: Facts) in self.tables(facts.migrations) },
                { try self.facts($0) })
            return try self.describe(folder, file, contents.facts, contents.serverVersion, madeAt)
        }
    }

    /// The tables as the database has them: what a contract removes is there until then.
    private func tables(_ migrations: [MigrationRecord]) -> [StoredTable] {
        self.blueprint.assembler.histories.applied(in: migrations).storedTables
    }

    /// What a database says of itself.
    private struct Facts {
        let migrations: [MigrationRecord]
        let tables: [TableDigest]
        let keys: [String]
        let organizations: [String]
    }

    private func facts(_ connection: any RowConnection) throws -> Facts {
        let migrations = try connection.migrationRecords()
        let comparison = HistoryComparison(migrations, with: self.blueprint.assembler.histories)
        guard comparison.conflict == nil, comparison.missing.isEmpty else {
            let reason = comparison.conflict ?? "\(comparison.missing.count) migrations are missing"
            throw StorageError(
                .migrationHistory,
                "the database is not of this version (\(reason)): run `almanac migrate`, or back up with its own version"
            )
        }
        let prefix = connection.isPostgres ? "kernel." : "kernel_"
        let organizations = try connection.rows("SELECT slug FROM \(prefix)organization ORDER BY 1")
        return Facts(
            migrations: migrations, tables: try connection.digests(of: self.tables(migrations)),
            keys: try connection.encryptionKeys(),
            organizations: organizations.compactMap { $0.first.flatMap { $0 } })
    }

    private func describe(
        _ folder: BackupFolder, _ file: String, _ facts: Facts, _ engineVersion: String, _ madeAt: Instant
    ) throws -> BackupDescription {
        let content = try FileDigest.of(folder.file(file))
        let manifest = self.blueprint.manifest
        return BackupDescription(
            madeAt: madeAt, program: self.blueprint.version, deployment: manifest.name,
            organizations: facts.organizations, engine: manifest.storage.engineName, engineVersion: engineVersion,
            file: file, bytes: content.bytes, digest: content.digest, keys: facts.keys, migrations: facts.migrations,
            tables: facts.tables)
    }
}

extension RowConnection {
    /// The names of the keys with which something in the database may be encrypted.
    func encryptionKeys() throws -> [String] {
        let hex = self.isPostgres ? "encode(id, 'hex')" : "lower(hex(id))"
        let table = self.isPostgres ? "kernel.encryption_key" : "kernel_encryption_key"
        return try self.rows("SELECT \(hex) FROM \(table) ORDER BY 1").compactMap { $0.first.flatMap { $0 } }
    }
}

extension Manifest.Storage {
    /// The engine as backups name it.
    var engineName: String {
        switch self {
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        }
    }
}
