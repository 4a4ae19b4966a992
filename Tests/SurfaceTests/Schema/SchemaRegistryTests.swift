internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

/// Types whose schemas are recorded.
enum SchemaFixtures {
    enum Tag {}

    enum Channel: String, CaseIterable, APIValue { case email, sms }

    struct Title: RawRepresentable, Codable, Sendable { let rawValue: String }

    struct Attendee: Codable {
        let name: String
        let age: Int32?
    }

    struct Book: APIInput {
        let eventType: ID<Tag>
        let start: Instant
        let seats: Int
        let notes: String?
        let channel: Channel?
        let attendees: [Attendee]
        let labels: [String: LocalDate]
        let days: Set<Weekday>?
        let price: Money
        let cancelAt: Patch<Instant>
        let title: Title
        let tags: [String]

        static let constraints: [String: Constraint] = [
            "seats": .integer(1...50, default: 1, "How many seats."), "notes": .text(0...4_000, "For the provider."),
            "attendees": .items(1...50), "tags": .items(0...9, length: 1...30),
        ]
    }

    struct Page<Item: Codable>: Codable {
        let items: [Item]
        let next: String?
    }
}

struct SchemaRegistryTests {
    @Test func recordsAnInput() throws {
        var registry = SchemaRegistry()

        #expect(try registry.schema(of: SchemaFixtures.Book.self) == .reference("SchemaFixtures.Book"))
        #expect(registry.components.keys.sorted() == ["SchemaFixtures.Attendee", "SchemaFixtures.Book"])
        #expect(
            registry.components["SchemaFixtures.Book"]?.json.text == """
                {"type":"object","properties":{\
                "eventType":{"type":"string","format":"uuid"},\
                "start":{"type":"string","format":"date-time"},\
                "seats":{"type":"integer","format":"int64","minimum":1,"maximum":50,\
                "description":"How many seats.","default":1},\
                "notes":{"type":["string","null"],"maxLength":4000,"description":"For the provider."},\
                "channel":{"anyOf":[{"type":"string","enum":["email","sms"]},{"type":"null"}]},\
                "attendees":{"type":"array","items":{"$ref":"#/components/schemas/SchemaFixtures.Attendee"},\
                "minItems":1,"maxItems":50},\
                "labels":{"type":"object","additionalProperties":{"type":"string","format":"date"}},\
                "days":{"type":["array","null"],"items":{"type":"integer","minimum":1,"maximum":7},"maxItems":1000,\
                "uniqueItems":true},\
                "price":{"type":"object","properties":{"amount":{"type":"integer","format":"int64",\
                "description":"In minor units of the currency."},\
                "currency":{"type":"string","pattern":"^[A-Z]{3}$","description":"ISO 4217."}},\
                "required":["amount","currency"],"additionalProperties":false},\
                "cancelAt":{"type":["string","null"],"format":"date-time"},\
                "title":{"type":"string","maxLength":2000},\
                "tags":{"type":"array","items":{"type":"string","minLength":1,"maxLength":30},"maxItems":9}},\
                "required":["eventType","start","attendees","labels","price","title","tags"],\
                "additionalProperties":false}
                """)
    }

    @Test func anOutputStatesNoLimitsAndNoNull() throws {
        var registry = SchemaRegistry()
        _ = try registry.schema(of: SchemaFixtures.Page<SchemaFixtures.Attendee>.self)

        #expect(
            registry.components["SchemaFixtures.Page_SchemaFixtures.Attendee"]?.json.text == """
                {"type":"object","properties":{"items":{"type":"array",\
                "items":{"$ref":"#/components/schemas/SchemaFixtures.Attendee"}},"next":{"type":"string"}},\
                "required":["items"],"additionalProperties":false}
                """)
        #expect(
            registry.components["SchemaFixtures.Attendee"]?.json.text == """
                {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","format":"int32"}},\
                "required":["name"],"additionalProperties":false}
                """)
    }

    @Test func leavesAreNoComponents() throws {
        var registry = SchemaRegistry()

        #expect(try registry.schema(of: [Instant?].self) == .array(of: .nullable(.string(format: "date-time"))))
        #expect(try registry.schema(of: JSON.self) == .any)
        #expect(registry.components.isEmpty)
    }

    @Test func whatIsRecordedDecodes() throws {
        // The schema and the decoder agree on what is required.
        let book = try JSONDecoding.decode(
            SchemaFixtures.Book.self,
            from: JSON(
                parsing: """
                    {"eventType":"01234567-89ab-7def-8123-456789abcdef","start":"2026-03-01T10:00:00Z",
                     "attendees":[{"name":"A"}],"labels":{},"price":{"amount":1,"currency":"EUR"},"title":"t","tags":[]}
                    """))

        #expect(book.seats == 1)
        #expect(book.cancelAt == .absent)
    }

    @Test func knowsTheFieldsOfAnObject() throws {
        var registry = SchemaRegistry()
        let schema = try registry.schema(of: SchemaFixtures.Attendee.self)

        #expect(registry.fields(of: schema).map(\.name) == ["name", "age"])
        #expect(registry.fields(of: .string()).isEmpty)
        #expect(registry.fields(of: .reference("Nobody")).isEmpty)
    }

    @Test func recordsATypeWithoutFields() throws {
        struct Empty: Codable {}
        var registry = SchemaRegistry()
        let schema = try registry.schema(of: Empty.self)

        #expect(registry.fields(of: schema).isEmpty)
        #expect(
            registry.components.values.map(\.json.text) == [
                #"{"type":"object","properties":{},"additionalProperties":false}"#
            ])
    }

    @Test func sharesATypeThatIsUsedTwice() throws {
        struct Pair: Codable {
            let left: SchemaFixtures.Attendee
            let right: SchemaFixtures.Attendee?
        }
        var registry = SchemaRegistry()
        _ = try registry.schema(of: Pair.self)
        _ = try registry.schema(of: SchemaFixtures.Attendee.self)

        #expect(registry.components.count == 2)
    }
}
