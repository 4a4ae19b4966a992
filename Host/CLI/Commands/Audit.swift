internal import ArgumentParser

/// The audit log of a deployment.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine, export and archive the audit log.",
        subcommands: [Verify.self, Export.self, Archive.self, Key.self])
}
