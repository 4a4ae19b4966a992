internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser

/// Loads CSV files.
struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Load the demo data, or your own CSV files: all of it or nothing.",
        discussion: "The format of the files is described in Host/Verticals/README.md.")

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "Load the manifest's demo data with its accounts, unless it is there.")
    var demo = false
    @Option(name: .long, help: ArgumentHelp("Load the CSV files of this folder.", valueName: "folder"))
    var from: String?

    func validate() throws {
        guard self.demo != (self.from != nil) else { throw ValidationError("Say either --demo or --from FOLDER.") }
    }

    func run() async throws {
        try await self.manifest.withDeployment(for: "seed", makesDatabase: true) { deployment, _ in
            _ = try await deployment.migrate()
            let seeder = Seeder(deployment, manifestPath: self.manifest.manifest)
            let report = try await self.seed(seeder)
            let view = SeedReportView(report, vocabulary: deployment.blueprint.manifest.vocabulary)
            switch self.output.format {
            case .text: Terminal.print(view.text)
            case .json: Terminal.print(json: view.json.serialized)
            }
        }
    }

    private func seed(_ seeder: Seeder) async throws -> SeedReport {
        if let from = self.from { return try await seeder.importFolder(from) }
        return try await seeder.loadDemo()
    }
}
