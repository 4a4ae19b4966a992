internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser
internal import Foundation

extension Audit {
    /// Writes the audit log as JSON Lines.
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write the audit log to standard output, one JSON object a line.",
            discussion: """
                A line holds the entry as it is hashed, the chain's hash and the position. Times are RFC 3339, as \
                2026-03-02T08:00:00Z.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var scope: AuditScope
        @Option(help: "Only entries from this instant on.", transform: Self.readInstant)
        var from: Instant?
        @Option(help: "Only entries before this instant.", transform: Self.readInstant)
        var to: Instant?

        func run() async throws {
            try await self.manifest.withDeployment(for: "audit export") { deployment, _ in
                try await AuditScope.requireSchema(deployment)
                var filter = AuditFilter()
                filter.from = self.from
                filter.to = self.to
                try await deployment.runtime.audit.sealer.sealAll()
                for organization in try await self.scope.organizations(of: deployment) {
                    try await deployment.runtime.audit.export.write(organization.id, filter) { lines in
                        guard Terminal.write(bytes: lines) else {
                            throw CommandFailure("almanac: the export could not be written to its end", status: .failed)
                        }
                    }
                }
            }
        }

        private static func readInstant(_ text: String) throws -> Instant {
            guard let instant = Instant(rfc3339: text) else {
                throw ValidationError("expected an instant as 2026-03-02T08:00:00Z")
            }
            return instant
        }
    }
}
