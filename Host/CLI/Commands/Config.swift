internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser
internal import Foundation

/// The settings of a deployment.
struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look into the settings of a deployment.", subcommands: [Explain.self])

    /// Says what a key of the manifest is, what holds for it, and why.
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a key of the manifest is, what holds for it, and why.",
            discussion: """
                Offline, unless an organization is named: then its own choice is looked up in the database. A secret is \
                shown as the reference that stands for it.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Option(help: ArgumentHelp("The organization whose choice counts.", valueName: "slug"))
        var organization: String?
        @Argument(help: "The key, from the root of the manifest, as server.port.")
        var key: String

        func run() async throws {
            guard let slug = self.organization else {
                try self.show(try self.manifest.blueprint().explain(self.key, at: self.manifest.manifest, nil))
                return
            }
            try await self.manifest.withDeployment(for: "config explain") { deployment, _ in
                try await deployment.requireMigrated()
                guard let organization = try await deployment.runtime.organizations.find(slug: slug) else {
                    throw CommandFailure("almanac: there is no organization called \(slug)", status: .failed)
                }
                let chosen = try await deployment.chosenSettings(for: self.key, in: organization)
                try self.show(deployment.blueprint.explain(self.key, at: self.manifest.manifest, chosen))
            }
        }

        private func show(_ explanation: ConfigExplanation) throws {
            switch self.output.format {
            case .text: Terminal.print(ExplanationView(explanation, organization: self.organization).text)
            case .json: Terminal.print(json: explanation.json.serialized)
            }
        }
    }
}
