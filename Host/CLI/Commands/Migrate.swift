internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser

/// Brings the database up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database up to date.",
        discussion: "Safe to run at any time, also by two processes at once; `serve` does it too.")

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Only say what is missing.")
    var status = false

    func run() async throws {
        try await self.manifest.withDeployment(for: "migrate", makesDatabase: true) { deployment, _ in
            if self.status {
                self.show(try await deployment.migrationStatus())
            } else {
                self.show(try await deployment.migrate())
            }
        }
    }

    private func show(_ applied: [AppliedMigration]) {
        switch self.output.format {
        case .text where applied.isEmpty: Terminal.print("The database is up to date.")
        case .text:
            for migration in applied {
                Terminal.print("applied \(migration.plugin) \(migration.number) \(migration.name)")
            }
        case .json:
            let list = applied.map { migration -> JSON in
                [
                    "plugin": .string(migration.plugin), "number": .number(JSONNumber(migration.number)),
                    "name": .string(migration.name),
                ]
            }
            Terminal.print(json: JSON.object(["applied": .array(list)]).serialized)
        }
    }

    private func show(_ status: [MigrationStatus]) {
        switch self.output.format {
        case .text:
            for plugin in status {
                Terminal.print("\(plugin.plugin): \(plugin.applied) applied, \(plugin.pending.count) missing")
                for migration in plugin.pending { Terminal.print("  missing \(migration)") }
            }
        case .json:
            let list = status.map { plugin -> JSON in
                [
                    "plugin": .string(plugin.plugin), "applied": .number(JSONNumber(plugin.applied)),
                    "pending": .array(plugin.pending.map { .string($0) }),
                ]
            }
            let isUpToDate = status.allSatisfy(\.pending.isEmpty)
            Terminal.print(json: JSON.object(["upToDate": .bool(isUpToDate), "plugins": .array(list)]).serialized)
        }
    }
}
