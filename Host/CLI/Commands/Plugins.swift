internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// The plugins of the deployment, and putting their background work aside.
struct Plugins: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See the plugins, put the background work of one aside, and release it.",
        discussion: """
            While a plugin is put aside its background work waits on all servers: tasks, deliveries of events, jobs. \
            Requests are answered as before. How plugins are doing tells GET /health/plugins.
            """,
        subcommands: [List.self, Put.self, Release.self])

    /// Lists the plugins.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the plugins and which are put aside.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            let (plugins, entries) = try await self.manifest.withDeployment(for: "plugins list") { deployment, _ in
                try await deployment.requireMigrated()
                let blueprint = deployment.blueprint
                let plugins = blueprint.plugins.map { ($0.id, blueprint.enabledPlugins.contains($0.id)) }
                return (plugins, try await deployment.runtime.quarantine.all())
            }
            let rows = plugins.map { id, isEnabled in (id, isEnabled, entries.first { $0.plugin == id }) }
            switch self.output.format {
            case .text:
                for (id, isEnabled, entry) in rows {
                    let state = entry.map { "put aside since \($0.since.rfc3339): \($0.reason)" }
                    Terminal.print("\(id)\t\(isEnabled ? "enabled" : "disabled")\(state.map { "\t\($0)" } ?? "")")
                }
            case .json:
                let items = rows.map { id, isEnabled, entry -> JSON in
                    [
                        "id": .string(id.name), "enabled": .bool(isEnabled), "quarantined": .bool(entry != nil),
                        "since": entry.map { .string($0.since.rfc3339) } ?? .null,
                        "reason": entry.map { .string($0.reason) } ?? .null,
                    ]
                }
                Terminal.print(json: (["items": .array(items)] as JSON).serialized)
            }
        }
    }

    /// Puts a plugin aside.
    struct Put: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "quarantine",
            abstract: "Put the background work of a plugin aside; servers notice within seconds.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The plugin.")
        var plugin: String
        @Option(help: "Why, for the audit log and for whoever watches.")
        var reason: String

        func validate() throws {
            guard (1...200).contains(self.reason.utf8.count), !self.reason.utf8.contains(where: { $0 < 0x20 }) else {
                throw ValidationError("--reason must be 1 to 200 characters on one line.")
            }
        }

        func run() async throws {
            let isNew = try await self.manifest.withDeployment(for: "plugins quarantine") { deployment, _ in
                try await deployment.requireMigrated()
                let known = deployment.blueprint.plugins.map(\.id)
                guard let plugin = known.first(where: { $0.name == self.plugin }) else {
                    let names = known.map(\.name).sorted().joined(separator: ", ")
                    throw CommandFailure(
                        "almanac: there is no plugin called \(self.plugin): there are \(names)", status: .misused)
                }
                return try await deployment.runtime.quarantine.add(
                    plugin, self.reason, by: Principal.system("plugins-quarantine").name)
            }
            Terminal.print(isNew ? "\(self.plugin) is put aside" : "\(self.plugin) had been put aside before")
        }
    }

    /// Releases a plugin.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let the background work of a plugin go on; servers notice within seconds.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The plugin.")
        var plugin: String

        func run() async throws {
            let wasPutAside = try await self.manifest.withDeployment(for: "plugins release") { deployment, _ in
                try await deployment.requireMigrated()
                let wasPutAside = try await deployment.runtime.quarantine.remove(
                    PluginID(self.plugin), by: Principal.system("plugins-release").name)
                // One that is not linked any more may be put aside all the same.
                guard wasPutAside || deployment.blueprint.plugins.contains(where: { $0.id.name == self.plugin }) else {
                    throw CommandFailure(
                        "almanac: no plugin called \(self.plugin) is known or put aside", status: .failed)
                }
                return wasPutAside
            }
            Terminal.print(wasPutAside ? "\(self.plugin) is released" : "\(self.plugin) was not put aside")
        }
    }
}
