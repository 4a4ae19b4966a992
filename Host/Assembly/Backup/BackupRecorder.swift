package import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
public import Logging

/// Lets the deployment know that a backup was made, or was not: what its console lists.
public struct BackupRecorder: Sendable {
    private let blueprint: Blueprint
    private let logger: Logger
    private let beganAt: Instant

    /// Begins; the time counts from now.
    public init(_ blueprint: Blueprint, logger: Logger) {
        self.blueprint = blueprint
        self.logger = logger
        self.beganAt = SystemClock().now
    }

    /// Keeps that a backup was made.
    ///
    /// - Parameters:
    ///   - path: Where it is.
    ///   - description: What it says of itself.
    /// - Throws: ``AlmanacStorage/StorageError`` when the deployment cannot be told; the backup is there all the same.
    public func made(_ path: String, _ description: BackupDescription) async throws {
        try await self.keep(.made(place: path, bytes: description.bytes, rows: description.rows))
    }

    /// Keeps that none was made.
    ///
    /// - Parameter error: Why.
    /// - Throws: ``AlmanacStorage/StorageError`` when the deployment cannot be told.
    public func failed(_ error: any Error) async throws {
        // What is thrown by others may hold anything; of that only the kind is kept.
        let reason = (error as? StorageError).map { $0.message } ?? "\(type(of: error))"
        try await self.keep(.failed(reason))
    }

    private func keep(_ outcome: BackupEntry.Outcome) async throws {
        let endedAt = SystemClock().now
        let (high, low) = UUIDv7Generator().make(at: self.beganAt)
        let entry = BackupEntry(
            id: ID(high: high, low: low), beganAt: self.beganAt, endedAt: endedAt,
            machine: String(ProcessName.current.prefix { $0 != ":" }), account: NSUserName(),
            program: self.blueprint.version, outcome: outcome)
        switch self.blueprint.manifest.storage {
        case .sqlite(let settings): try BackupNotes(beside: settings.path).leave(entry)
        case .postgres:
            let deployment = try Deployment(
                opening: self.blueprint, purpose: "almanac backup", logger: self.logger)
            do {
                try await BackupLog(deployment.runtime.database).keep([entry])
                await deployment.close()
            } catch {
                await deployment.close()
                throw error
            }
        }
    }
}

extension Deployment {
    /// What takes notes of backups into the database; `nil` where whoever makes one writes to it.
    package func backupIntake(logger: Logger) -> BackupIntake? {
        guard case .sqlite(let settings) = self.blueprint.manifest.storage else { return nil }
        return BackupIntake(BackupNotes(beside: settings.path), self.runtime.database, logger: logger)
    }
}
