import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import Testing

struct ManifestSchemaTests {
    @Test func describesTheWholeManifest() throws {
        let json = try ManifestSchema.json(plugins: [])

        #expect(json["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
        #expect(json["required"]?.array?.compactMap(\.string) == ["name", "organization", "storage"])
        #expect(
            json["properties"]?.object?.members.map(\.name) == [
                "extends", "name", "organization", "storage", "secrets", "server", "accounts", "limits", "mail",
                "oidc", "fetching", "logging", "metrics", "audit", "retention", "tracing", "vocabulary", "pages",
                "plugins", "demo",
            ])
        #expect(json["additionalProperties"]?.bool == false)
    }

    @Test func describesEachStorageAsAnAlternative() throws {
        let storage = try ManifestSchema.json(plugins: [])["properties"]?["storage"]?["oneOf"]?.array ?? []

        #expect(
            storage.map { $0["properties"]?.object?.members.map(\.name) } == [
                ["backend", "path"],
                [
                    "backend", "url", "ownerUrl", "replicaUrl", "pooler", "poolSize", "poolTimeoutSeconds",
                    "statementTimeoutSeconds",
                    "lockTimeoutSeconds", "silenceMilliseconds", "roles",
                ],
            ])
        #expect(
            storage.map { $0["required"]?.array?.compactMap(\.string) } == [["backend", "path"], ["backend", "url"]])
    }

    @Test func describesTheSettingsOfTheLinkedPlugins() throws {
        let plugins = [("bookings", try LessonSettings.schema()), ("lessons", try NoSettings.schema())]

        let json = try ManifestSchema.json(plugins: plugins.map { (id: $0.0, schema: $0.1) })

        let bookings =
            #"{"description":"Settings of the plugin bookings","anyOf":[{"type":"object","properties":{"#
            + #""enabled":{"description":"Whether the plugin runs; switched off it keeps its data","default":true,"#
            + ##""anyOf":[{"type":"boolean"},{"$ref":"#/$defs/reference"}]},"##
            + #""locked":{"description":"Settings that organizations may not choose for themselves","#
            + ##""anyOf":[{"type":"array","items":{"type":"string"},"minItems":0,"maxItems":1000},{"type":"null"}]},"##
            + #""slotMinutes":{"description":"Minutes between two offered starts","default":15,"#
            + ##""anyOf":[{"type":"integer","minimum":5,"maximum":240},{"$ref":"#/$defs/reference"}]}},"##
            + #""additionalProperties":false},{"type":"null"}]}"#
        let sections = json["properties"]?["plugins"]?["anyOf"]?[0]?["properties"]
        #expect(sections?["bookings"]?.text == bookings)
        #expect(sections?.object?.members.map(\.name) == ["bookings", "lessons"])
    }

    @Test func refersOnlyToWhatItDefines() throws {
        let json = try ManifestSchema.json(plugins: [])

        #expect(json["$defs"]?.object?.members.map(\.name) == ["reference", "secret"])
    }

    @Test func requiresNothingOfAManifestThatExtendsAnother() throws {
        let text = try ManifestSchema.json(plugins: [], isPartial: true).text

        #expect(!text.contains(#""required":"#))
    }
}

private struct LessonSettings: PluginSettings {
    let slotMinutes: Int

    init(from read: inout SettingsReader) throws {
        self.slotMinutes = read("slotMinutes", "Minutes between two offered starts", in: 5...240, default: 15)
    }
}
