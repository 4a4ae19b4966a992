internal import ArgumentParser

/// The audit log of a deployment.
struct Audit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine and export the audit log.",
        subcommands: [Verify.self, Export.self, Key.self])
}
