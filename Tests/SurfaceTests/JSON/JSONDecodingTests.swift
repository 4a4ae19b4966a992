internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

/// Inputs as plugins write them.
enum DecodingFixtures {
    enum Tag {}

    enum Channel: String, CaseIterable, APIValue { case email, sms }

    struct Attendee: Codable, Equatable {
        let name: String
        let email: String
        let age: Int?
    }

    struct Book: APIInput, Equatable {
        let eventType: ID<Tag>
        let start: Instant
        let seats: Int
        let notes: String?
        let channel: Channel?
        let attendees: [Attendee]?

        static let constraints: [String: Constraint] = [
            "seats": .integer(1...50, default: 1), "notes": .text(2...10), "attendees": .items(1...3),
        ]
    }

    struct Numbers: APIInput {
        let int: Int
        let int64: Int64?
        let int32: Int32?
        let byte: UInt8?
        let double: Double?
        let bool: Bool?
    }

    static func errors<Value: Decodable>(
        _ type: Value.Type, _ text: String, _ options: JSONDecoding.Options = .init()
    ) throws -> [String] {
        let json = try JSON(parsing: text)
        do throws(InvalidInput) {
            _ = try JSONDecoding.decode(type, from: json, options: options)
            return []
        } catch {
            return error.errors.map { "\($0.pointer) \($0.code)" }
        }
    }
}

struct JSONDecodingTests {
    typealias Fixtures = DecodingFixtures

    private static let id = "01234567-89ab-7def-8123-456789abcdef"

    private func book(_ text: String) throws -> Fixtures.Book {
        try JSONDecoding.decode(from: try JSON(parsing: text))
    }

    @Test func decodesWhatIsRight() throws {
        let book = try self.book(
            """
            {"eventType":"\(Self.id)","start":"2026-03-01T11:00:00+01:00","seats":3,"notes":"hello","channel":"sms",
             "attendees":[{"name":"Ann","email":"a@example.org","age":7}]}
            """)

        #expect(book.eventType == ID(Self.id))
        #expect(book.start.rfc3339 == "2026-03-01T10:00:00Z")
        #expect(book.seats == 3)
        #expect(book.channel == .sms)
        #expect(book.attendees == [Fixtures.Attendee(name: "Ann", email: "a@example.org", age: 7)])
    }

    @Test func fillsInDefaultsAndTakesNullForAbsent() throws {
        let book = try self.book(
            #"{"eventType":"\#(Self.id)","start":"2026-03-01T10:00:00Z","notes":null,"channel":null}"#)

        #expect(book.seats == 1)
        #expect(book.notes == nil)
        #expect(book.channel == nil)
    }

    @Test func reportsEverythingAtOnce() throws {
        let errors = try Fixtures.errors(
            Fixtures.Book.self,
            """
            {"eventType":"nope","seats":51,"notes":"x","channel":"fax","extra":1,
             "attendees":[{"name":1,"email":"e"},{"name":"n","e/mail~":"e","age":1.0}]}
            """)

        #expect(
            errors == [
                "/eventType invalid", "/start required", "/seats range", "/notes length", "/channel choice",
                "/attendees/0/name type", "/attendees/1/email required", "/attendees/1/age type",
                "/attendees/1/e~1mail~0 unknown_field", "/extra unknown_field",
            ])
    }

    @Test func explainsInWords() throws {
        let json: JSON = [
            "eventType": "x", "start": "2026-13-01", "seats": 0, "notes": "12345678901", "channel": "fax",
            "atendees": [],
        ]
        let error = #expect(throws: InvalidInput.self) {
            try JSONDecoding.decode(Fixtures.Book.self, from: json)
        }

        #expect(
            error?.description == """
                /eventType: expected an identifier as 01234567-89ab-7def-8123-456789abcdef
                /start: expected an instant as 2026-03-01T10:00:00Z
                /seats: must be from 1 to 50, is 0
                /notes: must have 2 to 10 characters, has 11
                /channel: must be one of email, sms
                /atendees: there is no such field; did you mean attendees?
                """)
    }

    @Test(arguments: [
        (#"{"int":1.0}"#, "/int type"), (#"{"int":1e2}"#, "/int type"), (#"{"int":"1"}"#, "/int type"),
        (#"{"int":true}"#, "/int type"), (#"{"int":null}"#, "/int type"),
        (#"{"int":9223372036854775808}"#, "/int range"),
        (#"{"int":1,"int32":2147483648}"#, "/int32 range"), (#"{"int":1,"byte":256}"#, "/byte range"),
        (#"{"int":1,"byte":-1}"#, "/byte range"), (#"{"int":1,"double":"1"}"#, "/double type"),
        (#"{"int":1,"bool":"true"}"#, "/bool type"), (#"{"int":1,"bool":0}"#, "/bool type"),
        (#"{"int":[1]}"#, "/int type"), (#"{"int":{}}"#, "/int type"), ("[]", " type"), ("null", " type"),
        ("1", " type"),
    ])
    func refusesOtherKindsOfValues(_ text: String, _ error: String) throws {
        #expect(try Fixtures.errors(Fixtures.Numbers.self, text) == [error])
    }

    @Test(arguments: [
        #"{"int":-9223372036854775808,"int64":9223372036854775807,"int32":-2147483648,"#
            + #""byte":255,"double":1,"bool":false}"#,
        #"{"int":-0,"double":1.5e3}"#,
    ])
    func takesNumbersAtTheEndsOfTheirRanges(_ text: String) throws {
        #expect(try Fixtures.errors(Fixtures.Numbers.self, text) == [])
    }

    @Test func limitsTextAndArraysThatStateNoLimit() throws {
        struct Plain: APIInput {
            let text: String
            let list: [Int]
        }
        let text = String(repeating: "é", count: 2_000)
        let list = JSON.array(Array(repeating: 1, count: 1_000))

        _ = try JSONDecoding.decode(Plain.self, from: ["text": .string(text), "list": list])
        let error = #expect(throws: InvalidInput.self) {
            try JSONDecoding.decode(
                Plain.self, from: ["text": .string(text + "é"), "list": .array(Array(repeating: 1, count: 1_001))])
        }
        #expect(
            error?.errors.map(\.detail) == [
                "must have at most 2000 characters, has 2001", "must have at most 1000 items, has 1001",
            ])
    }

    @Test func countsCodePoints() throws {
        struct Short: APIInput {
            let text: String
            static let constraints: [String: Constraint] = ["text": .text(4...4)]
        }

        #expect(try Fixtures.errors(Short.self, #"{"text":"😀😀😀😀"}"#) == [])
        #expect(try Fixtures.errors(Short.self, "{\"text\":\"e\u{301}e\u{301}\"}") == [])
        #expect(try Fixtures.errors(Short.self, #"{"text":"😀😀😀"}"#) == ["/text length"])
    }

    @Test func constrainsItems() throws {
        struct Lists: APIInput {
            let words: [String]
            let sizes: Set<Int>
            static let constraints: [String: Constraint] = [
                "words": .items(0...2, length: 1...3), "sizes": .items(1...3, range: 1...9),
            ]
        }

        #expect(try Fixtures.errors(Lists.self, #"{"words":["a","abc"],"sizes":[1,9]}"#) == [])
        #expect(
            try Fixtures.errors(Lists.self, #"{"words":["","abcd"],"sizes":[0,1]}"#)
                == ["/words/0 length", "/words/1 length", "/sizes/0 range"])
        #expect(
            try Fixtures.errors(Lists.self, #"{"words":["a","b","c"],"sizes":[]}"#) == ["/words items", "/sizes items"])
        #expect(try Fixtures.errors(Lists.self, #"{"words":[],"sizes":[1,1]}"#) == ["/sizes duplicate"])
    }

    @Test func stopsAfterEnoughErrors() throws {
        let items = Array(repeating: JSON.string("x"), count: 500)

        let error = #expect(throws: InvalidInput.self) { try JSONDecoding.decode([Int].self, from: .array(items)) }

        #expect(error?.errors.count == 51)
        #expect(error?.errors.last?.code == FieldError.tooMany)
    }

    @Test func decodesMapsAndDocuments() throws {
        struct Open: APIInput {
            let labels: [String: Int]
            let custom: JSON
        }
        let open = try JSONDecoding.decode(
            Open.self, from: JSON(parsing: #"{"labels":{"a/b":1,"c":2},"custom":{"x":[1.50,null]}}"#))

        #expect(open.labels == ["a/b": 1, "c": 2])
        #expect(open.custom.text == #"{"x":[1.50,null]}"#)
        #expect(
            try Fixtures.errors(Open.self, #"{"labels":{"a/b":"x"},"custom":1}"#) == ["/labels/a~1b type"])
    }

    @Test func escapesPointers() {
        #expect(JSONPointer.appending("a/b~c", to: "/x") == "/x/a~1b~0c")
        #expect(JSONPointer.escaped("~1") == "~01")
        #expect(JSONPointer.escaped("plain") == "plain")
    }
}
