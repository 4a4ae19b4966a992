import AlmanacAssembly
import AlmanacKernel
import Testing

/// What the manifest says about several servers of one database, and about a replica.
struct ManifestServersTests {
    private static func manifest(_ storage: String) throws -> ManifestFolder {
        try ManifestFolder([
            "plugins.yaml": ManifestText.name + ManifestText.organization + "storage:\n  backend: postgres\n" + storage
        ])
    }

    private static func complaint(_ place: String, _ key: String) -> String {
        """
        plugins.yaml:\(place): storage.\(key) names several servers, of which the first that answers is taken, a \
        standby too: add target_session_attrs=read-write
        """
    }

    @Test(arguments: ["read-write", "primary"])
    func severalAreNamedWithTheOneThatTakesWrites(_ attributes: String) throws {
        let servers = "db1,db2:5433/almanac?target_session_attrs=\(attributes)"
        let folder = try Self.manifest(
            "  url: \"postgres://app@\(servers)\"\n  ownerUrl: \"postgres://owner@\(servers)\"\n")

        #expect(folder.complaints() == [])
    }

    @Test(arguments: ["", "?target_session_attrs=any", "?target_session_attrs=prefer-standby"])
    func whichOfThemTakesWritesMustBeSaid(_ parameters: String) throws {
        let serving = try Self.manifest("  url: \"postgres://app@db1,db2/almanac\(parameters)\"\n")
        let owning = try Self.manifest(
            "  url: postgres://app@db/almanac\n  ownerUrl: \"postgres://owner@db1,db2/almanac\(parameters)\"\n")

        #expect(serving.complaints() == [Self.complaint("5:8", "url")])
        #expect(owning.complaints() == [Self.complaint("6:13", "ownerUrl")])
    }

    @Test func aReplicaIsNamedBesides() throws {
        let folder = try Self.manifest(
            "  url: postgres://app@db1/almanac\n  replicaUrl: postgres://app@db2/almanac\n")

        #expect(folder.complaints() == [])
        guard case .postgres(let storage) = try folder.load().storage else { throw Missing() }
        #expect(storage.replicaURL?.description.contains("db2") == true)
    }

    private struct Missing: Error {}
}
