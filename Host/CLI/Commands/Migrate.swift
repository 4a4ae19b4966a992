internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser

/// Brings the database up to date.
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database up to date.",
        discussion: """
            Safe to run at any time, also by two processes at once; `serve` does it too. What the program needs is done at \
            once. Backfills are done by servers beside the business, and what no program uses any more is removed when \
            they are complete and no older program serves: --status says how far that is, --finish does it here and now.
            For whoever develops plugins, --undo takes the last migration back, `--undo 3` the last three, and \
            `--undo --to PLUGIN:N` all of a plugin behind number N. Nothing is lost without --yes.
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Only say what is missing, and how far backfills are.")
    var status = false
    @Flag(help: "Also run backfills to their end, without pauses, and then the contracts that are due.")
    var finish = false
    @Flag(help: "Take migrations back: the last one, or as many as stand behind it. For development.")
    var undo = false
    @Option(help: ArgumentHelp("With --undo: back to this migration of a plugin.", valueName: "plugin:number"))
    var to: String?
    @Flag(help: "With --undo: lose rows and values that are gone with the schema.")
    var yes = false
    @Argument(help: "With --undo: how many.")
    var count: Int?

    func validate() throws {
        guard [self.status, self.finish, self.undo].count(where: { $0 }) <= 1 else {
            throw ValidationError("Say one of --status, --finish and --undo.")
        }
        guard self.undo || (self.to == nil && self.count == nil && !self.yes) else {
            throw ValidationError("A number, --to and --yes belong to --undo.")
        }
        if let count = self.count, count < 1 || self.to != nil {
            throw ValidationError("Say either how many are undone, at least 1, or --to PLUGIN:N.")
        }
        _ = try self.choice()
    }

    private func choice() throws -> MigrationUndo.Choice {
        guard let to = self.to else { return .last(self.count ?? 1) }
        let parts = to.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int(parts[1]), number >= 0 else {
            throw ValidationError("--to is a plugin and a number, as in bookings:3.")
        }
        return .behind(number, of: parts[0].split(separator: "-").joined(separator: "_"))
    }

    func run() async throws {
        try await self.manifest.withDeployment(for: "migrate", makesDatabase: !self.undo) { deployment, _ in
            if self.undo {
                let report = try await deployment.undoMigrations(try self.choice(), acceptsLoss: self.yes)
                MigrationReport(self.output.format).show(report)
            } else if self.status {
                MigrationReport(self.output.format).show(try await deployment.migrationStatus())
            } else {
                var applied = try await deployment.migrate()
                if self.finish { applied += try await deployment.finishMigrations() }
                let left = try await deployment.migrationStatus().flatMap(\.outstanding)
                MigrationReport(self.output.format).show(applied, left)
            }
        }
    }
}
