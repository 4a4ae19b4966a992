import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Calendars of strangers that are made to break whoever reads them.
struct BadCalendarTests {
    /// A calendar, and what its owner is told of it.
    struct Bomb: CustomTestStringConvertible {
        let name: String
        let text: String
        let code: String

        var testDescription: String { self.name }

        init(_ name: String, _ text: String, _ code: String) {
            self.name = name
            self.text = text
            self.code = code
        }

        /// A calendar of these events.
        init(_ name: String, events: [String], _ code: String) {
            self.init(name, ScriptedWeb.calendar(events), code)
        }
    }

    private static let event = "DTSTART:20260303T090000Z\nDURATION:PT1H"
    private static let hours = (0..<24).map(String.init).joined(separator: ",")

    private static func many(_ count: Int, _ text: (Int) -> String) -> [String] { (0..<count).map(text) }

    static let bombs: [Bomb] = [
        Bomb(
            "a time every five minutes, for ever",
            events: [
                "UID:a\n\(Self.event)\nRRULE:FREQ=DAILY;BYHOUR=\(Self.hours);BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55"
            ], "too_many_occurrences"),
        Bomb(
            "two thousand million times",
            events: ["UID:a\nDTSTART:19700101T000000Z\nDURATION:PT1S\nRRULE:FREQ=HOURLY;COUNT=2147483647"],
            "too_many_occurrences"),
        Bomb("sixty thousand events", events: Self.many(60_000) { "UID:\($0)\n\(Self.event)" }, "too_many_events"),
        Bomb(
            "six thousand series", events: Self.many(6_000) { "UID:\($0)\n\(Self.event)\nRRULE:FREQ=YEARLY" },
            "too_many_occurrences"),
        Bomb(
            "as many times as fit",
            events: [
                "UID:a\n\(Self.event)\nRDATE:"
                    + Self.many(250_000) { "20260303T\(100_000 + $0)Z" }.joined(separator: ",")
            ],
            "too_many_occurrences"),
        Bomb(
            "more times than can be taken",
            events: Self.many(6_000) { number in
                "UID:\(number)\nDTSTART:20260303T\(number % 14 + 10)\(number / 14 % 50 + 10)00Z\nDURATION:PT1M"
            }, "too_many_occurrences"),
        Bomb(
            "nine megabytes", events: ["UID:a\n\(Self.event)\nDESCRIPTION:\(String(repeating: "x", count: 9 << 20))"],
            "too_large"),
        Bomb(
            "zones of zones",
            "BEGIN:VCALENDAR\r\n"
                + Self.many(200) { zone in
                    "BEGIN:VTIMEZONE\r\nTZID:Zone \(zone)\r\n"
                        + Self.many(200) { rule in
                            "BEGIN:STANDARD\r\nDTSTART:1970\(rule % 3 + 10)01T000000\r\n"
                                + "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=WEEKLY\r\nEND:STANDARD\r\n"
                        }.joined() + "END:VTIMEZONE\r\n"
                }.joined() + "END:VCALENDAR\r\n", "too_large"),
        Bomb(
            "components in components",
            "BEGIN:VCALENDAR\r\n" + String(repeating: "BEGIN:VEVENT\r\n", count: 100_000), "malformed"),
    ]

    /// What takes long to read, and is read all the same: it has few times, or none.
    static let slowReads: [Bomb] = [
        Bomb(
            "one line of a hundred thousand folds",
            events: ["UID:a\n\(Self.event)\nSUMMARY:" + String(repeating: "x\n ", count: 100_000)], "ok"),
        Bomb(
            "rules that never hold",
            events: Self.many(500) { number in
                "UID:\(number)\n\(Self.event)\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=\(Self.hours)"
            }, "ok"),
        Bomb(
            "rules that are never long enough",
            events: Self.many(500) { "UID:\($0)\n\(Self.event)\nRRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6" }, "ok"),
        Bomb(
            "a flood of times left out",
            events: [
                "UID:a\n\(Self.event)\nRRULE:FREQ=DAILY\nEXDATE:"
                    + Self.many(250_000) { "20260303T\(100_000 + $0)Z" }.joined(separator: ",")
            ],
            "ok"),
        Bomb("a length without end", events: ["UID:a\nDTSTART:20260303T090000Z\nDURATION:P999999999W"], "ok"),
        Bomb(
            "a time a minute, which nobody means",
            events: ["UID:a\n\(Self.event)\nRRULE:FREQ=MINUTELY;COUNT=2147483647"],
            "ok"),
        Bomb("an end before the start", events: ["UID:a\nDTSTART:20260303T090000Z\nDTEND:19700101T000000Z"], "ok"),
        Bomb("times that there are not", events: ["UID:a\nDTSTART:20260230T990000Z\nDTEND:99999999T999999Z"], "ok"),
    ]

    /// Lets a calendar be fetched in place of one that was well.
    ///
    /// - Returns: What its owner is told of it: why it is not read, or that all is well.
    private static func fetch(_ bomb: Bomb, _ engine: TestEngine) async throws -> String {
        try await withCalendars(engine) { school, web in
            web.answer(events: ["UID:meeting\n\(Self.event)"])
            let id = try await school.addCalendar()
            try await school.work()
            let kept = try await school.imported()
            web.answer(200, bomb.text)
            school.platform.clock.advance(minutes: 15)
            try await school.instructor.post("/api/v1/calendar-sources/\(id)/sync").expect(202)
            try await school.work()
            let shown = try await school.calendar(id)
            if bomb.code != "ok" {
                // What was known last goes on taking its time.
                #expect(try await school.imported() == kept)
                #expect(shown["health"]?.string == "failing")
            }
            return shown["failure"]?["code"]?.string ?? shown["health"]?.string ?? "?"
        }
    }

    @Test(arguments: TestEngine.allCases, Self.bombs)
    func whatIsTooMuchIsRefused(_ engine: TestEngine, _ bomb: Bomb) async throws {
        let told = try await Self.fetch(bomb, engine)
        #expect(told == bomb.code)
    }

    @Test(arguments: TestEngine.allCases, Self.slowReads)
    func whatIsOddIsReadWithoutEnd(_ engine: TestEngine, _ bomb: Bomb) async throws {
        let told = try await Self.fetch(bomb, engine)
        #expect(told == bomb.code)
    }

    @Test(arguments: TestEngine.allCases)
    func addressesThatCannotBe(_ engine: TestEngine) async throws {
        try await withCalendars(engine) { school, _ in
            func source(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                let usual: JSON = [
                    "provider": .string(school.first), "kind": "ics", "address": "https://calendars.example/a.ics",
                ]
                return BadInput(what, "calendar-sources", usual.with(members), is: problem)
            }
            try await school.refuses(
                [
                    source("no address", ["address": "calendar"], "422 /address address"),
                    source("a file", ["address": "file:///etc/passwd"], "422 /address address"),
                    source("with NUL", ["address": "https://calendars.example/\0"], "400 invalid_json nul_character"),
                    source(
                        "without end",
                        ["address": .string("https://calendars.example/" + String(repeating: "a", count: 5_000))],
                        "422 /address length"),
                    source("of a kind that there is not", ["kind": "exchange"], "422 /kind choice"),
                    source(
                        "closed at once", ["whenUnverified": "closed", "closesAfterHours": 0],
                        "422 /closesAfterHours range"),
                    source("closed never", ["closesAfterHours": .spelled("1e308")], "422 /closesAfterHours type"),
                    source(
                        "nobody's", ["provider": .string("\(ID<School>(high: 1, low: 1))")],
                        "422 /provider unknown_provider"),
                ], as: school.instructor)
        }
    }
}
