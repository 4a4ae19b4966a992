internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// The processes that serve the deployment.
struct Hosts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the processes that serve, and what differs among them.",
        discussion: "One of whom nothing has been heard for a minute is shown as silent, and forgotten after five.")

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let path = self.manifest.manifest
        let (hosts, own) = try await self.manifest.withDeployment(for: "hosts") { deployment, _ in
            try await deployment.requireMigrated()
            return (
                try await HostRegistry(deployment.runtime.database).hosts(),
                deployment.blueprint.hostDescription(manifest: path)
            )
        }
        switch self.output.format {
        case .text:
            if hosts.isEmpty { Terminal.print("nothing serves now") }
            for host in hosts { Terminal.print(Self.line(host, own)) }
        case .json:
            Terminal.print(json: JSON.object(["hosts": .array(hosts.map { Self.json($0, own) })]).serialized)
        }
    }

    private static func line(_ host: ServingHost, _ own: ServingHost.Description) -> String {
        let said = host.description
        var remarks: [String] = []
        if !host.isAlive { remarks.append("silent for \(host.silentSeconds) s") }
        if said.version != own.version { remarks.append("another version than this program") }
        if said.manifest != own.manifest { remarks.append("another manifest than this one") }
        let remark = remarks.isEmpty ? "" : " — \(remarks.joined(separator: ", "))"
        return "\(said.machine) process \(said.process), version \(said.version), manifest \(said.manifest.prefix(8)), "
            + "since \(host.startedAt.rfc3339)\(remark)"
    }

    private static func json(_ host: ServingHost, _ own: ServingHost.Description) -> JSON {
        let said = host.description
        return [
            "id": .string(host.id.description), "machine": .string(said.machine),
            "process": .number(JSONNumber(said.process)), "version": .string(said.version),
            "manifest": .string(said.manifest), "startedAt": .string(host.startedAt.rfc3339),
            "silentSeconds": .number(JSONNumber(host.silentSeconds)), "alive": .bool(host.isAlive),
            "agrees": .bool(said.agrees(with: own)),
        ]
    }
}
