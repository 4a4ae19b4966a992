internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct RecurrenceRuleTextTests {
    @Test(arguments: [
        ("FREQ=DAILY", "FREQ=DAILY"),
        ("freq=weekly;byday=we,mo", "FREQ=WEEKLY;BYDAY=MO,WE"),
        ("INTERVAL=2;FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2"),
        ("FREQ=WEEKLY;INTERVAL=1;WKST=MO", "FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,+15,015,1;COUNT=010", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,15,-1"),
        ("FREQ=MONTHLY;BYDAY=+1MO,1MO,-1SU,TU", "FREQ=MONTHLY;BYDAY=-1SU,TU,1MO"),
        ("FREQ=YEARLY;BYSETPOS=-1,1;BYMONTH=12,2", "FREQ=YEARLY;BYMONTH=2,12;BYSETPOS=1,-1"),
        ("FREQ=DAILY;UNTIL=20261231", "FREQ=DAILY;UNTIL=20261231"),
        ("FREQ=DAILY;UNTIL=20261231T090000", "FREQ=DAILY;UNTIL=20261231T090000"),
        ("FREQ=DAILY;UNTIL=20261231t090000z", "FREQ=DAILY;UNTIL=20261231T090000Z"),
        ("FREQ=DAILY;UNTIL=20261231T235960Z", "FREQ=DAILY;UNTIL=20261231T235959Z"),
        ("FREQ=MINUTELY;BYSECOND=60,0;BYMINUTE=59;BYHOUR=23", "FREQ=MINUTELY;BYSECOND=0,60;BYMINUTE=59;BYHOUR=23"),
    ])
    func aRuleHasOneSpelling(text: String, canonical: String) throws {
        let rule = try RecurrenceRule(rule: text)
        #expect(rule.description == canonical)
        #expect(RecurrenceRule(canonical) == rule)
    }

    @Test(arguments: [
        ("", RecurrenceError.Code.malformed, 1), ("FREQ", .malformed, 1), ("FREQ=", .malformed, 6),
        ("FREQ=DAILY;", .malformed, 12), ("FREQ=DAILY;;COUNT=2", .malformed, 12), ("RRULE:FREQ=DAILY", .malformed, 1),
        ("FREQ=MONTHLY;BYDAY=1", .valueOutOfRange, 20), ("FREQ=MONTHLY;BYDAY=MO,", .valueOutOfRange, 23),
        ("FREQ=MONTHLY;BYDAY=1XMO", .malformed, 20), ("FREQ=MONTHLY;BYDAY=0MO", .valueOutOfRange, 20),
        ("FREQ=YEARLY;BYDAY=54MO", .valueOutOfRange, 19), ("FREQ=MONTHLY;BYDAY=--1MO", .malformed, 20),
        ("FREQ=FORTNIGHTLY", .valueOutOfRange, 6), (" FREQ=DAILY", .unknownPart, 1),
        ("FREQ=DAILY;BYEASTER=1", .unknownPart, 12), ("FREQ=DAILY;X-PART=1", .unknownPart, 12),
        ("COUNT=3", .frequencyMissing, 0), ("FREQ=DAILY;FREQ=DAILY", .repeatedPart, 12),
        ("FREQ=DAILY;COUNT=2;COUNT=2", .repeatedPart, 20), ("FREQ=DAILY;COUNT=0", .valueOutOfRange, 18),
        ("FREQ=DAILY;COUNT=-1", .valueOutOfRange, 18), ("FREQ=DAILY;COUNT=2147483648", .valueOutOfRange, 18),
        ("FREQ=DAILY;INTERVAL=0", .valueOutOfRange, 21),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", .valueOutOfRange, 21),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260101", .twoEnds, 20), ("FREQ=DAILY;UNTIL=20260101;COUNT=2", .twoEnds, 27),
        ("FREQ=DAILY;UNTIL=20260230", .valueOutOfRange, 18), ("FREQ=DAILY;UNTIL=20260101T240000", .valueOutOfRange, 18),
        ("FREQ=DAILY;UNTIL=2026-01-01", .valueOutOfRange, 18), ("FREQ=DAILY;UNTIL=00000101", .valueOutOfRange, 18),
        ("FREQ=DAILY;BYHOUR=24", .valueOutOfRange, 19), ("FREQ=DAILY;BYHOUR=-1", .malformed, 19),
        ("FREQ=DAILY;BYMINUTE=60", .valueOutOfRange, 21), ("FREQ=DAILY;BYSECOND=61", .valueOutOfRange, 21),
        ("FREQ=DAILY;BYMONTH=13", .valueOutOfRange, 20), ("FREQ=DAILY;BYMONTH=0", .valueOutOfRange, 20),
        ("FREQ=DAILY;BYMONTHDAY=1,32", .valueOutOfRange, 25), ("FREQ=DAILY;BYMONTHDAY=0", .valueOutOfRange, 23),
        ("FREQ=YEARLY;BYYEARDAY=367", .valueOutOfRange, 23), ("FREQ=YEARLY;BYWEEKNO=-54", .valueOutOfRange, 22),
        ("FREQ=YEARLY;BYMONTH=1;BYSETPOS=0", .valueOutOfRange, 32), ("FREQ=DAILY;WKST=XX", .valueOutOfRange, 17),
        ("RSCALE=CHINESE;FREQ=YEARLY", .unsupportedPart, 1), ("FREQ=YEARLY;SKIP=FORWARD", .unsupportedPart, 13),
        ("FREQ=MONTHLY;BYWEEKNO=3", .partNotAllowed, 14), ("FREQ=WEEKLY;BYMONTHDAY=3", .partNotAllowed, 13),
        ("FREQ=DAILY;BYYEARDAY=3", .partNotAllowed, 12), ("FREQ=WEEKLY;BYYEARDAY=3", .partNotAllowed, 13),
        ("FREQ=MONTHLY;BYYEARDAY=3", .partNotAllowed, 14), ("FREQ=WEEKLY;BYDAY=2MO", .ordinalNotAllowed, 13),
        ("FREQ=HOURLY;BYDAY=MO,-1TU", .ordinalNotAllowed, 13),
        ("FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", .ordinalNotAllowed, 24),
        ("FREQ=MONTHLY;BYDAY=8MO", .ordinalNotAllowed, 14),
        ("FREQ=YEARLY;BYMONTH=1;BYDAY=-6MO", .ordinalNotAllowed, 23),
        ("FREQ=DAILY;BYSETPOS=1", .positionAlone, 12), ("FREQ=DAILY\u{0}", .valueOutOfRange, 6),
        ("FREQ=DAILY;BYDAY=МО", .valueOutOfRange, 20),
    ])
    func whatIsWrongIsNamedWithItsPlace(text: String, code: RecurrenceError.Code, position: Int) {
        let error = #expect(throws: RecurrenceError.self) { try RecurrenceRule(rule: text) }
        #expect(error?.code == code)
        #expect((error?.position ?? 0) == position)
        #expect(RecurrenceRule(text) == nil)
    }

    @Test func theMessageSaysWhatToDo() {
        let error = #expect(throws: RecurrenceError.self) { try RecurrenceRule(rule: "FREQ=MONTHLY;BYDAY=8MO") }
        #expect(
            error?.description == """
                character 14: BYDAY=8MO is no ordinal beside FREQ=MONTHLY: a month has at most 5 of a weekday; \
                use 1 to 5 or -5 to -1
                """)
    }

    @Test func aTextWithoutEndIsNotRead() {
        let list = Array(repeating: "MO", count: 743).joined(separator: ",")
        let many = #expect(throws: RecurrenceError.self) { try RecurrenceRule(rule: "FREQ=DAILY;BYDAY=\(list)") }
        #expect(many?.code == .tooLong)
        let long = #expect(throws: RecurrenceError.self) {
            try RecurrenceRule(rule: String(repeating: "FREQ=DAILY;", count: 100_000))
        }
        #expect(long?.code == .tooLong)
    }

    @Test func partsAreCheckedAsTheTextIs() {
        func code(_ change: (inout RecurrenceRule.Parts) -> Void) -> RecurrenceError.Code? {
            var parts = RecurrenceRule.Parts(.monthly)
            change(&parts)
            do {
                _ = try RecurrenceRule(parts)
                return nil
            } catch {
                #expect(error.position == nil)
                return error.code
            }
        }
        #expect(code { _ in } == nil)
        #expect(code { $0.interval = 0 } == .valueOutOfRange)
        #expect(code { $0.interval = .max } == .valueOutOfRange)
        #expect(code { $0.end = .count(0) } == .valueOutOfRange)
        #expect(code { $0.monthDays = [.min] } == .valueOutOfRange)
        #expect(code { $0.hours = [-1] } == .valueOutOfRange)
        #expect(code { $0.days = [.init(.monday, ordinal: .min)] } == .valueOutOfRange)
        #expect(code { $0.days = [.init(.monday, ordinal: 6)] } == .ordinalNotAllowed)
        #expect(code { $0.weeks = [1] } == .partNotAllowed)
        #expect(code { $0.positions = [1] } == .positionAlone)
    }

    @Test func jsonAndColumnsHoldTheText() throws {
        let rule = try RecurrenceRule(rule: "FREQ=MONTHLY;BYDAY=2TU;COUNT=6")
        let data = try JSONEncoder().encode([rule])
        #expect(String(decoding: data, as: UTF8.self) == #"["FREQ=MONTHLY;COUNT=6;BYDAY=2TU"]"#)
        #expect(try JSONDecoder().decode([RecurrenceRule].self, from: data) == [rule])
        #expect(rule.sqlValue == .text("FREQ=MONTHLY;COUNT=6;BYDAY=2TU"))
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([RecurrenceRule].self, from: Data(#"["FREQ=DAILY;COUNT=0"]"#.utf8))
        }
        guard case .dataCorrupted(let context) = error else { throw try #require(error) }
        #expect(context.debugDescription.contains("COUNT is a number from 1"))
    }

    @Test func anEndKeepsNoFractionOfASecond() throws {
        let instant = try #require(Instant(rfc3339: "2026-03-01T10:00:00.75Z"))
        let rule = try RecurrenceRule(rule: "FREQ=DAILY").ending(.until(.instant(instant)))
        #expect(rule.description == "FREQ=DAILY;UNTIL=20260301T100000Z")
        #expect(try RecurrenceRule(rule: rule.description) == rule)
        let error = #expect(throws: RecurrenceError.self) { try rule.ending(.count(0)) }
        #expect(error?.code == .valueOutOfRange)
    }
}
