internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// What leaves the deployment: mails, messages.
struct Deliveries: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See whether deliveries are held, and release them.",
        discussion: "A restore holds them: what was sent since the backup would be sent again.",
        subcommands: [Status.self, Release.self])

    /// Says whether deliveries are held.
    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say whether deliveries are held, and why.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() async throws {
            let hold = try await self.manifest.withDeployment(for: "deliveries status") { deployment, _ in
                try await deployment.requireMigrated()
                return try await deployment.runtime.deliveries.current()
            }
            switch self.output.format {
            case .text: Terminal.print(hold.map { "held since \($0.since.rfc3339): \($0.reason)" } ?? "not held")
            case .json:
                let result: JSON = [
                    "held": .bool(hold != nil), "since": hold.map { .string($0.since.rfc3339) } ?? .null,
                    "reason": hold.map { .string($0.reason) } ?? .null,
                ]
                Terminal.print(json: result.serialized)
            }
        }
    }

    /// Lets deliveries leave again.
    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let deliveries leave again; servers notice at once.")

        @OptionGroup var manifest: ManifestOptions

        func run() async throws {
            let released = try await self.manifest.withDeployment(for: "deliveries release") { deployment, _ in
                try await deployment.requireMigrated()
                return try await deployment.runtime.deliveries.release(
                    by: Principal.system("deliveries-release").name)
            }
            Terminal.print(
                released.map { "released; they had been held since \($0.since.rfc3339)" } ?? "nothing was held")
        }
    }
}
