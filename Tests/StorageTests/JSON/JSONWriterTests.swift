internal import AlmanacStorage
internal import Testing

struct JSONWriterTests {
    private static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter(capacity: 1)
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func putsCommasWhereTheyBelong() {
        let text = Self.text { writer in
            writer.object { writer in
                writer.member("a", 1)
                writer.key("b")
                writer.array { writer in
                    writer.value("x")
                    writer.object { _ in }
                    writer.array { _ in }
                    writer.null()
                    writer.bool(false)
                }
                writer.member("c", ifPresent: String?.none)
                writer.member("d", ifPresent: true)
                writer.key(named: "e\"")
                writer.encoded(Array("[1]".utf8))
                writer.member("f", [1, 2])
            }
        }

        #expect(text == #"{"a":1,"b":["x",{},[],null,false],"d":true,"e\"":[1],"f":[1,2]}"#)
    }

    @Test(arguments: [0, 7, 10, 99, 100, 1_000_000, -1, -10, .max, .min] as [Int])
    func writesIntegers(_ value: Int) {
        #expect(Self.text { $0.integer(value) } == String(value))
    }

    @Test func writesIntegersOfEveryWidth() {
        #expect(Self.text { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(Self.text { $0.integer(Int8.min) } == "-128")
    }

    @Test func writesDoubles() {
        #expect(Self.text { $0.number(1) } == "1")
        #expect(Self.text { $0.number(-0.25) } == "-0.25")
        #expect(Self.text { $0.number(.nan) } == "null")
    }

    @Test(arguments: 0..<40)
    func escapesAtEveryPlace(_ place: Int) throws {
        for special in ["\"", "\\", "\u{0}", "\u{1F}", "\n", "\u{7F}", "é", "😀"] {
            let text = String(repeating: "a", count: place) + special + String(repeating: "b", count: 40 - place)
            let written = Self.text { $0.string(text) }

            #expect(written.utf8.allSatisfy { $0 >= 0x20 })
            if special != "\u{0}" { #expect(try JSON(parsing: written) == .string(text)) }
        }
    }

    @Test func writesTimesAndIdentifiers() {
        enum Tag {}
        let id = ID<Tag>(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)

        #expect(Self.text { $0.id(id) } == "\"01234567-89ab-cdef-fedc-ba9876543210\"")
        #expect(Self.text { $0.value(LocalDate(daysSinceEpoch: 0)) } == "\"1970-01-01\"")
        #expect(Self.text { $0.value(LocalTime(minuteOfDay: 600)) } == "\"10:00\"")
    }

    @Test func writesInstantsAsTheyDescribeThemselves() {
        let noon: Int64 = 1_772_362_800
        let seconds: [Int64] = [
            noon, noon + 1, noon + 43_199, noon + 43_200, noon - 43_200, noon - 43_201, 0, -1, 86_399, 86_400, -86_400,
            -86_401, .min, .max, -62_135_596_800, 253_402_300_799, 253_402_300_800, noon,
        ]
        var instants = seconds.map { Instant(seconds: $0) }
        instants.append(Instant(microseconds: noon * 1_000_000 + 1))
        instants.append(Instant(microseconds: -1))
        instants.append(.distantPast)

        let text = Self.text { $0.value(instants) }

        #expect(text == "[" + instants.map { "\"\($0.rfc3339)\"" }.joined(separator: ",") + "]")
    }

    @Test func growsAsItMust() {
        let text = Self.text { writer in
            writer.array { writer in for number in 0..<10_000 { writer.integer(number) } }
        }

        #expect(text == "[" + (0..<10_000).map(String.init).joined(separator: ",") + "]")
    }
}
