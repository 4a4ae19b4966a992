internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser
internal import Logging

/// Looks at everything that the deployment relies on.
struct Examine: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at the database, roles, clock, disk, files and libraries, and say what to do.",
        discussion: """
            Changes nothing, and may run while the server does. Ends with 1 when something is a problem; what could \
            only be better is a warning.
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let blueprint = try self.manifest.blueprint()
        let logger = Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() }
        let report = FindingsReport(
            await Doctor(blueprint, manifest: self.manifest.manifest, logger: logger).examine())
        switch self.output.format {
        case .text: Terminal.print(report.text)
        case .json: Terminal.print(json: report.json.serialized)
        }
        if let complaint = report.complaint { throw CommandFailure("almanac: \(complaint)", status: .failed) }
    }
}
