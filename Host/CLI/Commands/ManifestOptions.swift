internal import AlmanacAssembly
internal import AlmanacMetrics
internal import AlmanacTracing
internal import ArgumentParser
internal import Foundation
internal import Logging
internal import Metrics
internal import Tracing

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

    /// Lets the whole process, libraries included, leave its spans in a file.
    private static func trace(into path: String, _ logger: Logger) throws -> SpanFile {
        guard
            let file = SpanFile(path: path, service: "almanac", version: ProgramVersion.current, logger: logger)
        else {
            throw CommandFailure(
                "almanac: \(path), the file of spans (tracing.file), cannot be written to", status: .failed)
        }
        InstrumentationSystem.bootstrap(LineTracer { file.append($0) })
        return file
    }

    /// Checks the deployment, opens its database, and closes it when the work is done.
    ///
    /// - Parameters:
    ///   - command: The name of the command, which a second writer of a SQLite file is told.
    ///   - makesDatabase: Whether a SQLite file is made where there is none; a command that only looks leaves the place
    ///     empty, so that a backup can still be restored into it.
    ///   - pages: A folder with templates, styles and scripts in place of those in the program.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: What is wrong with the deployment, what the database refuses, what `body` throws.
    func withDeployment<T>(
        for command: String, makesDatabase: Bool = false, pages: String? = nil,
        _ body: (Deployment, Logger) async throws -> T
    ) async throws -> T {
        let blueprint = try self.blueprint()
        if !makesDatabase, case .sqlite(let settings) = blueprint.manifest.storage,
            !FileManager.default.fileExists(atPath: settings.path)
        {
            throw CommandFailure.notMigrated
        }
        let settings = blueprint.manifest.logging
        let tracing = blueprint.manifest.tracing
        LoggingSystem.bootstrap(
            { LineLogHandler(label: $0, settings: settings, provider: $1) },
            metadataProvider: tracing.file == nil ? nil : .trace)
        let logger = Logger(label: "almanac")
        // A server measures itself for its console, whether somebody else may ask it or not.
        let measures = command == "serve" || blueprint.manifest.metrics.token != nil
        let metrics = measures ? PrometheusRegistry() : nil
        // What libraries count is shown too.
        if let metrics { MetricsSystem.bootstrap(metrics) }
        let spans = try tracing.file.map { try Self.trace(into: $0, logger) }
        let deployment = try Deployment(
            opening: blueprint, purpose: "almanac \(command)", logger: logger, metrics: metrics, pages: pages)
        do {
            let value = try await body(deployment, logger)
            await deployment.close()
            await spans?.flush()
            return value
        } catch {
            await deployment.close()
            await spans?.flush()
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
