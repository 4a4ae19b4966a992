internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser
internal import Logging

/// Where the data is kept.
struct Storage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Move a deployment to another database.", subcommands: [Copy.self])

    /// Copies a deployment.
    struct Copy: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a deployment to another database, on SQLite or PostgreSQL.",
            discussion: """
                Stop all servers first: what was written meanwhile would be lost, so the command refuses while it sees one. The \
                other manifest names an empty database and a place with the same keys. Every table is compared by count and \
                hash; the source is not changed, and nothing that was sent is sent again. Then start servers with the other \
                manifest only.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Option(help: ArgumentHelp("The manifest of the deployment as it will be.", valueName: "manifest"))
        var to: String

        func run() async throws {
            var other = ManifestOptions()
            other.manifest = self.to
            let copier = StorageCopier(
                from: try self.manifest.blueprint(), to: try other.blueprint(),
                logger: Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() })
            let report = try await copier.copy()
            switch self.output.format {
            case .text:
                Terminal.print(
                    """
                    copied \(report.rows) rows in \(report.tables.filled) of \(report.tables.all) tables; both sides have the \
                    same hash
                      \(report.digest)
                      start servers with \(self.to) only: from now on the two go different ways
                    """)
            case .json:
                let result: JSON = [
                    "rows": .number(JSONNumber(report.rows)), "tables": .number(JSONNumber(report.tables.all)),
                    "sha256": .string(report.digest),
                ]
                Terminal.print(json: result.serialized)
            }
        }
    }
}
