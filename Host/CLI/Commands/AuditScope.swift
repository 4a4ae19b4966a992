internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// Whose audit log a command works on.
struct AuditScope: ParsableArguments {
    @Option(
        name: .long, help: ArgumentHelp("Only this organization's log; otherwise that of every one.", valueName: "slug")
    )
    var organization: String?

    func organizations(of deployment: Deployment) async throws -> [Organization] {
        let all = try await deployment.runtime.organizations.all()
        guard let slug = self.organization else { return all }
        guard let named = all.first(where: { $0.slug.utf8.elementsEqual(slug.utf8) }) else {
            throw CommandFailure("almanac: there is no organization called \(slug)", status: .misused)
        }
        return [named]
    }

    static func requireSchema(_ deployment: Deployment) async throws {
        try await deployment.requireMigrated()
    }
}
