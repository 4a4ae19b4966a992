internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

struct OpenAPIDocumentTests {
    private enum Tag {}

    private struct Book: APIInput {
        let id: ID<Tag>
        let start: Instant
        let notes: String?
    }

    private struct Search: APIInput {
        let from: LocalDate
        let provider: ID<Tag>?
        let limit: Int

        static let constraints: [String: Constraint] = ["limit": .integer(1...100, default: 20, "How many.")]
    }

    private struct Booking: Codable {
        let id: ID<Tag>
        let attendees: [Attendee]
    }

    private struct Attendee: Codable { let name: String }
    private struct Unused: Codable { let name: String }

    private static func document() throws -> OpenAPIDocument {
        var registry = SchemaRegistry()
        _ = try registry.schema(of: Unused.self)
        let output = try registry.schema(of: Booking.self)
        let operations = [
            OperationDescription(
                method: "POST", path: "/api/v1/bookings/{id}/reschedule", operationID: "bookings.reschedule",
                summary: "Moves a booking.", tags: ["Bookings"], access: .permission("bookings:update"),
                input: try registry.schema(of: Book.self), locations: ["id": .path], output: output, status: 200,
                problems: [409], isIdempotencyKeyed: true, precondition: .optional, hasETag: true),
            OperationDescription(
                method: "GET", path: "/api/v1/bookings", operationID: "bookings.list", summary: "Lists bookings.",
                tags: ["Bookings"], access: .public, input: try registry.schema(of: Search.self),
                locations: ["from": .query, "provider": .query, "limit": .query], output: output, status: 200),
            OperationDescription(
                method: "POST", path: "/api/v1/bookings", operationID: "bookings.create", summary: "Books.",
                tags: ["Bookings"], access: .signedIn, input: try registry.schema(of: Book.self), locations: [:],
                output: nil, status: 204, precondition: .required),
        ]
        return OpenAPIDocument(
            info: .init(title: "Almanac", version: "1.0.0", description: "Bookings."),
            tags: [(name: "Bookings", description: "What is booked.")], operations: operations, registry: registry)
    }

    @Test func describesParametersBodyAndAnswers() throws {
        let json = try Self.document().json
        let operation = try #require(json["paths"]?["/api/v1/bookings/{id}/reschedule"]?["post"])

        #expect(operation["operationId"] == "bookings.reschedule")
        #expect(operation["x-permission"] == "bookings:update")
        #expect(operation["security"]?.text == #"[{"bearer":[]}]"#)
        let parameters = try #require(operation["parameters"]?.array)
        #expect(parameters.compactMap { $0["name"]?.string } == ["id", "Idempotency-Key", "If-Match"])
        #expect(parameters.compactMap { $0["required"]?.bool } == [true, false, false])
        #expect(
            operation["requestBody"]?["content"]?["application/json"]?["schema"]?.text == """
                {"type":"object","properties":{"start":{"type":"string","format":"date-time"},\
                "notes":{"type":["string","null"],"maxLength":2000}},"required":["start"],"additionalProperties":false}
                """)
        let responses = try #require(operation["responses"]?.object)
        #expect(
            responses.members.map(\.name)
                == ["200", "400", "401", "403", "404", "406", "409", "412", "422", "429", "500"])
        #expect(responses["409"]?["$ref"] == "#/components/responses/Problem409")
        #expect(responses["200"]?["headers"]?["ETag"] != nil)
        #expect(
            responses["200"]?["content"]?["application/json"]?["schema"]?["$ref"]
                == "#/components/schemas/OpenAPIDocumentTests.Booking")
    }

    @Test func describesAQuery() throws {
        let operation = try #require(try Self.document().json["paths"]?["/api/v1/bookings"]?["get"])

        #expect(operation["security"] == [])
        #expect(operation["requestBody"] == nil)
        #expect(
            operation["parameters"]?.text == """
                [{"name":"from","in":"query","required":true,"schema":{"type":"string","format":"date"}},\
                {"name":"provider","in":"query","required":false,"schema":{"type":"string","format":"uuid"}},\
                {"name":"limit","in":"query","description":"How many.","required":false,"schema":\
                {"type":"integer","format":"int64","minimum":1,"maximum":100,"default":20}}]
                """)
    }

    @Test func refersToAnInputThatIsAllBody() throws {
        let operation = try #require(try Self.document().json["paths"]?["/api/v1/bookings"]?["post"])

        #expect(
            operation["requestBody"]?.text == """
                {"required":true,"content":{"application/json":{"schema":\
                {"$ref":"#/components/schemas/OpenAPIDocumentTests.Book"}}}}
                """)
        #expect(operation["responses"]?["204"]?.text == #"{"description":"Success."}"#)
        #expect(operation["responses"]?["428"] != nil)
        #expect(operation["parameters"]?[0]?["required"] == true)
    }

    @Test func listsOnlyWhatIsReferredTo() throws {
        let components = try #require(try Self.document().json["components"])

        #expect(
            components["schemas"]?.object?.members.map(\.name) == [
                "FieldError", "OpenAPIDocumentTests.Attendee", "OpenAPIDocumentTests.Book",
                "OpenAPIDocumentTests.Booking",
                "Problem",
            ])
        #expect(components["responses"]?["Problem422"]?["content"]?["application/problem+json"] != nil)
    }

    @Test func everyReferenceLeadsSomewhere() throws {
        let json = try Self.document().json
        var broken: [String] = []
        var count = 0
        func walk(_ value: JSON) {
            for item in value.array ?? [] { walk(item) }
            for member in value.object?.members ?? [] {
                if member.name == "$ref", let text = member.value.string {
                    count += 1
                    var target: JSON? = json
                    for step in text.dropFirst(2).split(separator: "/") { target = target?[String(step)] }
                    if target == nil { broken.append(text) }
                }
                walk(member.value)
            }
        }
        walk(json)

        #expect(broken.isEmpty)
        #expect(count > 10)
    }

    @Test func isTheSameEachTime() throws {
        #expect(try Self.document().json == Self.document().json)
        let json = try Self.document().json
        #expect(json["openapi"] == "3.1.0")
        #expect(json["paths"]?.object?.members.map(\.name) == ["/api/v1/bookings", "/api/v1/bookings/{id}/reschedule"])
        #expect(json["paths"]?["/api/v1/bookings"]?.object?.members.map(\.name) == ["get", "post"])
    }
}
