internal import AlmanacStorage
internal import Testing

struct JSONCanonicalTests {
    @Test(
        arguments: [
            // From appendix B of RFC 8785.
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"), (0xC340_0000_0000_0000, "-9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"), (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"),
            (0x44B5_2D02_C7E1_4AF6, "1e+23"), (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"),
            (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"), (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"),
            (0x444B_1AE4_D6E2_EF50, "1e+21"), (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"),
            (0x3EB0_C6F7_A0B5_ED8D, "0.000001"), (0x41B3_DE43_5555_5553, "333333333.3333332"),
            (0x41B3_DE43_5555_5554, "333333333.33333325"), (0x41B3_DE43_5555_5555, "333333333.3333333"),
            (0xBECB_F647_612F_3696, "-0.0000033333333333333333"), (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func spellsDoublesAsTheStandardDoes(_ bits: UInt64, _ spelling: String) throws {
        let number = try #require(JSONNumber(Double(bitPattern: bits)))

        #expect(number.spelling == spelling)
        #expect(number.double == Double(bitPattern: bits))
        #expect(try JSON(parsing: spelling) == .number(number))
    }

    @Test(arguments: [
        ("1.0", "1"), ("1e2", "100"), ("-0", "0"), ("-0.0", "0"), ("100E-2", "1"), ("4.50", "4.5"), ("2e-3", "0.002"),
        ("1E30", "1e+30"), ("9007199254740993", "9007199254740993"), ("-9223372036854775808", "-9223372036854775808"),
        ("0.000000000000000000000000001", "1e-27"), ("1e-7", "1e-7"), ("1e21", "1e+21"),
        ("1e20", "100000000000000000000"),
    ])
    func spellsEqualNumbersAlike(_ text: String, _ canonical: String) throws {
        #expect(String(decoding: try JSON(parsing: text).canonical, as: UTF8.self) == canonical)
    }

    @Test func sortsByCodeUnits() throws {
        // The example of RFC 8785, section 3.2.3: by code point the emoji would come last.
        let json = try JSON(
            parsing: #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#)

        let order = try JSON(parsing: json.canonical).object?.members.compactMap(\.value.int)

        #expect(order == [2, 4, 6, 7, 1, 5, 3])
    }

    @Test func isTheSameForTheSameDocument() throws {
        let one = try JSON(parsing: #" { "b" : [ 1.0, {"z":1,"a":"\u00e9\/"} ] , "a" : null } "#)
        let other = try JSON(parsing: "{\"a\":null,\"b\":[1,{\"a\":\"é/\",\"z\":1e0}]}")

        #expect(one.canonical == other.canonical)
        #expect(String(decoding: one.canonical, as: UTF8.self) == #"{"a":null,"b":[1,{"a":"é/","z":1}]}"#)
    }

    @Test func escapesAsLittleAsPossible() throws {
        let json = JSON.string("€$\u{F}\u{A}A'B\"\\\\\"/\u{8}\u{C}\u{D}\u{9}\u{7F}")

        #expect(
            String(decoding: json.canonical, as: UTF8.self)
                == "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\r\\t\u{7F}\"")
    }
}
