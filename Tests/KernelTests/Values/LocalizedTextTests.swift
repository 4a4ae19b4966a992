internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct LocalizedTextTests {
    private static let texts = [
        "de": "Fahrstunde", "de-CH": "Fahrlektion", "en": "Driving lesson", "pt-BR": "Aula", "zh-Hant": "駕駛課",
        "sr-Latn": "Čas",
    ]

    @Test(arguments: [
        (["de"], "Fahrstunde"), (["DE"], "Fahrstunde"), (["de-AT"], "Fahrstunde"), (["de-ch"], "Fahrlektion"),
        (["de-CH-1996"], "Fahrlektion"), (["de-Latn-DE"], "Fahrstunde"), (["fr", "en-GB"], "Driving lesson"),
        (["zh-hant-TW"], "駕駛課"), (["sr-Latn-x-foo"], "Čas"), (["*", "en"], "Driving lesson"),
        (["", "e n", "de_DE", "pt-br"], "Aula"),
        // A range is cut, never a tag: there is no text in Portuguese of no country.
        (["pt"], "Driving lesson"), (["pt-PT"], "Driving lesson"), ([], "Driving lesson"),
    ])
    func theReaderGetsTheClosestText(preferred: [String], text: String) throws {
        #expect(try LocalizedText(Self.texts).resolved(for: preferred, fallback: "en-US") == text)
    }

    @Test func withoutAnyMatchThereIsATextAllTheSame() throws {
        #expect(try LocalizedText(["en": "Lesson", "de": "Stunde"]).resolved(for: ["fr"]) == "Stunde")
        #expect(
            try LocalizedText(["und": "Lekcija", "de": "Stunde"]).resolved(for: ["fr"], fallback: "it") == "Lekcija")
        #expect(try LocalizedText("Lekcija").description == "Lekcija")
    }

    @Test func tagsGetTheirUsualCase() throws {
        let text = try LocalizedText([
            "DE-ch": "a", "ZH-hant-tw": "b", "EN-u-CO-phonebk": "c", "es-419": "d", "X-KLINGON": "e",
            "sl-ROZAJ-it": "f",
        ])
        #expect(
            text.texts.keys.sorted() == [
                "de-CH", "en-u-co-phonebk", "es-419", "sl-rozaj-IT", "x-klingon", "zh-Hant-TW",
            ])
    }

    @Test(arguments: [
        ["": "a"], ["d": "a"], ["de_DE": "a"], ["de-": "a"], ["-de": "a"], ["deutschland": "a"], ["1a": "a"],
        ["dé": "a"],
        ["de": ""], ["de": "a\u{0}"], ["de": "a", "DE": "b"], [:], ["x": "a"], ["a-de": "a"],
        [String(repeating: "abcdefgh-", count: 20) + "a": "a"],
    ])
    func textsThatCannotBeAreRefused(texts: [String: String]) {
        #expect(throws: LocalizedTextError.self) { try LocalizedText(texts) }
    }

    @Test(arguments: [#""Lesson""#, #"{"de":"Stunde","en":"Lesson"}"#, #"{"de":"Stunde"}"#, #"{"de":"\"ü\"\n"}"#])
    func jsonComesBackAsItWas(text: String) throws {
        let data = Data(text.utf8)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let value = try JSONDecoder().decode(LocalizedText.self, from: data)
        #expect(try encoder.encode(value) == data)
        #expect(try LocalizedText(json: JSON(parsing: text)) == value)
        #expect(value.sqlValue == .text(text))
        var writer = JSONWriter()
        writer.value(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: ["{}", "[]", "1", "null", "true", #""""#, #"{"de":1}"#, #"{"de":null}"#, #"{"de_DE":"a"}"#])
    func otherJSONIsRefused(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(LocalizedText.self, from: Data(text.utf8)) }
        #expect(throws: LocalizedTextError.self) { try LocalizedText(json: JSON(parsing: text)) }
    }
}
