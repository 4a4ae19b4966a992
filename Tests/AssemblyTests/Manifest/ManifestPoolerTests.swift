import AlmanacAssembly
import AlmanacKernel
import Testing

/// What the manifest says about a pooler in transaction mode.
struct ManifestPoolerTests {
    private static func manifest(_ storage: String) throws -> ManifestFolder {
        try ManifestFolder([
            "plugins.yaml": ManifestText.name + ManifestText.organization + "storage:\n  backend: postgres\n" + storage
        ])
    }

    @Test func isNoneUnlessSaid() throws {
        let folder = try Self.manifest("  url: postgres://almanac@db/almanac\n")

        guard case .postgres(let storage) = try folder.load().storage else { throw Missing() }
        #expect(storage.pooler == .none)
    }

    @Test func goesWithAnAddressOfTheServerItself() throws {
        let folder = try Self.manifest(
            """
              url: postgres://almanac@localhost:6432/almanac
              ownerUrl: postgres://almanac@localhost:5432/almanac
              pooler: transaction

            """)

        #expect(folder.complaints() == [])
        guard case .postgres(let storage) = try folder.load().storage else { throw Missing() }
        #expect(storage.pooler == .transaction)
    }

    @Test func needsNoRolesWhereTheUserIsTheSame() throws {
        let folder = try Self.manifest(
            """
              url: postgres://almanac@localhost:6432/almanac
              ownerUrl: postgres://almanac@localhost:5432/almanac
              pooler: transaction
              roles: false

            """)

        #expect(folder.complaints() == [])
    }

    @Test(arguments: [
        (
            "  pooler: transaction\n",
            """
            plugins.yaml:6:11: storage.pooler needs ownerUrl: migrations work in a session of their own, which the \
            pooler does not give. Name the server itself there, with the user of url or another one
            """
        ),
        (
            "  pooler: transaction\n  ownerUrl: postgres://owner@db/almanac\n",
            """
            plugins.yaml:7:13: storage.ownerUrl leads to the pooler that url names; name the server itself, with its \
            own port
            """
        ),
        (
            "  pooler: transaction\n  ownerUrl: postgres://owner@db:5433/almanac\n  roles: false\n",
            "plugins.yaml:7:13: storage.ownerUrl needs roles: true, by which the other user gets its rights"
        ),
        (
            "  pooler: statement\n",
            #"plugins.yaml:6:11: storage.pooler: expected one of none, transaction, got "statement""#
        ),
    ])
    func saysWhatIsMissing(_ text: String, _ complaint: String) throws {
        let folder = try Self.manifest("  url: postgres://almanac@db/almanac\n" + text)

        #expect(folder.complaints() == [complaint])
    }

    private struct Missing: Error {}
}
