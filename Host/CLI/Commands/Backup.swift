internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser
internal import Logging

/// Makes a backup.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a backup, also while the server serves.",
        discussion: """
            A backup is a folder with the data, a description and checksums (`sha256sum --check SHA256SUMS`). It is checked \
            and counted before it gets its name, so that a half one never looks whole. Nothing is overwritten, and no \
            keys are in it: without a copy of the key file what is encrypted stays closed.
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A folder that exists, in which the backup gets a name of its own; otherwise the backup itself.",
            valueName: "folder"))
    var to: String

    func run() async throws {
        let writer = BackupWriter(
            try self.manifest.blueprint(), logger: Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() })
        let made = try await writer.write(to: self.to)
        let description = made.description
        switch self.output.format {
        case .text:
            Terminal.print(
                """
                \(made.path)
                  \(description.rows) rows, \(description.bytes) bytes, checked and hashed
                  not in it: the keys, the checkpoints and archived months of the audit log, the manifest
                """)
        case .json:
            let result: JSON = [
                "path": .string(made.path), "madeAt": .string(description.madeAt.rfc3339),
                "rows": .number(JSONNumber(description.rows)), "bytes": .number(JSONNumber(description.bytes)),
                "sha256": .string(description.digest),
            ]
            Terminal.print(json: result.serialized)
        }
    }
}
