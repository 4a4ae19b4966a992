import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestProblemTests {
    @Test func reportsEverythingAtOnce() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": """
            nmae: Fahrschule
            organization:
              slug: Lindenhof
              timeZone: Europe/Lindenhof
              locale: deutsch
              currency: Euro
              slug: lindenhof
            storage: {backend: sqlite, pth: data/x.sqlite, poolSize: 3}
            server:
              port: 99999
              host: ""
              host: a
            logging: {level: loud}
            vocabulary: {booking: {german: {one: x}}}
            plugins:
              bookings: on
              lessons: {enabled: yes}
              lessons: {}
            demo: ${env:NOWHERE}/demo
            """
        ])

        #expect(
            folder.complaints() == [
                "plugins.yaml:1:1: name is missing (Title of the deployment, shown to people)",
                "plugins.yaml:1:1: unknown key nmae; did you mean name?",
                #"plugins.yaml:3:9: organization.slug: expected lower-case letters, digits and hyphens, as lindenhof, got "Lindenhof""#,
                #"plugins.yaml:4:13: organization.timeZone: expected a time zone such as Europe/Berlin, got "Europe/Lindenhof""#,
                #"plugins.yaml:5:11: organization.locale: expected a language such as de or de-AT, got "deutsch""#,
                #"plugins.yaml:6:13: organization.currency: expected a currency such as EUR, got "Euro""#,
                "plugins.yaml:7:3: organization.slug stands twice, first at plugins.yaml:3:3; remove one",
                "plugins.yaml:8:1: storage.path is missing (File of the database)",
                "plugins.yaml:8:28: unknown key storage.pth; did you mean path?",
                "plugins.yaml:8:48: storage.poolSize belongs to backend: postgres",
                "plugins.yaml:10:9: server.port: 99999 is outside 0…65535",
                "plugins.yaml:12:3: server.host stands twice, first at plugins.yaml:11:3; remove one",
                #"plugins.yaml:13:18: logging.level: expected one of trace, debug, info, notice, warning, error, critical, got "loud""#,
                #"plugins.yaml:14:24: vocabulary.booking.german: expected a language such as de or de-AT, got "german""#,
                "plugins.yaml:14:24: vocabulary.booking.german.other is missing (The word for any other number)",
                "plugins.yaml:16:13: plugins.bookings: expected a mapping with settings; "
                    + "write {} for a plugin without settings, {enabled: false} to switch it off",
                #"plugins.yaml:17:22: plugins.lessons.enabled: expected true or false, got "yes"; write true"#,
                "plugins.yaml:18:3: plugins.lessons stands twice, first at plugins.yaml:17:3; remove one",
                "plugins.yaml:19:7: the environment has no NOWHERE; set it before starting almanac",
            ])
    }

    @Test(arguments: [
        ("", "plugins.yaml:1:1: the file is empty"),
        ("# only a comment\n", "plugins.yaml:1:1: the file is empty"),
        ("- a\n- b\n", "plugins.yaml:1:1: expected a mapping, got a list"),
        (
            "a: 1\n---\nb: 2\n",
            "plugins.yaml:2:1: a second document begins here; a manifest is one document; remove ---"
        ),
        ("a: *b\n", "plugins.yaml:1:4: found undefined alias"),
        ("\tname: x\n", "plugins.yaml:1:1: not YAML from here on: found character that cannot start any token"),
        (
            "name: x\nserver: {host: a, port: [1}\n",
            "plugins.yaml:2:27: not YAML from here on: did not find expected ',' or ']', while parsing a flow sequence "
                + "that begins at 2:25"
        ),
        (
            "storage: {backend: postgres, url: ${env:DATABASE_URL}}\n",
            "plugins.yaml:1:36: not YAML from here on: did not find expected ',' or '}', while parsing a flow mapping "
                + "that begins at 1:10; inside { } and [ ] put ${…} in quotes"
        ),
        ("name: \"a\u{1}b\"\n", "plugins.yaml:1:9: control characters are not allowed"),
    ])
    func namesWhereTheYAMLEnds(text: String, complaint: String) throws {
        let folder = try ManifestFolder(["plugins.yaml": text])

        #expect(folder.complaints().filter { !$0.contains(" is missing ") } == [complaint])
    }

    @Test(arguments: [
        ("server: {? [a] : 1}\n", "plugins.yaml:4:12: a key must be text"),
        (
            "server: {<<: {port: 1}}\n",
            "plugins.yaml:4:10: merge keys are not supported; write the keys out, or use extends"
        ),
        ("server: {port: !port 80}\n", "plugins.yaml:4:16: the tag !port is not supported; remove it"),
        ("demo: \"a\\0b\"\n", "plugins.yaml:4:7: U+0000 is not allowed in text"),
        ("server: {port: 010}\n", #"plugins.yaml:4:16: server.port: expected a whole number, got "010""#),
        ("demo: ''\n", #"plugins.yaml:4:7: demo: expected a path, got """#),
        ("logging:\n  level:\n", "plugins.yaml:5:3: logging.level has no value; leave the key out if info is right"),
    ])
    func isStricterThanYAML(rest: String, complaint: String) throws {
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete(rest)])

        #expect(folder.complaints() == [complaint])
    }

    @Test(arguments: [
        "a: 1\na: 2\na: 3\n", "\"a\": 1\n'a': 2\na: 3\n", "? a\n: 1\na: 2\na : 3\n", "{a: 1, a: 2, a: 3}",
        "ä: 1\nä: 2\nä: 3",
        "a: 1\r\na: 2\r\na: 3\r\n", "\u{FEFF}a: 1\na: 2\na: 3",
    ])
    func findsEveryDuplicateHoweverItIsWritten(text: String) throws {
        let folder = try ManifestFolder(["plugins.yaml": text])

        let duplicates = folder.complaints().filter { $0.contains("stands twice, first at plugins.yaml:1:") }

        #expect(duplicates.count == 2)
    }

    @Test func findsDuplicatesOnEveryLevel() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                """
                plugins:
                  b: {x: 1, y: {z: 1, z: 2}, x: 3}
                  a: [{k: 1, k: 2}]
                """)
        ])

        #expect(
            folder.complaints() == [
                "plugins.yaml:5:23: plugins.b.y.z stands twice, first at plugins.yaml:5:17; remove one",
                "plugins.yaml:5:30: plugins.b.x stands twice, first at plugins.yaml:5:7; remove one",
                "plugins.yaml:6:6: plugins.a: expected a mapping with settings; "
                    + "write {} for a plugin without settings, {enabled: false} to switch it off",
                "plugins.yaml:6:14: plugins.a[0].k stands twice, first at plugins.yaml:6:8; remove one",
            ])
    }

    @Test func refusesWhatIsNoText() throws {
        let folder = try ManifestFolder()
        try folder.write(Array("name: ok\nnote: é".utf8) + [0xFF, 0x0A], to: "plugins.yaml")

        #expect(folder.complaints() == ["plugins.yaml:2:8: the file is not UTF-8 text from here on"])
    }

    @Test func refusesAFileThatIsNotThere() throws {
        let folder = try ManifestFolder()

        #expect(folder.complaints() == ["plugins.yaml: there is no such file; name the manifest with --manifest FILE"])
        #expect(folder.complaints(".") == [".: is a folder, not a file; name the manifest with --manifest FILE"])
    }

    @Test func refusesAFileThatIsTooLarge() throws {
        let folder = try ManifestFolder(["plugins.yaml": String(repeating: "# long\n", count: 200_000)])

        #expect(
            folder.complaints() == [
                "plugins.yaml: is larger than 1024 KiB; name the manifest with --manifest FILE"
            ])
    }

    @Test func endsAtAliasesThatGrowWithoutBound() throws {
        var text = ManifestText.complete("plugins:\n  a:\n    l0: &l0 [x, x, x, x, x, x, x, x, x]\n")
        for level in 1...8 {
            let alias = "*l\(level - 1)"
            text += "    l\(level): &l\(level) [\(Array(repeating: alias, count: 9).joined(separator: ", "))]\n"
        }
        let folder = try ManifestFolder(["plugins.yaml": text])

        #expect(folder.complaints().contains { $0.contains("the file has too many values; use fewer aliases") })
    }

    @Test(arguments: [100, 990, 100_000])
    func refusesWhatIsNestedTooDeeply(levels: Int) throws {
        let nested = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete("plugins: {a: {b: \(nested)}}\n")])

        let complaints = folder.complaints()

        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("nest") == true)
    }

    @Test func anAliasKeepsThePlaceOfItsAnchor() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                "logging: {level: &loud extreme}\nserver: {host: *loud, port: *loud}\n")
        ])

        #expect(
            folder.complaints().map { $0.prefix(18) } == ["plugins.yaml:4:18:", "plugins.yaml:4:18:"])
    }
}
