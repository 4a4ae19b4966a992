import AlmanacKernel
import AlmanacStorage
import Testing

struct SettingsSchemaTests {
    @Test func listsEveryFieldWithItsPath() throws {
        let paths = try SchoolSettings.schema().flattened.map(\.path)

        #expect(
            paths == [
                "slotMinutes", "rounding", "opens", "closes", "timeZone", "factor", "holiday", "calendarKey",
                "waitlist", "waitlist.enabled", "waitlist.places", "mailbox", "mailbox.enabled", "mailbox.places",
                "languages", "rules", "rules[].day", "rules[].from", "rooms", "rooms.<name>.enabled",
                "rooms.<name>.places",
            ])
    }

    @Test func knowsDefaultsRangesAndSecrets() throws {
        let fields = try SchoolSettings.schema().fields

        let slot = try #require(fields.first { $0.key == "slotMinutes" })
        #expect(slot.presence == .defaulted(15))
        #expect(slot.minimum == 5 && slot.maximum == 240)
        #expect(fields.first { $0.key == "timeZone" }?.presence == .required)
        #expect(fields.first { $0.key == "calendarKey" }?.isSecret == true)
    }

    @Test func isDocumentedAsATable() throws {
        #expect(
            try GatewaySettings.schema().markdown == """
                | Setting | Type | Default | Meaning |
                | --- | --- | --- | --- |
                | `kind` | invoice, card | `invoice` | Which way money comes in |
                | `dueDays` | integer, 0…90 | `14` | Days until payment is due |
                | `apiKey` | secret | required | Key of the gateway |

                """)
        #expect(try NoSettings.schema().markdown.isEmpty)
    }

    @Test func becomesJSONSchema() throws {
        let reference = ##"{"$ref":"#/$defs/reference"}"##
        let json = try SchoolSettings.Waitlist.schema().jsonObject(isPartial: false)

        #expect(
            JSON.object(json).text == #"{"type":"object","properties":{"#
                + #""enabled":{"description":"Whether there is a waiting list","default":false,"#
                + #""anyOf":[{"type":"boolean"},\#(reference)]},"#
                + #""places":{"description":"Places on the waiting list","default":10,"#
                + #""anyOf":[{"type":"integer","minimum":1,"maximum":100},\#(reference)]}},"#
                + #""additionalProperties":false}"#)
    }

    @Test func variantsBecomeAlternativesOfJSONSchema() throws {
        let json = JSON.object(try GatewaySettings.schema().jsonObject(isPartial: false))

        let alternatives = try #require(json["oneOf"]?.array)
        #expect(alternatives.map { $0["properties"]?["kind"]?["const"]?.string } == ["invoice", "card"])
        #expect(alternatives.map { $0["required"]?.array?.compactMap(\.string) } == [nil, ["kind", "apiKey"]])
        #expect(alternatives[1]["properties"]?["apiKey"]?["$ref"]?.string == "#/$defs/secret")
    }

    @Test func requiresNothingOfAPartialFile() throws {
        let schema = try SchoolSettings.schema()

        #expect(
            JSON.object(schema.jsonObject(isPartial: false))["required"]?.array?.compactMap(\.string) == ["timeZone"])
        #expect(JSON.object(schema.jsonObject(isPartial: true))["required"] == nil)
    }

    @Test func revealsMistakesOfTheAuthor() {
        let error = #expect(throws: Problems.self) { try CarelessSettings.schema() }

        #expect(
            error?.description == """
                settings CarelessSettings: inner.count: the default 0 is outside its range; \
                the mistake is in the plugin, not in the manifest
                settings CarelessSettings: name is read twice; the mistake is in the plugin, not in the manifest
                """)
    }
}

private struct CarelessSettings: PluginSettings {
    struct Inner: PluginSettings {
        init(from read: inout SettingsReader) throws {
            _ = read("count", "A number", in: 1...5, default: 0)
        }
    }

    init(from read: inout SettingsReader) throws {
        let _: Inner = try read.group("inner", "The group")
        _ = read("name", "A name", default: "a")
        _ = read("name", "The same name", default: "b")
    }
}
