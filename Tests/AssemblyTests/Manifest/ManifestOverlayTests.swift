import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestOverlayTests {
    private let base = ManifestText.complete(
        """
        server: {host: 127.0.0.1, port: 8080}
        plugins:
          bookings: {slotMinutes: 20, days: [Mon, Tue], rounding: up}
          lessons: {}
        demo: demo
        """)

    @Test func completesAnotherManifest() throws {
        let folder = try ManifestFolder([
            "base/school.yaml": self.base,
            "plugins.yaml": """
            extends: base/school.yaml
            name: Fahrschule am See
            server: {port: 9000}
            plugins:
              bookings: {days: [Wed], rounding: null}
              payments: {}
            """,
        ])

        let manifest = try folder.load()

        #expect(manifest.name == "Fahrschule am See")
        #expect(manifest.server.host == "127.0.0.1" && manifest.server.port == 9000)
        #expect(manifest.plugins.map(\.id) == ["bookings", "lessons", "payments"])
        #expect(
            manifest.plugins[0].settings == ["slotMinutes": 20, "days": SettingsNode(list: "Wed"), "rounding": nil])
    }

    @Test func pathsBelongToTheFileInWhichTheyStand() throws {
        let folder = try ManifestFolder([
            "base/school.yaml": self.base + "\nlogging: {level: \"${file:level}\"}\n", "base/level": "error\n",
            "plugins.yaml": "extends: ./base/school.yaml\nstorage: {path: mine.sqlite}\n",
        ])

        let manifest = try folder.load()

        #expect(manifest.demo == "\(folder.path)/base/demo")
        #expect(manifest.logging.level == .error)
        guard case .sqlite(let database) = manifest.storage else {
            Issue.record("the storage is \(manifest.storage)")
            return
        }
        #expect(database.path == "\(folder.path)/mine.sqlite")
    }

    @Test func positionsStayThoseOfTheFileInWhichAValueStands() throws {
        let folder = try ManifestFolder([
            "base.yaml": self.base.replacing("8080", with: "80800"),
            "plugins.yaml": "extends: base.yaml\nserver: {hots: x}\norganization: {slug: Ü}\n",
        ])

        #expect(
            folder.complaints() == [
                "base.yaml:4:33: server.port: 80800 is outside 0…65535",
                "plugins.yaml:2:10: unknown key server.hots; did you mean host?",
                #"plugins.yaml:3:22: organization.slug: expected lower-case letters, digits and hyphens, as lindenhof, got "Ü""#,
            ])
    }

    @Test func anotherDatabaseReplacesTheWholeSection() throws {
        let folder = try ManifestFolder([
            "base.yaml": self.base,
            "plugins.yaml": "extends: base.yaml\nstorage: {backend: postgres, url: \"postgres://db/almanac\"}\n",
        ])

        guard case .postgres(let database) = try folder.load().storage else {
            Issue.record("the storage is not PostgreSQL")
            return
        }
        #expect(database.url.reveal() == "postgres://db/almanac")
    }

    @Test(arguments: [
        (
            ["plugins.yaml": "extends: plugins.yaml\n"],
            "plugins.yaml:1:10: extends: plugins.yaml extends this file already; break the circle"
        ),
        (
            ["plugins.yaml": "extends: a/b.yaml\n", "a/b.yaml": "extends: ../plugins.yaml\n"],
            "a/b.yaml:1:10: extends: plugins.yaml extends this file already; break the circle"
        ),
        (
            ["plugins.yaml": "name: x\nextends: none.yaml\n"],
            "plugins.yaml:2:10: extends: none.yaml: there is no such file"
        ),
        (["plugins.yaml": "extends: [a]\n"], "plugins.yaml:1:10: extends: expected the path of a manifest"),
        (
            ["plugins.yaml": "extends: b.yaml\n", "b.yaml": "a: [\n"],
            "b.yaml:2:1: not YAML from here on: did not find expected node content"
        ),
    ])
    func refusesABaseThatCannotBeRead(files: [String: String], complaint: String) throws {
        #expect(try ManifestFolder(files).complaints() == [complaint])
    }
}

extension SettingsNode {
    /// A list of one text without quotes.
    fileprivate init(list text: String) {
        self.init(.sequence([SettingsNode(.scalar(.init(text)))]))
    }
}
