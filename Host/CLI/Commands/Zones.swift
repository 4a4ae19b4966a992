internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import ArgumentParser

/// What changed rules of time zones have shifted.
struct Zones: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find what changed rules of time zones have shifted.",
        subcommands: [Reconcile.self])

    /// Lists it, and moves it.
    struct Reconcile: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what stands at another time on the clock than it was made for, and move it back.",
            discussion: """
                A booking keeps the time on the clock for which it was made. When a country changes its rules and this \
                machine has learned of it, that time is another instant than the one that is kept. Nothing moves by \
                itself: look at the list, then say --apply. What is moved is audited and told like any other move, at \
                no cost to anybody. Ends with 1 when something could not be moved.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var scope: AuditScope
        @OptionGroup var output: FormatOptions
        @Flag(help: "Move what has shifted to the time on the clock for which it was made.")
        var apply = false

        func run() async throws {
            try await self.manifest.withDeployment(for: "zones reconcile") { deployment, _ in
                try await deployment.requireMigrated()
                var report = ZoneReport()
                for organization in try await self.scope.organizations(of: deployment) {
                    let call = Call(
                        organization: organization.id, principal: .system("zones-reconcile"), origin: Origin(.cli))
                    for (owner, reconciliation) in deployment.runtime.platform.graph.contributions(
                        of: ZoneReconciliation.self)
                    {
                        let found = try await reconciliation.run(
                            isApplied: self.apply, by: deployment.runtime.invoker, of: owner, as: call)
                        report.lines += found.items.map {
                            ZoneReport.Line(organization: organization.slug, shift: $0.shift, outcome: $0.outcome)
                        }
                    }
                }
                report.show(self.output.format)
                guard report.refused > 0 else { return }
                throw CommandFailure("almanac: \(report.refused) could not be moved", status: .failed)
            }
        }
    }
}
