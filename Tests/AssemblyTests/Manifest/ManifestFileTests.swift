import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestFileTests {
    @Test func readsAWholeManifest() throws {
        let folder = try ManifestFolder(["plugins.yaml": Self.school])

        let manifest = try folder.load(environment: ["PORT": "9000"])

        #expect(manifest.name == "Fahrschule Lindenhof")
        #expect(manifest.organization.slug == "lindenhof")
        #expect(manifest.organization.name == "Fahrschule Lindenhof GmbH")
        #expect(manifest.organization.timeZone == .utc)
        #expect(manifest.organization.locale == "de-DE" && manifest.organization.currency == "EUR")
        #expect(manifest.server.host == "0.0.0.0" && manifest.server.port == 9000)
        #expect(manifest.server.maxBodyKilobytes == 1024 && manifest.server.requestTimeoutSeconds == 30)
        #expect(manifest.logging.level == .debug && manifest.logging.format == .json)
        #expect(manifest.demo == "\(folder.path)/demo")
        guard case .sqlite(let database) = manifest.storage else {
            Issue.record("the storage is \(manifest.storage)")
            return
        }
        #expect(database.path == "\(folder.path)/data/lindenhof.sqlite")
    }

    @Test func keepsTheSettingsOfPluginsForThePlugins() throws {
        let folder = try ManifestFolder(["plugins.yaml": Self.school])

        let plugins = try folder.load(environment: ["PORT": "9000"]).plugins

        #expect(plugins.map(\.id) == ["bookings", "lessons", "payments"])
        #expect(plugins.map(\.isEnabled) == [true, true, false])
        #expect(plugins.map(\.settings) == [["slotMinutes": 20], [:], ["key": "${env:NOBODY_HAS_THIS}"]])
        #expect(plugins[0].position.line == 17 && plugins[0].position.column == 3)
        #expect(plugins[0].path == "plugins.bookings")
    }

    @Test func knowsTheWordsOfTheTrade() throws {
        let folder = try ManifestFolder(["plugins.yaml": Self.school])

        let vocabulary = try folder.load(environment: ["PORT": "9000"]).vocabulary

        #expect(vocabulary.booking.forms(in: "de-AT")?.other == "Fahrstunden")
        #expect(vocabulary.booking.forms(in: "en")?.one == "lesson")
        #expect(vocabulary.booking.forms(in: "fr") == nil)
        #expect(vocabulary.customer.translations.isEmpty)
    }

    @Test func readsAPostgreSQLDatabase() throws {
        let text =
            ManifestText.name + ManifestText.organization
            + "storage: {backend: postgres, url: \"${env:DATABASE_URL}\", poolSize: 4}\n"
        let folder = try ManifestFolder(["plugins.yaml": text])

        let manifest = try folder.load(environment: ["DATABASE_URL": "postgres://almanac:hunter2@db/almanac"])

        guard case .postgres(let database) = manifest.storage else {
            Issue.record("the storage is \(manifest.storage)")
            return
        }
        #expect(database.url.reveal() == "postgres://almanac:hunter2@db/almanac")
        #expect(database.poolSize == 4)
        #expect(database.statementTimeoutSeconds == 10 && database.lockTimeoutSeconds == 5)
        #expect(database.silenceMilliseconds == 750)
        #expect(database.poolTimeoutSeconds == 5)
    }

    /// PostgreSQL cuts names after 63 bytes, and the longest role is DATABASE_messaging.
    @Test(arguments: [(53, false), (54, true)])
    func aDatabaseWhoseRolesHadTooLongNamesIsRefused(length: Int, isRefused: Bool) throws {
        let name = String(repeating: "d", count: length)
        func problems(_ url: String, _ rest: String = "") throws -> [String] {
            let text =
                ManifestText.name + ManifestText.organization
                + "storage: {backend: postgres, url: \"\(url)\"\(rest)}\n"
            return try ManifestFolder(["plugins.yaml": text]).complaints()
        }
        let expected =
            "plugins.yaml:3:35: storage.url leads to the role \(name)_messaging (of plugin messaging), and PostgreSQL "
            + "cuts names after 63 bytes: give the database a name that is 1 shorter, or set roles: false"

        #expect(try problems("postgres://almanac@db/\(name)") == (isRefused ? [expected] : []))
        // Without a database libpq takes the name of who signs in.
        #expect(try problems("postgres://\(name)@db").isEmpty != isRefused)
        #expect(try problems("postgres://almanac@db/\(name)", ", roles: false") == [])
        // What only the server knows is told when the roles are made.
        #expect(try problems("postgres:///") == [])
    }

    @Test func everythingButTheEssentialHasADefault() throws {
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete()])

        let manifest = try folder.load()

        #expect(manifest.organization.name == manifest.name)
        #expect(manifest.server.host == "127.0.0.1" && manifest.server.port == 8080)
        #expect(manifest.logging.level == .info && manifest.logging.format == .text)
        #expect(manifest.plugins.isEmpty && manifest.demo == nil)
    }

    @Test func showsNoSecretWhateverIsPrinted() throws {
        let text =
            ManifestText.name + ManifestText.organization + """
                storage: {backend: postgres, url: "postgres://almanac:${env:PASSWORD}@db:5432/almanac?password=${env:PASSWORD}"}
                plugins:
                  payments: {key: "${env:PASSWORD}", note: "pw ${file:password}", list: ["${file:password}"]}
                """
        let folder = try ManifestFolder(["plugins.yaml": text, "password": "hunter2\n"])
        let manifest = try folder.load(environment: ["PASSWORD": "hunter2"])
        var dumped = ""
        dump(manifest, to: &dumped)

        let shown = ["\(manifest)", String(reflecting: manifest), dumped, "\(manifest.plugins)"]

        #expect(shown.allSatisfy { !$0.contains("hunter2") })
        #expect(dumped.contains("postgres://db:5432/almanac"))
    }

    private static let school = """
        # the school
        name: Fahrschule Lindenhof
        organization:
          slug: lindenhof
          name: Fahrschule Lindenhof GmbH
          timeZone: UTC
          locale: de-DE
          currency: EUR
        storage: {backend: sqlite, path: data/lindenhof.sqlite}
        server: {host: 0.0.0.0, port: "${env:PORT}"}
        logging: {level: debug, format: json}
        vocabulary:
          booking:
            en: {one: lesson, other: lessons}
            de: {one: Fahrstunde, other: Fahrstunden}
        plugins:
          bookings:
            slotMinutes: 20
          lessons:
          payments: {enabled: false, key: "${env:NOBODY_HAS_THIS}"}
        demo: ./demo
        """
}
