internal import AlmanacKernel
internal import AlmanacStorage

/// Whether all processes that serve do the same, and what this manifest says.
enum HostsCheck {
    static let name = "hosts"

    static func findings(
        _ connection: any MaintenanceConnection, _ subject: Doctor.Subject
    ) throws -> [Finding] {
        let own = subject.blueprint.hostDescription(manifest: subject.manifest)
        return [self.judge(try HostRegistry.hosts(connection, at: subject.clock.now), own)]
    }

    /// - Parameters:
    ///   - hosts: The processes that serve.
    ///   - own: What this process would say of itself.
    /// - Returns: The finding.
    static func judge(_ hosts: [ServingHost.Description], _ own: ServingHost.Description) -> Finding {
        let advice = "give all hosts the same program and manifest and restart them; `almanac hosts` lists them"
        guard let first = hosts.first else { return .ok(self.name, "nothing serves now") }
        let count = hosts.count == 1 ? "one process serves" : "\(hosts.count) processes serve"
        if hosts.contains(where: { $0.version != first.version }) {
            return .warning(self.name, "\(count), with different versions of the program", advice: advice)
        }
        if hosts.contains(where: { $0.manifest != first.manifest }) {
            return .warning(self.name, "\(count), with different manifests", advice: advice)
        }
        guard first.agrees(with: own) else {
            let what = first.version == own.version ? "another manifest than this one" : "another version than this one"
            return .warning(self.name, "\(count), with \(what)", advice: advice)
        }
        return .ok(self.name, hosts.count == 1 ? "\(count), as this manifest says" : "\(count), all alike")
    }
}
