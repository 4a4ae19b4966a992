import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import Testing

/// Limits on texts in several languages and on money: the document and the decoder know the same ones.
struct LeafConstraintTests {
    struct Offer: APIInput {
        let name: LocalizedText
        let price: Money
        let note: LocalizedText?

        static let constraints: [String: Constraint] = ["name": .text(2...5), "price": .integer(0...1_000)]
    }

    struct Unfit: APIInput {
        let price: Money
        static let constraints: [String: Constraint] = ["price": .items(0...1)]
    }

    private static func errors(
        name: JSON = "abc", price: JSON = ["amount": 5, "currency": "EUR"], note: JSON? = nil
    )
        throws -> [String]
    {
        var members: JSONObject = ["name": name, "price": price]
        if let note { members["note"] = note }
        return try DecodingFixtures.errors(Offer.self, JSON.object(members).text)
    }

    @Test func theDocumentStatesThem() throws {
        var registry = SchemaRegistry()
        _ = try registry.schema(of: Offer.self)
        let json = try #require(registry.components.values.first?.json["properties"])

        let name = try #require(json["name"]?["anyOf"]?.array)
        #expect(name.count == 2)
        #expect(name[0] == ["type": "string", "minLength": 2, "maxLength": 5])
        #expect(name[1]["additionalProperties"] == name[0])
        #expect(json["price"]?["properties"]?["amount"]?["minimum"]?.int == 0)
        #expect(json["price"]?["properties"]?["amount"]?["maximum"]?.int == 1_000)
        // What nobody limits has the usual length.
        #expect(json["note"]?.text.contains("\"maxLength\":2000") == true)
    }

    @Test func textsInEveryLanguageAreLimited() throws {
        #expect(try Self.errors() == [])
        #expect(try Self.errors(name: "ab") == [])
        #expect(try Self.errors(name: "ääääß") == [])
        #expect(try Self.errors(name: ["de": "abcde", "en": "ab"]) == [])
        #expect(try Self.errors(name: "a") == ["/name length"])
        #expect(try Self.errors(name: "abcdef") == ["/name length"])
        #expect(try Self.errors(name: ["de": "abc", "en": "abcdef"]) == ["/name/en length"])
        #expect(try Self.errors(name: ["de": "a"]) == ["/name/de length"])
        #expect(try Self.errors(name: 5).count == 1)
        let (long, longer) = (String(repeating: "x", count: 2_000), String(repeating: "x", count: 2_001))
        #expect(try Self.errors(note: .string(long)) == [])
        #expect(try Self.errors(note: .string(longer)) == ["/note length"])
        #expect(try Self.errors(note: ["de": .string(longer)]) == ["/note/de length"])
    }

    @Test func amountsAreLimited() throws {
        for amount in [0, 1_000] {
            #expect(try Self.errors(price: ["amount": .number(JSONNumber(amount)), "currency": "EUR"]) == [])
        }
        for amount in [-1, 1_001, Int.max, Int.min] {
            let price: JSON = ["amount": .number(JSONNumber(amount)), "currency": "EUR"]
            #expect(try Self.errors(price: price) == ["/price/amount range"])
        }
        #expect(try Self.errors(price: ["amount": 5, "currency": "XXX"]).count == 1)
        #expect(try Self.errors(price: 5) == ["/price type"])
    }

    @Test func aLimitThatFitsNothingInsideDoesNotAssemble() {
        var registry = SchemaRegistry()
        #expect(throws: SchemaError.self) { try registry.schema(of: Unfit.self) }
    }
}
