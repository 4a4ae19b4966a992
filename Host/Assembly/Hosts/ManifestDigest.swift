package import AlmanacKernel
internal import AlmanacStorage
internal import Crypto
internal import Foundation

/// What a manifest says, as a hash: hosts of a deployment compare it.
///
/// A value that comes from the environment or a file counts as the reference to it, so that the hash tells nothing
/// about secrets. What belongs to one machine does not count: where the server listens, and how it logs.
enum ManifestDigest {
    /// Hashes a manifest, with what it extends.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - environment: What `${env:NAME}` refers to.
    /// - Returns: Sixteen hexadecimal digits.
    static func of(path: String, environment: [String: String]) -> String {
        var lines: [String] = []
        if let tree = ManifestFile.tree(path: path, environment: environment) {
            self.write(tree, at: "", into: &lines)
        }
        let text = lines.sorted().joined(separator: "\n")
        return Hexadecimal.encode(Array(SHA256.hash(data: Data(text.utf8)).prefix(8)))
    }

    /// Keys that may differ from machine to machine.
    private static let own: Set<String> = ["/server/host", "/server/port", "/logging", "/tracing"]

    private static func write(_ node: SettingsNode, at path: String, into lines: inout [String]) {
        guard !self.own.contains(path) else { return }
        if let entries = node.entries {
            for entry in entries { self.write(entry.value, at: "\(path)/\(entry.key)", into: &lines) }
        } else {
            lines.append("\(path) \(node.description)")
        }
    }
}

extension Blueprint {
    /// What this process says of itself to the other hosts of the deployment.
    ///
    /// - Parameter path: The manifest that the blueprint was made from.
    /// - Returns: The machine, the process, the version and the hash of the manifest.
    package func hostDescription(manifest path: String) -> ServingHost.Description {
        ServingHost.Description(
            machine: ProcessInfo.processInfo.hostName, process: Int(ProcessInfo.processInfo.processIdentifier),
            version: self.version, manifest: ManifestDigest.of(path: path, environment: self.environment),
            migrations: MigrationLevels(self.assembler.histories))
    }
}
