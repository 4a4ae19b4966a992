import AlmanacAssembly
import AlmanacKernel
import AlmanacTestKit
import Testing

struct BlueprintTests {
    private func complaints(_ manifest: String) throws -> [String] {
        let folder = try ManifestFolder(["plugins.yaml": manifest])
        let deployment = DeploymentFolder(path: folder.path, environment: [:])
        let problems = #expect(throws: Problems.self) { try deployment.blueprint() }
        return (problems?.all ?? []).map(\.description)
            .map { $0.split(separator: "\(folder.path)/").joined() }
    }

    @Test
    func namesWhatIsWrongInManifestAndPluginsTogether() throws {
        let found = try self.complaints(
            """
            name: Fahrschule
            organization: {slug: lindenhof, timeZone: UTC, locale: de, currency: euro}
            storage: {backend: sqlite, path: data/x.sqlite}
            plugins:
              lessons: {}
              bookings: {unknownKey: 1}
            """)

        #expect(found.count == 3, "\(found)")
        #expect(found[0].hasPrefix("plugins.yaml:2:"))
        #expect(found[1].hasPrefix("plugins.yaml:5:3: plugin lessons: there is no plugin called lessons"))
        #expect(found[2].hasPrefix("plugins.yaml:6:"))
        #expect(found[2].contains("unknownKey"))
    }

    @Test
    func needsNoDatabase() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.name + ManifestText.organization
                + "storage: {backend: postgres, url: \"postgres://nobody@127.0.0.1:1/none\"}\nplugins: {bookings: {}}\n"
        ])

        let blueprint = try DeploymentFolder(path: folder.path, environment: [:]).blueprint()

        #expect(blueprint.enabledPlugins == ["bookings"])
        #expect(blueprint.plugins.map(\.id) == ["bookings", "messaging"])
        #expect(try !blueprint.openAPI.isEmpty)
    }
}
