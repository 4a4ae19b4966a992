internal import AlmanacStorage
internal import Testing

struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("9223372036854775807", .max), ("-9223372036854775808", .min),
            ("9223372036854775808", nil), ("1.0", nil), ("1e2", nil), ("1E2", nil),
        ] as [(String, Int64?)])
    func isAnIntegerOnlyWhenSpelledAsOne(_ spelling: String, _ value: Int64?) throws {
        let number = try #require(JSONNumber(spelling: spelling))

        #expect(number.int64 == value)
        #expect(number.spelling == spelling)
    }

    @Test(arguments: ["", "01", "+1", " 1", "1 ", "1.", ".1", "0x1", "NaN", "inf", "1e", "--1", "1,0", "１", "1e999"])
    func refusesOtherSpellings(_ spelling: String) {
        #expect(JSONNumber(spelling: spelling) == nil)
    }

    @Test func refusesWhatIsNotFinite() {
        #expect(JSONNumber(Double.infinity) == nil)
        #expect(JSONNumber(Double.nan) == nil)
        #expect(JSONNumber(0.1)?.spelling == "0.1")
    }
}
