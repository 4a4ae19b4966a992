internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// The events of a deployment and their deliveries.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at events and their deliveries, handle them again, deal with dead letters.",
        discussion: """
            An event has a delivery for each consumer: pending, running, blocked (behind another one with its ordering \
            key), unreadable (no program knows its version), done, dead or dropped.
            """,
        subcommands: [List.self, Show.self, Replay.self, Dead.self])

    /// Dead letters.
    struct Dead: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Deal with deliveries that were tried as often as their consumer allows.",
            subcommands: [List.self, Retry.self, Drop.self])
    }

    /// One organization, or all of them, as the commands work on it.
    struct Scope: ParsableArguments {
        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var scope: AuditScope
        @OptionGroup var output: FormatOptions

        /// Runs `body` for each organization that is meant.
        func forEach(
            _ command: String, _ body: (Deployment, Organization, Call) async throws -> Void
        ) async throws {
            try await self.manifest.withDeployment(for: "events \(command)") { deployment, _ in
                try await deployment.requireMigrated()
                for organization in try await self.scope.organizations(of: deployment) {
                    let call = Call(
                        organization: organization.id, principal: .system("events-\(command)"), origin: Origin(.cli))
                    try await body(deployment, organization, call)
                }
            }
        }
    }

    static func readID(_ text: String) throws -> ID<AnyEvent> {
        guard let id = ID<AnyEvent>(text) else {
            throw ValidationError("\(text.prefix(80)) is no id of an event; `almanac events list` shows them")
        }
        return id
    }

    static func readInstant(_ text: String) throws -> Instant {
        guard let instant = Instant(rfc3339: text) else {
            throw ValidationError("expected an instant as 2026-03-02T08:00:00Z")
        }
        return instant
    }

    static func readState(_ text: String) throws -> DeliveryState {
        guard let state = DeliveryState(rawValue: text) else {
            throw ValidationError(
                "expected one of \(DeliveryState.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return state
    }
}
