import Testing

@testable import AlmanacStorage

/// The text that clients carry from one page to the next.
struct CursorTests {
    private static let id = ID<Int>(high: 0x0195_1234_5678_7ABC, low: 0x8DEF_0123_4567_89AB)

    @Test(arguments: [
        [SQLValue.integer(.min), .integer(.max)], [.text(""), Self.id.sqlValue], [.text("t"), .text("u\u{1F9D1}é")],
        [.text("u0195"), .integer(0)], [.text("\u{301}x"), .integer(0)],
    ])
    func comesBackAsItWas(_ keys: [SQLValue]) throws {
        let cursor = Cursor(list: "bookings", keys: keys)
        #expect(try Cursor(cursor.text, list: "bookings", keys: 2) == cursor)
    }

    @Test func isSafeInAQuery() {
        let text = Cursor(list: "bookings", keys: [.text("?&=+/ü"), Self.id.sqlValue]).text
        #expect(
            text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
                    || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            })
    }

    /// What hostile or confused clients send, before base64url.
    @Test(arguments: [
        "", "[]", "null", "{}", "[\"bookings\"]", "[\"bookings\",1]", "[\"bookings\",1,2,3]", "[\"people\",1,2]",
        "[\"bookings\",1.5,2]", "[\"bookings\",null,2]", "[\"bookings\",[1],2]", "[\"bookings\",true,2]",
        "[\"bookings\",9223372036854775808,2]", "[\"bookings\",\"uNOPE\",2]", "[\"bookings\",1,2]x", "[[[[[[[[[[",
        "[\"BOOKINGS\",1,2]", "[\"bookings\\u0000\",1,2]", "[\"bookings\",\"\",2]", "[\"bookings\",\"x1\",2]",
    ])
    func refusesWhatThisListDidNotMake(_ json: String) {
        let error = #expect(throws: StorageError.self) {
            try Cursor(Base64URL.encode(Array(json.utf8)), list: "bookings", keys: 2)
        }
        #expect(error?.code == .cursor)
    }

    @Test(arguments: ["=", "AA==", "A", "a b", "💥", "%41", String(repeating: "A", count: 1_001)])
    func refusesWhatIsNoBase64URL(_ text: String) {
        let error = #expect(throws: StorageError.self) { try Cursor(text, list: "bookings", keys: 2) }
        #expect(error?.code == .cursor)
    }

    @Test func base64URLHasNoPaddingAndOneSpellingForEachText() {
        // RFC 4648 §10, with the alphabet of §5.
        for (plain, encoded) in [
            ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
        ] {
            #expect(Base64URL.encode(Array(plain.utf8)) == encoded)
            #expect(Base64URL.decode(encoded) == Array(plain.utf8))
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("-_9") == nil, "the last bits must be zero, or two texts would be one cursor")
    }

    @Test func comparesAllKeysAtOnce() {
        let cursor = Cursor(list: "x", keys: [.integer(1), .text("a")])
        #expect(SQLDialect.postgres.render(cursor.after(["a", "b"]).text) == "(a, b) > ($1, $2)")
        #expect(SQLDialect.sqlite.render(cursor.before(["a", "b"]).text) == "(a, b) < (?, ?)")
    }
}
