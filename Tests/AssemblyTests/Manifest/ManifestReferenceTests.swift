import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestReferenceTests {
    private let environment = ["NAME": "Lindenhof", "EMPTY": "", "REF": "${env:NAME}", "NUL": "a\0b", "PORT": "81"]

    @Test(arguments: [
        ("${env:NAME}", "Lindenhof"), ("Fahrschule ${env:NAME} ${env:PORT}", "Fahrschule Lindenhof 81"),
        ("a${env:EMPTY}b", "ab"), ("$${env:NAME}", "${env:NAME}"), ("$$${env:NAME}", "$${env:NAME}"),
        ("100 $", "100 $"), ("$5 ${env:PORT}", "$5 81"), ("${env:REF}", "${env:NAME}"),
        ("${file:name.txt}", "Fahrschule"), ("${file:./name.txt}!", "Fahrschule!"), ("${file:two.txt}", "a\nb"),
        ("'${env:NAME}'", "Lindenhof"), ("\"${env:NAME}\"", "Lindenhof"), ("$", "$"), ("'}${env:PORT}{'", "}81{"),
    ])
    func areReplacedByWhatTheyStandFor(written: String, value: String) throws {
        let text = "name: \(written)\n" + ManifestText.organization + ManifestText.storage
        let folder = try ManifestFolder([
            "plugins.yaml": text, "name.txt": "Fahrschule\n", "two.txt": "a\nb\r\n",
        ])

        #expect(try folder.load(environment: self.environment).name == value)
    }

    @Test(arguments: [
        ("${env:NOWHERE}", "the environment has no NOWHERE; set it before starting almanac"),
        ("${env:name}", "the environment has no name; set it before starting almanac"),
        ("${env:1A}", "${env:1A} names no variable; a name has letters, digits and _, and no digit first"),
        ("${env:}", "${env:} names no variable; a name has letters, digits and _, and no digit first"),
        ("${file:}", "${file:} names no file; write ${file:PATH}"),
        ("${NAME}", "${NAME} is no reference; did you mean ${env:NAME}?"),
        ("${}", "${} is no reference; write ${env:NAME} or ${file:PATH}, or $${ for a plain ${"),
        ("${vault:x}", "${vault:x} is no reference; write ${env:NAME} or ${file:PATH}, or $${ for a plain ${"),
        ("a ${env:NAME", "a reference is not closed; write ${env:NAME}, or $${ for a plain ${"),
        ("${file:none.txt}", "none.txt: there is no such file"),
        ("${file:folder}", "folder: is a folder, not a file"),
        ("${file:latin1.txt}", "latin1.txt: is not UTF-8 text"),
        ("${env:NUL}", "NUL contains U+0000"),
    ])
    func areReportedWhereTheyLeadNowhere(written: String, complaint: String) throws {
        let folder = try ManifestFolder([
            "plugins.yaml": "name: \(written)\n" + ManifestText.organization + ManifestText.storage, "folder/x": "",
        ])
        try folder.write([0x66, 0xFC, 0x72], to: "latin1.txt")

        #expect(folder.complaints(environment: self.environment) == ["plugins.yaml:1:7: \(complaint)"])
    }

    @Test func giveNumbersAndBooleansToo() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                "server: {port: \"${env:PORT}\"}\nplugins: {a: {enabled: \"${env:ON}\"}}\n")
        ])

        let manifest = try folder.load(environment: ["PORT": "81", "ON": "false"])

        #expect(manifest.server.port == 81)
        #expect(manifest.plugins.map(\.isEnabled) == [false])
    }

    @Test func areNotShownWhereTheirValueIsWrong() throws {
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete("server: {port: \"${env:PORT}\"}\n")])

        #expect(
            folder.complaints(environment: ["PORT": "hunter2"]) == [
                #"plugins.yaml:4:16: server.port: expected a whole number, got "${env:PORT}""#
            ])
    }

    @Test func areReportedOnceWhatEverTheyStandFor() throws {
        let folder = try ManifestFolder([
            "plugins.yaml": ManifestText.complete(
                "plugins: {a: {enabled: \"${env:A}\"}, b: \"${env:B}\"}\nserver: \"${env:C}\"\nvocabulary: \"${env:D}\"\n"
            )
        ])

        #expect(folder.complaints().map { $0.contains("the environment has no") } == [true, true, true, true])
    }

    @Test func stayWhereAPluginIsSwitchedOff() throws {
        let plugins = "plugins: {a: {enabled: false, key: \"${env:NOWHERE}\"}, b: {key: \"${env:NOWHERE}\"}}\n"
        let folder = try ManifestFolder(["plugins.yaml": ManifestText.complete(plugins)])

        #expect(
            folder.complaints() == [
                "plugins.yaml:4:64: the environment has no NOWHERE; set it before starting almanac"
            ])
    }
}
