internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// With what the audit log of a backup is compared.
struct AuditProof: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A file of checkpoints, kept elsewhere; may be repeated.", valueName: "file"))
    var checkpoints: [String] = []
    @Option(
        name: .long, help: ArgumentHelp("The public key of the checkpoints; otherwise that of the manifest's key."),
        transform: Audit.Verify.readKey)
    var publicKey: AuditPublicKey?

    /// Examines the audit logs of all organizations.
    ///
    /// - Parameters:
    ///   - deployment: What was restored.
    ///   - moment: When the backup was made: what was signed later is about entries that it cannot have.
    /// - Returns: What was found.
    /// - Throws: ``CommandFailure`` when there is no key for the checkpoints.
    func examine(_ deployment: Deployment, upTo moment: Instant) async throws -> AuditReport {
        let key = try self.key(deployment.blueprint.manifest.audit)
        let record = try self.record(key)
        let checkpoints = (record?.checkpoints ?? []).filter { $0.at <= moment }
        var verdicts: [(Organization, AuditVerdict)] = []
        for organization in try await deployment.runtime.organizations.all() {
            let verdict = try await deployment.runtime.audit.verifier.verify(
                organization.id, against: checkpoints, signedBy: key)
            verdicts.append((organization, verdict))
        }
        return AuditReport(verdicts, record)
    }

    private func record(_ key: AuditPublicKey?) throws -> CheckpointRecord? {
        guard !self.checkpoints.isEmpty else { return nil }
        guard let key else {
            throw CommandFailure(
                "almanac: the manifest names no key of checkpoints: say --public-key, as `almanac audit key` printed it",
                status: .misused)
        }
        return try CheckpointRecord(self.checkpoints.map { CheckpointFile(path: $0) }, signedBy: key)
    }

    /// The key that was given, or the manifest's, where there is one.
    private func key(_ settings: AuditSettings) throws -> AuditPublicKey? {
        if let key = self.publicKey { return key }
        return settings.checkpoints.flatMap { try? AuditKey(file: $0.key).publicKey }
    }
}
