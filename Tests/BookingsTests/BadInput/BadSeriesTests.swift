import AlmanacStorage
import AlmanacTestKit
import Testing

/// Series that cannot be, asked for over HTTP.
struct BadSeriesTests {
    private static func series(_ what: String, _ members: JSON, _ problem: String) -> [BadInput] {
        let input: JSON = ["eventType": "lesson", "start": "2026-03-03T10:00:00"]
        return ["booking-series", "booking-series/preview"].map { path in
            BadInput("\(what) (\(path))", path, input.with(members), is: problem)
        }
    }

    private static func list(_ count: Int) -> JSON {
        let first = LocalDate(daysSinceEpoch: 20_515)
        return .array((0..<count).map { .string("\(first.adding(days: $0))T10:00:00") })
    }

    @Test(arguments: TestEngine.allCases)
    func seriesThatNeverEnd(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            try await school.refuses(
                Self.series("a rule without end", ["rule": "FREQ=WEEKLY"], "422 /rule endless")
                    + Self.series(
                        "parts without end", ["recurrence": ["frequency": "daily"]], "422 /recurrence endless")
                    + Self.series(
                        "a hundred thousand times", ["rule": "FREQ=DAILY;COUNT=100000"],
                        "422 /rule too_many_occurrences")
                    + Self.series(
                        "more times than 64 bits", ["rule": "FREQ=DAILY;COUNT=9223372036854775808"], "422 /rule invalid"
                    )
                    + Self.series(
                        "until the end of time", ["rule": "FREQ=DAILY;UNTIL=99991231T000000Z"],
                        "422 /rule too_many_occurrences")
                    + Self.series(
                        "parts until the end of time", ["recurrence": ["frequency": "daily", "until": "9999-12-31"]],
                        "422 /recurrence too_many_occurrences")
                    + Self.series(
                        "parts of too many", ["recurrence": ["frequency": "daily", "count": 367]],
                        "422 /recurrence/count range")
                    + Self.series("every second", ["rule": "FREQ=SECONDLY;COUNT=10"], "422 /rule frequency_too_fine")
                    + Self.series(
                        "a crowd a day",
                        ["rule": "FREQ=DAILY;COUNT=1000;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,10,20,30"],
                        "422 /rule too_many_occurrences")
                    + Self.series(
                        "a list of ten thousand", ["start": .null, "starts": Self.list(10_000)], "422 /starts items")
                    + Self.series(
                        "ten thousand besides", ["rule": "FREQ=DAILY;COUNT=2", "added": Self.list(10_000)],
                        "422 /added items")
                    + Self.series(
                        "a day that there is not", ["rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"],
                        "422 /rule never_occurs")
                    + Self.series(
                        "ten thousand attendees",
                        [
                            "rule": "FREQ=WEEKLY;COUNT=2",
                            "attendees": .array((0..<10_000).map { School.attendee("A\($0)") }),
                        ], "422 /attendees items"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rulesAndTimesThatAreNone(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let rule: JSON = ["rule": "FREQ=WEEKLY;COUNT=3"]
            try await school.refuses(
                Self.series("no rule", ["rule": "every week"], "422 /rule invalid")
                    + Self.series("an empty rule", ["rule": ""], "422 /rule length")
                    + Self.series(
                        "a rule with NUL", ["rule": "FREQ=WEEKLY;COUNT=3\0"], "400 invalid_json nul_character")
                    + Self.series(
                        "two ends", ["rule": "FREQ=WEEKLY;COUNT=3;UNTIL=20260401T000000Z"], "422 /rule invalid")
                    + Self.series("never", ["rule": "FREQ=WEEKLY;COUNT=0"], "422 /rule invalid")
                    + Self.series("every zero weeks", ["rule": "FREQ=WEEKLY;INTERVAL=0;COUNT=3"], "422 /rule invalid")
                    + Self.series(
                        "the thirteenth month", ["rule": "FREQ=YEARLY;BYMONTH=13;COUNT=3"], "422 /rule invalid")
                    + Self.series(
                        "until before it begins", ["rule": "FREQ=WEEKLY;UNTIL=20250101T000000Z"],
                        "422 /rule never_occurs")
                    + Self.series(
                        "a start that there is not", rule.with("start", "2026-02-30T10:00:00"), "422 /start invalid")
                    + Self.series(
                        "a start with a zone", rule.with("start", "2026-03-03T10:00:00Z"), "422 /start invalid")
                    + Self.series("no zone", rule.with("timeZone", "Mars/Olympus_Mons"), "422 /timeZone invalid")
                    + Self.series("nothing", ["start": .null], "422 /rule required")
                    + Self.series(
                        "a rule and a list", rule.with("starts", Self.list(2)),
                        "422 /start conflict, /rule conflict, /starts/0 duplicate")
                    + Self.series(
                        "the same twice", ["start": .null, "starts": ["2026-03-03T10:00:00", "2026-03-03T10:00:00"]],
                        "422 /starts/1 duplicate")
                    + Self.series(
                        "an interval without end",
                        ["recurrence": ["frequency": "daily", "interval": .spelled("1e308"), "count": 2]],
                        "422 /recurrence/interval type")
                    + Self.series("more seats than there are", rule.with("seats", 2), "422 /seats too_many_seats"))
            // Only as they are booked are times looked at: the preview says what is wrong with each.
            try await school.refuses(
                Array(
                    (Self.series(
                        "a question that nobody asks", rule.with("answers", ["nobody-asks": 1]),
                        "422 /answers/nobody-asks unknown_question")
                        + Self.series("in the past", rule.with("start", "2026-02-24T10:00:00"), "409 series_conflict")
                        + Self.series(
                            "between starts", rule.with("start", "2026-03-03T10:07:00"), "409 series_conflict")
                        + Self.series(
                            "not at a minute", rule.with("start", "2026-03-03T10:00:30"), "409 series_conflict"))
                        .filter { !$0.path.hasSuffix("preview") }))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func changesThatCannotBeMade(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let series = try await school.bookSeries(School.tuesdays(3, ["provider": .string(school.first)]))
                .expect(201).seriesID
            func move(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                let input: JSON = ["scope": "all", "start": "2026-03-03T11:00:00"]
                return BadInput(what, "booking-series/\(series)/reschedule", input.with(members), is: problem)
            }
            try await school.refuses([
                move("to a date that there is not", ["start": "2026-02-30T10:00:00"], "422 /start invalid"),
                move("into the past", ["start": "2026-02-24T10:00:00"], "409 series_conflict"),
                move("between starts", ["start": "2026-03-03T11:07:00"], "409 series_conflict"),
                move("to an hour that clocks skip", ["start": "2026-03-29T02:30:00"], "409 series_conflict"),
                move("to the end of time", ["start": "9999-12-31T10:00:00"], "409 series_conflict"),
                move("in no scope", ["scope": "everything"], "422 /scope choice"),
                move("from a booking that is not said", ["scope": "this"], "422 /booking required"),
                move(
                    "from a booking of nothing",
                    ["scope": "this", "booking": .string("\(ID<School>(high: 1, low: 1))")],
                    "422 /booking unknown_booking"),
                move(
                    "with nobody", ["provider": .string("\(ID<School>(high: 1, low: 1))")],
                    "422 /provider unknown_provider"),
                move("with a reason with NUL", ["reason": "a\0"], "400 invalid_json nul_character"),
            ])
        }
    }
}
