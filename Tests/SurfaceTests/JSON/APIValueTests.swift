internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

struct APIValueTests {
    private enum Tag {}

    /// A leaf of somebody else's, with limits in its schema and a rule in its `init(from:)`.
    private struct Slug: APIValue, Equatable {
        let text: String

        static var schema: Schema { .string(pattern: "^[a-z-]+$", minLength: 2, maxLength: 3_000) }
        static var example: Slug { Slug(text: "example") }

        init(text: String) { self.text = text }

        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard text.utf8.allSatisfy({ $0 == 0x2D || (0x61...0x7A).contains($0) }) else {
                throw ValueRefusal(code: "not_a_slug", detail: "expected letters a to z and hyphens")
            }
            self.text = text
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(self.text)
        }
    }

    private static func code<Value: Decodable>(_ type: Value.Type, _ json: JSON) -> String? {
        do throws(InvalidInput) {
            _ = try JSONDecoding.decode(type, from: json)
            return nil
        } catch {
            return error.errors.map(\.code).joined(separator: ",")
        }
    }

    @Test func everyExampleComesBack() throws {
        func check<Value: APIValue & Equatable>(_ type: Value.Type) throws {
            let json = try JSONEncoding.json(Value.example)
            #expect(try JSONDecoding.decode(Value.self, from: json) == Value.example, "\(type)")
        }
        try check(String.self)
        try check(Bool.self)
        try check(Int.self)
        try check(Int64.self)
        try check(Int32.self)
        try check(Double.self)
        try check(Instant.self)
        try check(LocalDate.self)
        try check(LocalTime.self)
        try check(Weekday.self)
        try check(ID<Tag>.self)
        try check(Money.self)
        try check(LocalizedText.self)
        try check(EmailAddress.self)
        try check(Zone.self)
        try check(LocalDateTime.self)
        try check(RecurrenceRule.self)
        try check(JSON.self)
        try check(Slug.self)
    }

    @Test func leavesRefuseWhatTheyAreNot() {
        #expect(Self.code(Instant.self, "2026-03-01") == "invalid")
        #expect(Self.code(Instant.self, 5) == "type")
        #expect(Self.code(LocalDate.self, "2026-02-30") == "invalid")
        #expect(Self.code(LocalTime.self, "25:00") == "invalid")
        #expect(Self.code(Weekday.self, 8) == "range")
        #expect(Self.code(Weekday.self, "1") == "type")
        #expect(Self.code(ID<Tag>.self, "x") == "invalid")
        #expect(Self.code(Zone.self, "Mars/Olympus") == "invalid")
        #expect(Self.code(LocalDateTime.self, "2026-03-01T24:00") == "invalid")
        #expect(Self.code(LocalDateTime.self, "2026-03-01T10:00:00Z") == "invalid")
        #expect(Self.code(LocalDateTime.self, 5) == "type")
        #expect(Self.code(RecurrenceRule.self, "FREQ=FORTNIGHTLY") == "invalid")
        #expect(Self.code(RecurrenceRule.self, "") == "length")
        #expect(Self.code(EmailAddress.self, "nobody") == "invalid")
        #expect(Self.code(EmailAddress.self, .string(String(repeating: "a", count: 300))) == "length")
        #expect(Self.code(Money.self, ["amount": 5, "currency": "XQX"]) == "invalid")
        #expect(Self.code(Money.self, ["amount": "5", "currency": "EUR"]) == "type")
        #expect(Self.code(Money.self, "5 EUR") == "type")
    }

    @Test func localizedTextIsTextOrAnObject() throws {
        #expect(try JSONDecoding.decode(LocalizedText.self, from: "Lesson") == LocalizedText("Lesson"))
        #expect(
            try JSONDecoding.decode(LocalizedText.self, from: ["de": "Stunde", "en": "Lesson"])
                == LocalizedText(["de": "Stunde", "en": "Lesson"]))
        #expect(Self.code(LocalizedText.self, ["de": 1]) == "type")
        #expect(Self.code(LocalizedText.self, 1) == "type")
        #expect(Self.code(LocalizedText.self, [:]) == "invalid")
    }

    @Test func aLeafsOwnSchemaIsEnforced() throws {
        let long = String(repeating: "a", count: 3_000)

        #expect(try JSONDecoding.decode(Slug.self, from: .string(long)) == Slug(text: long))
        #expect(Self.code(Slug.self, .string(long + "a")) == "length")
        #expect(Self.code(Slug.self, "a") == "length")
        #expect(Self.code(Slug.self, "A B") == "not_a_slug")
    }

    @Test func aWrapperOfARawValueIsItsRawValue() throws {
        struct Title: RawRepresentable, Codable, Equatable { let rawValue: String }

        #expect(try JSONDecoding.decode(Title.self, from: "x") == Title(rawValue: "x"))
        #expect(Self.code(Title.self, 1) == "type")
        #expect(Self.code(Title.self, .string(String(repeating: "a", count: 2_001))) == "length")
    }
}
