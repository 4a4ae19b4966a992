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
        let blueprint = try self.manifest.blueprint()
        let logger = Logger(label: "almanac") { _ in SwiftLogNoOpLogHandler() }
        let recorder = BackupRecorder(blueprint, logger: logger)
        let made: (path: String, description: BackupDescription)
        do {
            made = try await BackupWriter(blueprint, logger: logger).write(to: self.to)
        } catch {
            await Self.tell { try await recorder.failed(error) }
            throw error
        }
        await Self.tell { try await recorder.made(made.path, made.description) }
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
    /// Lets the deployment know; what was made is there whether that works or not.
    private static func tell(_ keep: () async throws -> Void) async {
        do {
            try await keep()
        } catch {
            Terminal.complain("almanac: the console will not list this backup: \(error)")
        }
    }
}
