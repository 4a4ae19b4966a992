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
    private let settings: AuditSettings
    private let database: Database
    private let logger: Logger

    init(_ database: Database, _ settings: AuditSettings, _ logger: Logger) {
        self.sealer = AuditSealer(database)
        self.verifier = AuditVerifier(database)
        self.export = AuditExport(database)
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
        let (key, isNew) = try settings.establishKey()
        if isNew {
            self.logger.notice(
                "made the key that signs the audit log: note its public part elsewhere",
                metadata: ["file": "\(settings.key)", "public": "\(key.publicKey)"])
        }
        return CheckpointWriter(
            self.database, to: CheckpointFile(path: settings.file), key: key, policy, self.logger)
    }
}
