internal import AlmanacStorage
internal import Foundation
internal import Testing

struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-01T10:00:00Z", 1_772_359_200_000_000),
        ("2026-03-01T10:00:00.5Z", 1_772_359_200_500_000),
        ("2026-03-01T10:00:00.000001Z", 1_772_359_200_000_001),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2000-02-29T12:34:56.12Z", 951_827_696_120_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ])
    func textAndMicrosecondsAgree(text: String, microseconds: Int64) {
        #expect(Instant(rfc3339: text)?.microseconds == microseconds)
        #expect(Instant(microseconds: microseconds).rfc3339 == text)
    }

    @Test(arguments: [
        ("2026-03-01t10:00:00z", "2026-03-01T10:00:00Z"),
        ("2026-03-01T11:00:00+01:00", "2026-03-01T10:00:00Z"),
        ("2026-03-01T00:30:00+23:59", "2026-02-28T00:31:00Z"),
        ("2026-02-28T19:15:00-05:45", "2026-03-01T01:00:00Z"),
        ("2026-03-01T10:00:00-00:00", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00.123456789Z", "2026-03-01T10:00:00.123456Z"),
        ("2026-03-01T10:00:00.0Z", "2026-03-01T10:00:00Z"),
        ("1969-12-31T23:59:59.9999999Z", "1969-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59-00:00", "9999-12-31T23:59:59Z"),
    ])
    func otherSpellingsAreNormalized(text: String, normalized: String) {
        #expect(Instant(rfc3339: text)?.rfc3339 == normalized)
    }

    @Test(arguments: [
        "", "Z", "2026-03-01", "2026-03-01T10:00:00", "2026-03-01T10:00Z", "2026-03-01 10:00:00Z",
        "2026-03-01T10:00:00 Z", "2026-03-01T10:00:00Z ", " 2026-03-01T10:00:00Z", "2026-03-01T10:00:00ZZ",
        "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z", "2026-00-01T10:00:00Z", "2026-01-00T10:00:00Z",
        "2026-04-31T10:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T10:60:00Z", "2026-06-30T23:59:60Z",
        "2026-03-01T10:00:00.Z", "2026-03-01T10:00:00.1234567890Z", "2026-03-01T10:00:00,5Z",
        "2026-03-01T10:00:00+0100", "2026-03-01T10:00:00+01", "2026-03-01T10:00:00+24:00",
        "2026-03-01T10:00:00+01:60", "2026-03-01T10:00:00+01:00Z", "2026-03-01T10:00:00+1:000",
        "+2026-03-01T10:00:00Z", "-2026-03-01T10:00:00Z", "12026-03-01T10:00:00Z", "20260301T100000Z",
        "2026-03-01T10:00:00\u{0}", "２０２６-03-01T10:00:00Z", "2026-03-01T1a:00:00Z",
        "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func otherTextIsRefused(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test func appendingGivesTheSameBytesAsTheText() {
        var bytes = Array("x".utf8)
        let instants: [Instant] = [.distantPast, .distantFuture, Instant(microseconds: -1), Instant(seconds: 0)]
        for instant in instants { instant.appendRFC3339(to: &bytes) }
        #expect(String(decoding: bytes, as: UTF8.self) == "x" + instants.map(\.rfc3339).joined())
    }

    @Test func anInstantBeyondFourDigitYearsIsWrittenAsTheNearestOne() {
        #expect(Instant(microseconds: .min).rfc3339 == Instant.distantPast.rfc3339)
        #expect(Instant(microseconds: .max).rfc3339 == Instant.distantFuture.rfc3339)
    }

    @Test func textRoundTripsThroughoutItsRange() {
        let range = Instant.distantPast.microseconds...Instant.distantFuture.microseconds
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let instant = Instant(microseconds: .random(in: range, using: &generator))
            #expect(Instant(rfc3339: instant.rfc3339) == instant)
        }
    }

    @Test func arithmeticSaturates() {
        let last = Instant(microseconds: .max)
        let first = Instant(microseconds: .min)
        #expect(last.adding(microseconds: 1) == last)
        #expect(first.adding(microseconds: -1) == first)
        #expect(Instant(seconds: 0).adding(seconds: .max) == last)
        #expect(Instant(seconds: 0).adding(seconds: .min) == first)
        #expect(Instant(seconds: 0).adding(minutes: .max) == last)
        #expect(Instant(seconds: 0).adding(minutes: .min) == first)
        #expect(last.microseconds(since: first) == .max)
        #expect(first.microseconds(since: last) == .min)
    }

    @Test func unitsAddUp() {
        let start = Instant(seconds: 1_000)
        #expect(start.adding(minutes: 2).adding(seconds: -20).adding(microseconds: 5).microseconds == 1_100_000_005)
        #expect(start.adding(seconds: 3).microseconds(since: start) == 3_000_000)
    }

    @Test(arguments: [(0, 0), (999_999, 0), (1_000_000, 1), (-1, -1), (-1_000_000, -1), (-1_000_001, -2)])
    func secondsRoundDown(microseconds: Int64, seconds: Int64) {
        #expect(Instant(microseconds: microseconds).seconds == seconds)
    }

    @Test func jsonIsOneString() throws {
        let instant = Instant(seconds: 0)
        let data = try JSONEncoder().encode([instant])
        #expect(String(decoding: data, as: UTF8.self) == #"["1970-01-01T00:00:00Z"]"#)
        #expect(try JSONDecoder().decode([Instant].self, from: data) == [instant])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Instant].self, from: Data(#"["1970-01-01"]"#.utf8))
        }
    }

    @Test func aColumnHoldsMicroseconds() {
        #expect(Instant(microseconds: 7).sqlValue == .integer(7))
    }
}

/// Lets the standard library draw from ``SeededRandom``.
struct SeededGenerator: RandomNumberGenerator {
    private let source: SeededRandom

    init(seed: UInt64) {
        self.source = SeededRandom(seed: seed)
    }

    mutating func next() -> UInt64 { self.source.next() }
}
