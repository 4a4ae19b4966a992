internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import Foundation
internal import Testing

struct JSONEncodingTests {
    private struct Inner: Codable, Equatable {
        let text: String
        let list: [[Int]]
        let empty: [String]
    }

    private struct Outer: Codable, Equatable {
        let bool: Bool
        let int: Int
        let small: Int8
        let big: UInt64
        let double: Double
        let float: Float
        let absent: String?
        let present: String?
        let inner: Inner
        let inners: [Inner]
        let map: [String: Inner]
        let optionals: [Int?]
        let nothing: Empty
    }

    private struct Empty: Codable, Equatable {}

    private static let outer: Outer = {
        let inner = Inner(text: "a\"\\\u{1}é😀/\n", list: [[], [1], [2, 3]], empty: [])
        return Outer(
            bool: true, int: .min, small: -128, big: .max, double: 0.1, float: 1.5, absent: nil, present: "",
            inner: inner,
            inners: [inner, inner], map: ["z": inner, "a": inner], optionals: [1, nil, 3], nothing: Empty())
    }()

    private static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoding.encode(value), as: UTF8.self)
    }

    @Test func comesBackThroughFoundation() throws {
        let data = Data(try JSONEncoding.encode(Self.outer))

        #expect(try JSONDecoder().decode(Outer.self, from: data) == Self.outer)
    }

    @Test func comesBackThroughOurOwn() throws {
        let value = Self.outer.inner
        let json = try JSONEncoding.json(value)

        #expect(try JSONDecoding.decode(Inner.self, from: json) == value)
    }

    @Test func leavesOutNilAndSortsMaps() throws {
        struct Value: Encodable {
            let a: Int?
            let b: [String: Int]
        }

        #expect(
            try Self.text(Value(a: nil, b: ["y": 2, "x": 1, "é": 3, "Z": 0])) == #"{"b":{"Z":0,"x":1,"y":2,"é":3}}"#)
    }

    @Test func writesLeavesAsTheyAreOnTheWire() throws {
        enum Tag {}
        struct Value: Encodable {
            let id: ID<Tag>
            let start: Instant
            let date: LocalDate
            let time: LocalTime
            let day: Weekday
            let money: Money
            let zone: Zone
            let json: JSON
        }
        let value = Value(
            id: ID(high: 1, low: 2), start: Instant(seconds: 0), date: LocalDate(daysSinceEpoch: 1),
            time: LocalTime(minuteOfDay: 1_440), day: .sunday, money: try Money(amount: 4_500, currency: "EUR"),
            zone: .utc,
            json: ["n": .null])

        #expect(
            try Self.text(value) == """
                {"id":"00000000-0000-0001-0000-000000000002","start":"1970-01-01T00:00:00Z","date":"1970-01-02",\
                "time":"24:00","day":7,"money":{"amount":4500,"currency":"EUR"},"zone":"UTC","json":{"n":null}}
                """)
    }

    @Test func prefersAValueThatWritesItself() throws {
        struct Hot: Encodable, JSONStreamable {
            func write(to writer: inout JSONWriter) { writer.string("streamed") }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode("encoded")
            }
        }
        struct Value: Encodable {
            let one: Hot
            let many: [Hot]
            let map: [String: Hot]
            let maybe: Hot?
        }

        #expect(
            try Self.text(Value(one: Hot(), many: [Hot(), Hot()], map: ["k": Hot()], maybe: Hot()))
                == #"{"one":"streamed","many":["streamed","streamed"],"map":{"k":"streamed"},"maybe":"streamed"}"#)
        #expect(try Self.text(Hot()) == "\"streamed\"")
    }

    @Test func writesWhatIsWrittenByHand() throws {
        struct ByHand: Encodable {
            enum Key: String, CodingKey { case a, b, c, d, e }

            func encode(to encoder: any Encoder) throws {
                var fields = encoder.container(keyedBy: Key.self)
                var nested = fields.nestedContainer(keyedBy: Key.self, forKey: .a)
                try nested.encode(1, forKey: .b)
                try nested.encodeNil(forKey: .c)
                var items = fields.nestedUnkeyedContainer(forKey: .b)
                try items.encode("x")
                try items.encodeNil()
                var inner = items.nestedUnkeyedContainer()
                try inner.encode(true)
                _ = items.nestedContainer(keyedBy: Key.self)
                try 7.encode(to: fields.superEncoder(forKey: .c))
                var again = encoder.container(keyedBy: Key.self)
                try again.encode("end", forKey: .d)
            }
        }

        #expect(try Self.text(ByHand()) == #"{"a":{"b":1,"c":null},"b":["x",null,[true],{}],"c":7,"d":"end"}"#)
        #expect(try Self.text([ByHand(), ByHand()]).hasPrefix("[{"))
    }

    @Test func refusesWhatJSONCannotSay() {
        struct Silent: Encodable { func encode(to encoder: any Encoder) throws {} }

        #expect(throws: EncodingError.self) { try JSONEncoding.encode([Double.nan]) }
        #expect(throws: EncodingError.self) { try JSONEncoding.encode(["a": Double.infinity]) }
        #expect(throws: EncodingError.self) { try JSONEncoding.encode(["a": Silent()]) }
    }

    @Test func refusesToGoBackToAContainerThatWasLeft() {
        struct Interleaved: Encodable {
            enum Key: String, CodingKey { case a, b }

            func encode(to encoder: any Encoder) throws {
                var fields = encoder.container(keyedBy: Key.self)
                var nested = fields.nestedContainer(keyedBy: Key.self, forKey: .a)
                try fields.encode(1, forKey: .b)
                try nested.encode(1, forKey: .a)
            }
        }

        #expect(throws: EncodingError.self) { try JSONEncoding.encode(Interleaved()) }
    }

    @Test func writesScalarsAlone() throws {
        #expect(try Self.text("x") == "\"x\"")
        #expect(try Self.text(Int?.none) == "null")
        #expect(try Self.text([Bool]()) == "[]")
        #expect(try Self.text(2.0) == "2")
    }
}
