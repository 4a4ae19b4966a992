internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser
internal import Logging

/// Brings a backup back.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring a backup back into an empty place.",
        discussion: """
            The manifest names the place: a file or database where nothing is yet. Every byte, every table and the audit log \
            are verified; then all sessions are ended, and mails and other deliveries are held until `almanac deliveries \
            release`. What fails leaves nothing behind.
            Passwords, roles and API keys are those of the backup: who was shut out after it can come in again.
            A database that has come back by other means, as by PostgreSQL's point-in-time recovery, is made fit by \
            `almanac restore --in-place` before servers start.
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Argument(help: "The folder that `almanac backup` made.")
    var backup: String?
    @OptionGroup var proof: AuditProof
    @Flag(help: "Bring a backup of an older version up to date.")
    var migrate = false
    @Flag(help: "Restore although the audit log in the backup is not as it was written.")
    var despiteAudit = false
    @Flag(help: "Restore nothing: verify the database that is there, end its sessions and hold its deliveries.")
    var inPlace = false

    func validate() throws {
        guard (self.backup == nil) == self.inPlace else {
            throw ValidationError("name a backup, or say --in-place for a database that came back by other means")
        }
    }

    func run() async throws {
        guard let backup = self.backup else { return try await self.settle() }
        let blueprint = try self.manifest.blueprint()
        let restorer = Restorer(
            blueprint, from: backup, migrates: self.migrate,
            logger: Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() })
        let command = self
        let report = try await restorer.restore { deployment, description in
            try await command.examine(deployment, upTo: description.madeAt)
        }
        let slug = blueprint.manifest.organization.slug
        self.show(report, isStranger: !report.description.organizations.contains(slug), slug)
    }

    private func examine(_ deployment: Deployment, upTo moment: Instant) async throws {
        let audit = try await self.proof.examine(deployment, upTo: moment)
        switch self.output.format {
        case .text: Terminal.print(audit.text)
        // Standard output holds one document.
        case .json: Terminal.complain(audit.text)
        }
        guard audit.isSound || self.despiteAudit else {
            throw CommandFailure(
                """
                almanac: the audit log is not as it was written; nothing was restored. Try an older backup, or say \
                --despite-audit
                """, status: .failed)
        }
    }

    /// Makes the database that is there fit to be served.
    private func settle() async throws {
        let outcome = try await self.manifest.withDeployment(for: "restore") { deployment, _ in
            try await deployment.requireMigrated()
            // What was signed after the moment to which the database went back is about entries that it cannot have;
            // which moment that was is not known, so that the operator chooses the checkpoints.
            try await self.examine(deployment, upTo: Instant(microseconds: .max))
            return try await Recovery(deployment.runtime.database).settle(
                backupOf: nil, by: Principal.system("restore").name)
        }
        switch self.output.format {
        case .text:
            Terminal.print(
                """
                \(outcome.sessions) sessions were ended, and \(outcome.tokens) tokens that had been mailed do not work
                mails and other deliveries are held: look around, then run `almanac deliveries release`
                """)
        case .json:
            let result: JSON = [
                "sessionsEnded": .number(JSONNumber(outcome.sessions)),
                "tokensRemoved": .number(JSONNumber(outcome.tokens)),
                "apiKeys": .number(JSONNumber(outcome.apiKeys)), "deliveriesHeld": true,
            ]
            Terminal.print(json: result.serialized)
        }
    }

    private func show(_ report: Restorer.Report, isStranger: Bool, _ slug: String) {
        let description = report.description
        for key in report.missingKeys {
            Terminal.complain(
                "almanac: values are encrypted with the key \(key), which is not in its place: put the key file back before "
                    + "the server is started")
        }
        if isStranger {
            Terminal.complain(
                "almanac: the organization \(slug) of the manifest is not in this backup, and would be made when the server "
                    + "starts")
        }
        switch self.output.format {
        case .text:
            Terminal.print(
                """
                restored \(description.rows) rows as they were at \(description.madeAt.rfc3339); each table is what the \
                backup says
                  \(report.sessions) sessions were ended, and \(report.tokens) tokens that had been mailed do not work
                  \(report.apiKeys) API keys work, also those that were revoked after the backup: look through them
                  mails and other deliveries are held: look around, then run `almanac deliveries release`
                  what was erased since the backup is back: erase it again
                """)
        case .json:
            let result: JSON = [
                "madeAt": .string(description.madeAt.rfc3339), "rows": .number(JSONNumber(description.rows)),
                "migrations": .number(JSONNumber(report.migrations)),
                "sessionsEnded": .number(JSONNumber(report.sessions)),
                "tokensRemoved": .number(JSONNumber(report.tokens)),
                "apiKeys": .number(JSONNumber(report.apiKeys)),
                "missingKeys": .array(report.missingKeys.map { .string($0) }), "deliveriesHeld": true,
            ]
            Terminal.print(json: result.serialized)
        }
    }
}
