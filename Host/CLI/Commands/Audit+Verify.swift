internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension Audit {
    /// Recomputes the audit log.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract: "Recompute the audit log and say what was changed, taken out, added, moved or cut off.",
            discussion: """
                Whoever can write to the database can cut off the end of the log, or rewrite all of it. Only checkpoints \
                tell, and only those that they could not change too: compare with copies kept elsewhere, by the public key \
                noted elsewhere.
                Ends with 0 when nothing was found and with 1 when something was.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var scope: AuditScope
        @OptionGroup var output: FormatOptions
        @Option(
            name: .long, parsing: .singleValue,
            help: ArgumentHelp("A file of checkpoints, may be repeated; otherwise the manifest's.", valueName: "file"))
        var checkpoints: [String] = []
        @Option(
            name: .long, help: ArgumentHelp("The public key of the checkpoints; otherwise that of the key's file."),
            transform: Self.readKey)
        var publicKey: AuditPublicKey?

        func run() async throws {
            try await self.manifest.withDeployment(for: "audit verify") { deployment, _ in
                try await AuditScope.requireSchema(deployment)
                // Read before the database: what is signed meanwhile is not missed there.
                let settings = deployment.blueprint.manifest.audit
                let record = try self.record(settings)
                // Archived months are signed with the key of the checkpoints, which may be known without any of these.
                let key = try record == nil ? try? self.key(settings) : self.key(settings)
                var verdicts: [(Organization, AuditVerdict)] = []
                for organization in try await self.scope.organizations(of: deployment) {
                    let verdict = try await deployment.runtime.audit.verifier.verify(
                        organization.id, against: record?.checkpoints ?? [], signedBy: key)
                    verdicts.append((organization, verdict))
                }
                let report = AuditReport(verdicts, record)
                switch self.output.format {
                case .text: Terminal.print(report.text)
                case .json: Terminal.print(json: report.json.serialized)
                }
                guard report.isSound else {
                    throw CommandFailure("almanac: the audit log is not as it was written", status: .failed)
                }
            }
        }

        /// The checkpoints, or `nil` when there are none to compare with.
        private func record(_ settings: AuditSettings) throws -> CheckpointRecord? {
            var files = self.checkpoints.map { CheckpointFile(path: $0) }
            if files.isEmpty, let own = settings.checkpoints.map({ CheckpointFile(path: $0.file) }), own.exists {
                files = [own]
            }
            guard !files.isEmpty else { return nil }
            return try CheckpointRecord(files, signedBy: try self.key(settings))
        }

        private func key(_ settings: AuditSettings) throws -> AuditPublicKey {
            if let key = self.publicKey { return key }
            guard let file = settings.checkpoints?.key else {
                throw CommandFailure(
                    "almanac: the manifest names no key of checkpoints: say --public-key, as `almanac audit key` printed it",
                    status: .misused)
            }
            return try AuditKey(file: file).publicKey
        }

        static func readKey(_ text: String) throws -> AuditPublicKey {
            guard let key = AuditPublicKey(text) else {
                throw ValidationError("expected the 43 characters that `almanac audit key` prints")
            }
            return key
        }
    }
}
