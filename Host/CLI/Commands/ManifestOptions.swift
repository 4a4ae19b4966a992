internal import AlmanacAssembly
internal import AlmanacMetrics
internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Metrics

/// Which deployment a command works on.
struct ManifestOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The manifest of the deployment.", valueName: "file"))
    var manifest = "plugins.yaml"

    /// Checks the deployment: the first phase of every command.
    func blueprint() throws -> Blueprint {
        try Blueprint(
            manifest: self.manifest, environment: ProcessInfo.processInfo.environment, version: ProgramVersion.current,
            logger: Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Checks the deployment, opens its database, and closes it when the work is done.
    ///
    /// - Parameters:
    ///   - command: The name of the command, which a second writer of a SQLite file is told.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: What is wrong with the deployment, what the database refuses, what `body` throws.
    func withDeployment<T>(for command: String, _ body: (Deployment, Logger) async throws -> T) async throws -> T {
        let blueprint = try self.blueprint()
        let settings = blueprint.manifest.logging
        LoggingSystem.bootstrap { LineLogHandler(label: $0, settings: settings) }
        let logger = Logger(label: "almanac")
        let metrics = blueprint.manifest.metrics.token.map { _ in PrometheusRegistry() }
        // What libraries count is shown too.
        if let metrics { MetricsSystem.bootstrap(metrics) }
        let deployment = try Deployment(
            opening: blueprint, purpose: "almanac \(command)", logger: logger, metrics: metrics)
        do {
            let value = try await body(deployment, logger)
            await deployment.close()
            return value
        } catch {
            await deployment.close()
            throw error
        }
    }
}

/// How a command prints data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case text
    /// For programs.
    case json
}

/// How a command prints data.
struct FormatOptions: ParsableArguments {
    @Option(name: .long, help: "How data is printed.")
    var format = OutputFormat.text
}
