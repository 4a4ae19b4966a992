internal import AlmanacStorage
internal import Testing

struct JSONParserTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-0.0", "1e5", "1E+2", "1e-2", "123456789012345678901234567890", "\"\"",
        "[]", "{}", "[[]]", " \t\r\n[ 1 , 2 ] \n", "[1,\"a\",null,true,{}]", "{\"\":0}", "{\"a\":{\"a\":{\"a\":1}}}",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\\u00e9\"", "\"\\uD83D\\uDE00\"", "\"é😀\u{7f}\u{2028}\"",
        "\"\\u001f\"",
        "1.7976931348623157e308", "5e-324", "{\"é\":1,\"e\\u0301\":2}", "\"\\uFFFF\"",
    ])
    func acceptsWhatTheGrammarAllows(_ text: String) throws {
        _ = try JSON(parsing: text)
        _ = try JSON(parsing: Array(text.utf8))
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0), ("   ", .unexpectedEnd, 3), ("nul", .unexpectedEnd, 3),
            ("nulL", .unexpectedByte, 3),
            ("True", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0), ("Infinity", .unexpectedByte, 0),
            ("-Infinity", .invalidNumber, 1), ("1 2", .textAfterDocument, 2), ("[1]]", .textAfterDocument, 3),
            ("{}x", .textAfterDocument, 2), ("\u{FEFF}{}", .unexpectedByte, 0), ("/**/1", .unexpectedByte, 0),
            ("'a'", .unexpectedByte, 0), ("\u{0C}1", .unexpectedByte, 0), ("\u{A0}1", .unexpectedByte, 0),
        ] as [(String, JSONError.Code, Int)])
    func refusesWhatIsNoDocument(_ text: String, _ code: JSONError.Code, _ offset: Int) {
        #expect(throws: JSONError(code, offset: offset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            ("01", .invalidNumber, 1), ("-01", .invalidNumber, 2), ("00", .invalidNumber, 1), ("1.", .unexpectedEnd, 2),
            ("[1.]", .invalidNumber, 3), ("[1.e1]", .invalidNumber, 3), (".5", .unexpectedByte, 0),
            ("+1", .unexpectedByte, 0),
            ("-", .unexpectedEnd, 1), ("[-]", .invalidNumber, 2), ("[1e]", .invalidNumber, 3),
            ("[1e+]", .invalidNumber, 4),
            ("[--1]", .invalidNumber, 2), ("0x10", .textAfterDocument, 1), ("1_000", .textAfterDocument, 1),
            ("1e309", .numberOutOfRange, 0), ("[-1e400]", .numberOutOfRange, 1),
            ("1e-999999999999999999999", .numberOutOfRange, 0),
        ] as [(String, JSONError.Code, Int)])
    func refusesOtherSpellingsOfNumbers(_ text: String, _ code: JSONError.Code, _ offset: Int) {
        #expect(throws: JSONError(code, offset: offset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            ("[", .unexpectedEnd, 1), ("[1", .unexpectedEnd, 2), ("[1,", .unexpectedEnd, 3),
            ("[1,]", .unexpectedByte, 3),
            ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3), ("[1}", .unexpectedByte, 2),
            ("]", .unexpectedByte, 0),
            ("{", .unexpectedEnd, 1), ("{\"a\"", .unexpectedEnd, 4), ("{\"a\":", .unexpectedEnd, 5),
            ("{\"a\":1", .unexpectedEnd, 6),
            ("{\"a\":1,}", .unexpectedByte, 7), ("{\"a\" 1}", .unexpectedByte, 5), ("{a:1}", .unexpectedByte, 1),
            ("{1:1}", .unexpectedByte, 1), ("{\"a\":1 \"b\":2}", .unexpectedByte, 7), ("{\"a\":}", .unexpectedByte, 5),
        ] as [(String, JSONError.Code, Int)])
    func refusesBrokenStructure(_ text: String, _ code: JSONError.Code, _ offset: Int) {
        #expect(throws: JSONError(code, offset: offset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            ("\"", .unexpectedEnd, 1), ("\"a", .unexpectedEnd, 2), ("\"\\", .unexpectedEnd, 2),
            ("\"\\\"", .unexpectedEnd, 3),
            ("\"\\x\"", .invalidEscape, 1), ("\"\\u12\"", .invalidEscape, 1), ("\"\\u12G4\"", .invalidEscape, 1),
            ("\"\\u", .unexpectedEnd, 3), ("\"\\u00", .unexpectedEnd, 5), ("\"\\U0041\"", .invalidEscape, 1),
            ("\"\\uD800\"", .loneSurrogate, 1), ("\"\\uDC00\"", .loneSurrogate, 1),
            ("\"\\uD800\\n\"", .loneSurrogate, 1),
            ("\"\\uD800\\u0041\"", .loneSurrogate, 1), ("\"\\uD800\\uD800\"", .loneSurrogate, 1),
            ("\"\\uD800", .unexpectedEnd, 7), ("\"\\uD83D\\u", .unexpectedEnd, 9),
            ("\"\\uD83D\\uDE", .unexpectedEnd, 11),
            ("\"a\nb\"", .controlCharacter, 2), ("\"\t\"", .controlCharacter, 1), ("\"\u{1F}\"", .controlCharacter, 1),
            ("\"a\u{0}\"", .nulCharacter, 2), ("\"\\u0000\"", .nulCharacter, 1), ("{\"\\u0000\":1}", .nulCharacter, 2),
        ] as [(String, JSONError.Code, Int)])
    func refusesBrokenText(_ text: String, _ code: JSONError.Code, _ offset: Int) {
        #expect(throws: JSONError(code, offset: offset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            ([0x80], 1), ([0xC3], 1), ([0x61, 0xC3, 0x28], 2), ([0xC0, 0x80], 1), ([0xED, 0xA0, 0x80], 1),
            ([0xF4, 0x90, 0x80, 0x80], 1), ([0xE2, 0x82], 1), ([0xFF], 1), ([0xF8, 0x88, 0x80, 0x80, 0x80], 1),
        ] as [([UInt8], Int)])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8], _ offset: Int) {
        let document = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]

        #expect(throws: JSONError(.invalidUTF8, offset: offset)) { try JSON(parsing: document) }
        #expect(throws: JSONError(.invalidUTF8, offset: offset + 2)) {
            try JSON(
                parsing: [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "n")] + bytes + [UInt8(ascii: "\"")])
        }
    }

    @Test func unescapesText() throws {
        #expect(try JSON(parsing: #""\u0041\/\"\\\b\f\n\r\t é""#) == .string("A/\"\\\u{8}\u{C}\n\r\t é"))
        #expect(try JSON(parsing: #""x\uD83D\uDE00y""#) == "x😀y")
    }

    @Test func refusesAKeyThatComesTwice() {
        #expect(throws: JSONError(.duplicateKey, offset: 7)) { try JSON(parsing: #"{"a":1,"a":2}"#) }
        #expect(throws: JSONError(.duplicateKey, offset: 7)) { try JSON(parsing: #"{"a":1,"\u0061":2}"#) }
        #expect(throws: JSONError(.duplicateKey, offset: 7)) { try JSON(parsing: #"[{"":1,"":2}]"#) }
    }

    @Test func tellsKeysApartByTheirBytes() throws {
        // Canonically equivalent, as String's own == has it.
        let json = try JSON(parsing: "{\"K\":1,\"\u{212A}\":2,\"é\":3,\"e\u{301}\":4}")

        #expect(json.object?.count == 4)
        #expect(json["\u{212A}"]?.int == 2)
        #expect(json["e\u{301}"]?.int == 4)
    }

    @Test func findsARepeatedKeyAmongManyMembers() throws {
        let members = (0..<50_000).map { "\"key\($0)\":\($0)" }
        let sound = "{" + members.joined(separator: ",") + "}"
        let broken = "{" + (members + ["\"key7\":0"]).joined(separator: ",") + "}"

        #expect(try JSON(parsing: sound).object?.count == 50_000)
        let error = #expect(throws: JSONError.self) { try JSON(parsing: broken) }
        #expect(error?.code == .duplicateKey)
    }

    @Test func stopsAtTheDepthLimit() throws {
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)

        _ = try JSON(parsing: allowed)
        #expect(throws: JSONError(.tooDeep, offset: 64)) { try JSON(parsing: "[\(allowed)]") }
        #expect(throws: JSONError(.tooDeep, offset: 2)) { try JSON(parsing: "[[[]]]", limits: JSONLimits(depth: 2)) }
    }

    @Test func standsHostileNesting() {
        let arrays = String(repeating: "[", count: 1_000_000)
        let objects = String(repeating: "{\"a\":", count: 1_000_000)
        let deepest = JSONLimits(depth: .max)

        #expect(throws: JSONError(.tooDeep, offset: 64)) { try JSON(parsing: arrays) }
        #expect(throws: JSONError(.tooDeep, offset: 256)) { try JSON(parsing: arrays, limits: deepest) }
        #expect(throws: JSONError(.tooDeep, offset: 5 * 256)) { try JSON(parsing: objects, limits: deepest) }
    }

    @Test func refusesNumbersThatAreTooLong() throws {
        let long = String(repeating: "9", count: 65)

        #expect(throws: JSONError(.numberOutOfRange, offset: 0)) { try JSON(parsing: long) }
        _ = try JSON(parsing: long, limits: JSONLimits(numberLength: 65))
        let huge = String(repeating: "9", count: 400)
        #expect(throws: JSONError(.numberOutOfRange, offset: 0)) {
            try JSON(parsing: huge, limits: JSONLimits(numberLength: 1_000))
        }
    }

    @Test func refusesEveryTruncationOfADocument() throws {
        let whole = Array(#"{"a":[1,-2.5e+3,"x\n\uD83D\uDE00é"],"b":{"c":null,"d":true}}"#.utf8)

        _ = try JSON(parsing: whole)
        for count in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSON(parsing: whole.prefix(count)) }
        }
    }

    @Test func standsEveryChangedByte() throws {
        // Whatever a single byte turns into, the parser answers with a document or an error.
        let whole = Array(#"{"a":[1,-2.5e+3,"x\n\uD83D\uDE00é"],"b":{"c":null}}"#.utf8)
        var accepted = 0
        for index in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = whole
                changed[index] = byte
                guard let json = try? JSON(parsing: changed) else { continue }
                accepted += 1
                try #require(try JSON(parsing: json.serialized) == json)
            }
        }
        #expect(accepted > whole.count)
        #expect(accepted < whole.count * 200)
    }

    @Test func namesPlaceAndReason() {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: "[1,]") }

        #expect(error?.description == "byte 3: this byte is not expected here")
        #expect(error?.code.description == "unexpected_byte")
    }
}
