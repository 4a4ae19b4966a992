import AlmanacAssembly
import AlmanacKernel
import Testing

/// What hosts compare of their manifests.
struct HostDescriptionTests {
    private func digest(_ text: String, _ environment: [String: String] = [:]) throws -> String {
        let folder = try ManifestFolder(["plugins.yaml": text])
        let path = "\(folder.path)/plugins.yaml"
        let blueprint = try Blueprint(
            manifest: path, environment: environment, version: "1.2.3", logger: DeploymentFolder.logger)
        let description = blueprint.hostDescription(manifest: path)
        #expect(description.version == "1.2.3")
        #expect(!description.machine.isEmpty)
        return description.manifest
    }

    private static let base = ManifestText.complete("plugins: {bookings: {}}\n")

    @Test func isTheSameForTheSameSettings() throws {
        let digest = try self.digest(Self.base)
        // Order, comments and where a machine listens make no difference.
        let turned =
            "# a comment\nplugins: {bookings: {}}\nserver: {port: 9000, host: 0.0.0.0}\n" + ManifestText.storage
            + ManifestText.organization + ManifestText.name + "logging: {level: debug}\n"
        #expect(try self.digest(turned) == digest)
        #expect(digest.utf8.count == 16)
    }

    @Test(arguments: [
        "limits: {reads: {perUser: 10/minute}}\n", "server: {https: true}\n", "accounts: {registration: closed}\n",
    ])
    func isAnotherForOtherSettings(_ addition: String) throws {
        #expect(try self.digest(Self.base + addition) != self.digest(Self.base))
    }

    @Test func dependsOnNoSecret() throws {
        let text = Self.base + "metrics: {token: \"${env:TOKEN}\"}\n"
        let one = try self.digest(text, ["TOKEN": "a-token-of-sixteen-letters"])
        let other = try self.digest(text, ["TOKEN": "quite-another-long-token"])
        #expect(one == other)
        #expect(try self.digest(Self.base) != one)
    }
}
