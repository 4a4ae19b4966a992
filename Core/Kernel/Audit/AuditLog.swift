internal import AlmanacStorage
internal import Logging

/// The audit log of a deployment as its host has it: what happens to entries after they have been written.
package struct AuditLog: Sendable {
    /// Gives entries their positions.
    package let sealer: AuditSealer
    /// Examines what has been sealed.
    package let verifier: AuditVerifier
    /// Reads it from one end to the other.
    package let export: AuditExport
    /// Writes refusals.
    package let refusals: RefusalRecorder
    let settings: AuditSettings
    private let database: Database
    private let logger: Logger

    init(_ database: Database, _ settings: AuditSettings, _ logger: Logger) {
        self.sealer = AuditSealer(database)
        self.verifier = AuditVerifier(database, archive: settings.archive)
        self.export = AuditExport(database, SegmentFolder(path: settings.archive?.folder))
        self.refusals = RefusalRecorder(database, logger)
        self.settings = settings
        self.database = database
        self.logger = logger
    }

    /// What signs checkpoints as the settings say; `nil` when they say nothing.
    ///
    /// - Throws: ``AuditFileError`` when the key cannot be had.
    package func makeCheckpointWriter(
        _ policy: CheckpointWriter.Policy = CheckpointWriter.Policy()
    ) throws -> CheckpointWriter? {
        guard let settings = self.settings.checkpoints else { return nil }
        return CheckpointWriter(
            self.database, to: CheckpointFile(path: settings.file), key: try self.key(settings), policy, self.logger)
    }

    /// What archives old months as the settings say; `nil` when they say nothing.
    ///
    /// - Throws: ``AuditFileError`` when the key cannot be had.
    package func makeArchiver() throws -> AuditArchiver? {
        guard let archive = self.settings.archive, let checkpoints = self.settings.checkpoints else { return nil }
        return AuditArchiver(self.database, archive, key: try self.key(checkpoints), self.logger)
    }

    private func key(_ settings: AuditSettings.Checkpoints) throws -> AuditKey {
        let (key, isNew) = try settings.establishKey()
        if isNew {
            self.logger.notice(
                "made the key that signs the audit log: note its public part elsewhere",
                metadata: ["file": "\(settings.key)", "public": "\(key.publicKey)"])
        }
        return key
    }
}
