import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Bookings, holds and waits that cannot be, asked for over HTTP.
struct BadBookingTests {
    private static func booking(_ school: School, _ members: JSON = [:]) -> JSON {
        let booking: JSON = [
            "eventType": "lesson", "start": .string(School.tuesday(9)), "provider": .string(school.first),
        ]
        return booking.with(members)
    }

    @Test(arguments: TestEngine.allCases)
    func timesThatCannotBeBooked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            func input(_ what: String, _ start: JSON, _ problem: String) -> BadInput {
                BadInput(what, "bookings", Self.booking(school, ["start": start]), is: problem)
            }
            try await school.refuses([
                input("no date", "tomorrow", "422 /start invalid"),
                input("a date that there is not", "2026-02-30T09:00:00Z", "422 /start invalid"),
                input("an hour that there is not", "2026-03-03T24:30:00Z", "422 /start invalid"),
                input("without a zone", "2026-03-03T09:00:00", "422 /start invalid"),
                input("a number", 1_772_524_800, "422 /start type"),
                input("the past", "2026-02-27T09:00:00Z", "422 /start in_past"),
                input("long ago", "0001-01-01T00:00:00Z", "422 /start in_past"),
                input("far ahead", "9999-12-31T23:00:00Z", "422 /start too_far"),
                input("after the last year", "12026-03-03T08:00:00Z", "422 /start invalid"),
                input("between starts", .string(School.tuesday(9, 7)), "422 /start off_grid"),
                input("not at a minute", "2026-03-03T08:00:30Z", "422 /start off_grid"),
                input("a fraction of a second", "2026-03-03T08:00:00.000001Z", "422 /start off_grid"),
                input("at night", .string(School.tuesday(23)), "422 /start outside_availability"),
                input("none", .null, "422 /start type"),
                BadInput(
                    "dates that there are not", by: "GET", "slots?eventType=lesson&from=2026-02-30&to=2026-13-01",
                    is: "422 /from invalid, /to invalid"),
                BadInput(
                    "end before start", by: "GET", "slots?eventType=lesson&from=2026-03-03&to=2026-03-01",
                    is: "422 /to end_before_start"),
                BadInput(
                    "a thousand years", by: "GET", "slots?eventType=lesson&from=2026-03-03&to=3026-03-03",
                    is: "422 /to range_too_long"),
                BadInput("days that there are not", by: "GET", "bookings?from=2026-02-30", is: "422 /from invalid"),
                BadInput("no page", by: "GET", "bookings?limit=1e308", is: "422 /limit type"),
                BadInput("nobody's cursor", by: "GET", "bookings?after=%00%FF", is: "400 bad_query"),
            ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func numbersTextsAndListsThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 5)
            func input(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                BadInput(what, "bookings", Self.booking(school, members), is: problem)
            }
            let crowd: [JSON] = (0..<10_000).map { School.attendee("A\($0)") }
            let twice: JSON = [
                "eventType": "course", "seats": 2,
                "attendees": [School.attendee("Anna"), ["name": "Anna too", "email": "ANNA@example.org"]],
            ]
            try await school.refuses([
                input("no seat", ["seats": 0], "422 /seats range"),
                input("fewer than none", ["seats": -1], "422 /seats range"),
                input("more than there are", ["seats": 2], "422 /seats too_many_seats"),
                input("more than there can be", ["seats": 1_001], "422 /seats range"),
                input("a number without end", ["seats": .spelled("1e308")], "422 /seats type"),
                input("more than 64 bits", ["seats": .spelled("9223372036854775808")], "422 /seats range"),
                input("half a seat", ["seats": .spelled("1.5")], "422 /seats type"),
                input("a word", ["seats": "two"], "422 /seats type"),
                input("ten thousand attendees", ["attendees": .array(crowd)], "422 /attendees items"),
                input("attendees twice", twice, "422 /attendees/1/email duplicate"),
                input(
                    "more attendees than seats there are", ["attendees": .array(Array(crowd.prefix(6)))],
                    "422 /seats too_many_seats"),
                input(
                    "an address that is none",
                    ["eventType": "course", "attendees": [["name": "A", "email": "a@b@c"]]],
                    "422 /attendees/0/email invalid"),
                input(
                    "a name with NUL",
                    ["eventType": "course", "attendees": [["name": "A\0", "email": "a@example.org"]]],
                    "400 invalid_json nul_character"),
                input("notes with NUL", ["notes": "a\0b"], "400 invalid_json nul_character"),
                input(
                    "notes without end", ["notes": .string(String(repeating: "x", count: 4_001))], "422 /notes length"),
                input(
                    "a question that nobody asks", ["answers": ["nobody-asks": "an answer"]],
                    "422 /answers/nobody-asks unknown_question"),
                input("answers that are none", ["answers": ["yes"]], "422 /answers type"),
                input("an event type that there is not", ["eventType": "nothing"], "422 /eventType unknown_event_type"),
                input(
                    "a name as long as a book", ["eventType": .string(String(repeating: "a", count: 64))],
                    "422 /eventType length"),
                input(
                    "a provider that there is not", ["provider": .string("\(ID<School>(high: 1, low: 1))")],
                    "422 /provider unknown_provider"),
                input("an id that is none", ["provider": "../../etc/passwd"], "422 /provider invalid"),
                input(
                    "somebody who is nobody", ["customer": .string("\(ID<School>(high: 1, low: 1))")], "403 forbidden"),
                input("a field that there is not", ["hodl": "a"], "422 /hodl unknown_field"),
                input(
                    "a session that there is not", ["session": .string("\(ID<School>(high: 1, low: 1))")],
                    "422 /session unknown_session"),
                BadInput("nothing", "bookings", body: [], is: "422 /eventType required, /start required"),
                BadInput(
                    "no JSON", "bookings", body: Array("{\"eventType\":".utf8),
                    is: "400 invalid_json unexpected_end"),
                BadInput("a list", "bookings", [], is: "422  type"),
                BadInput(
                    "a field twice", "bookings", body: Array("{\"eventType\":\"a\",\"eventType\":\"b\"}".utf8),
                    is: "400 invalid_json duplicate_key"),
                BadInput(
                    "deeper than anybody reads", "bookings",
                    body: Array(String(repeating: "[", count: 100_000).utf8), is: "400 invalid_json too_deep"),
                BadInput("no UTF-8", "bookings", body: [0x22, 0xFF, 0xFE, 0x22], is: "400 invalid_json invalid_utf8"),
                BadInput(
                    "half of a pair", "bookings", body: Array("{\"eventType\":\"\\uD83D\"}".utf8),
                    is: "400 invalid_json lone_surrogate"),
            ])
        }
    }

    /// Holds are booked once, by whose they are, as long as they last.
    @Test(arguments: TestEngine.allCases)
    func holdsThatCannotBeBooked(_ engine: TestEngine) async throws {
        let settings: SettingsNode = ["defaults": ["holdsPerCustomer": 5]]
        try await withSchool(engine, settings: settings) { school in
            func hold(_ hour: Int, as client: APIClient? = nil) async throws -> String {
                try await school.hold(School.tuesday(hour), with: school.first, as: client).expect(201).id
            }
            func book(_ what: String, _ hour: Int, with hold: String, _ more: JSON, _ problem: String) -> BadInput {
                let members: JSON = ["start": .string(School.tuesday(hour)), "hold": .string(hold)]
                return BadInput(what, "bookings", Self.booking(school, members.with(more)), is: problem)
            }
            let expired = try await hold(9)
            school.platform.clock.advance(minutes: 10)
            let used = try await hold(10)
            try await school.book(School.tuesday(10), holding: used).expect(201)
            let released = try await hold(11)
            try await school.customer.delete("/api/v1/holds/\(released)").expect(200)
            let others = try await hold(12, as: school.otherCustomer)
            let live = try await hold(13)
            try await school.refuses([
                book("one that is over", 9, with: expired, [:], "409 /hold hold_expired"),
                book("one that was booked", 10, with: used, [:], "409 /hold hold_used"),
                book("one that was given up", 11, with: released, [:], "409 /hold hold_used"),
                book("somebody else's", 12, with: others, [:], "422 /hold unknown_hold"),
                book(
                    "one that there is not", 13, with: "\(ID<School>(high: 1, low: 1))", [:], "422 /hold unknown_hold"),
                book("at another time", 14, with: live, [:], "422 /start hold_mismatch"),
                book(
                    "of something else", 13, with: live, ["provider": .string(school.second)],
                    "422 /provider hold_mismatch"),
                book("for more", 13, with: live, ["seats": 2], "422 /seats hold_mismatch"),
                BadInput(
                    "a hold of a hold", "holds", Self.booking(school, ["hold": .string(live)]),
                    is: "422 /hold unknown_field"),
                BadInput(
                    "what is held", "holds", Self.booking(school, ["start": .string(School.tuesday(13))]),
                    is: "409 slot_taken"),
                BadInput("giving up somebody else's", by: "DELETE", "holds/\(others)", is: "404 not_found"),
                BadInput("giving up what was booked", by: "DELETE", "holds/\(used)", is: "409 hold_used"),
                BadInput(
                    "a hold of the past", "holds", Self.booking(school, ["start": "2026-02-27T09:00:00Z"]),
                    is: "422 /start in_past"),
                BadInput(
                    "a hold between starts", "holds", Self.booking(school, ["start": .string(School.tuesday(9, 7))]),
                    is: "422 /start off_grid"),
            ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func waitsForWhatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            func wait(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                let wish: JSON = members["session"] == nil ? ["eventType": "lesson"] : [:]
                return BadInput(what, "waitlist", wish.with(members), is: problem)
            }
            try await school.makeEvening()
            let session = try await school.schedule(["capacity": 2]).expect(201).id
            try await school.refuses([
                wait("for the past", ["from": "2026-02-02", "to": "2026-02-27"], "422 /to in_past"),
                wait("until yesterday", ["to": "2026-03-01"], "422 /to in_past"),
                wait("from after the end", ["from": "2026-03-10", "to": "2026-03-03"], "422 /to end_before_start"),
                wait("from a date that there is not", ["from": "2026-02-30"], "422 /from invalid"),
                wait(
                    "until before it begins", ["startTime": "11:00", "endTime": "09:00"],
                    "422 /endTime end_before_start"),
                wait(
                    "for no time at all", ["startTime": "11:00", "endTime": "11:00"], "422 /endTime end_before_start"),
                wait("at an hour that there is not", ["startTime": "25:00"], "422 /startTime invalid"),
                wait("on the eighth day", ["weekdays": [8]], "422 /weekdays/0 range"),
                wait("on day zero", ["weekdays": [0]], "422 /weekdays/0 range"),
                wait("in no zone", ["timeZone": "Mars/Olympus_Mons"], "422 /timeZone invalid"),
                wait("for no seat", ["seats": 0], "422 /seats range"),
                wait("for seats without end", ["seats": .spelled("1e308")], "422 /seats type"),
                wait(
                    "with nobody", ["providers": [.string("\(ID<School>(high: 1, low: 1))")]],
                    "422 /providers/0 unknown_provider"),
                wait(
                    "with everybody", ["providers": .array(Array(repeating: .string(school.first), count: 51))],
                    "422 /providers items"),
                wait("for nothing", ["eventType": "nothing"], "422 /eventType unknown_event_type"),
                wait(
                    "for more than a session has", ["session": .string(session), "seats": 3],
                    "422 /seats too_many_seats"),
                wait(
                    "for a session at a time", ["session": .string(session), "startTime": "11:00"],
                    "422 /session conflict"),
                wait(
                    "for a session that there is not", ["session": .string("\(ID<School>(high: 1, low: 1))")],
                    "422 /session unknown_session"),
            ])
            school.platform.clock.advance(minutes: 6 * 1_440)
            let customer = try await school.platform.client(as: .customer)
            try await school.refuses(
                [wait("for a session that is over", ["session": .string(session)], "409 /session session_over")],
                as: customer)
        }
    }

    /// What people are called, in any script, is no bad input.
    @Test(arguments: TestEngine.allCases)
    func namesAreKeptAsTheyAreWritten(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeCourse(capacity: 10)
            let booking = try await school.bookCourse().expect(201).id
            let names = ["👩🏽‍🏫 Zoë 🦄", "שָׁלוֹם \u{202E}abc", "山田　太郎", "O'Brien; DROP TABLE", "<b>&\"", "e\u{301}"]
            for (index, name) in names.enumerated() {
                let made = try await school.admin.post(
                    "/api/v1/customers", ["givenName": .string(name), "familyName": "B"]
                ).expect(201)
                let attendee = try await school.customer.post(
                    "/api/v1/bookings/\(booking)/attendees",
                    ["name": .string(name), "email": .string("a\(index)@example.org")]
                ).expect(201)
                // To the byte: nothing is composed, turned round or escaped.
                #expect(made["name"]?.string.map { Array($0.utf8) } == Array("\(name) B".utf8))
                #expect(attendee["name"]?.string.map { Array($0.utf8) } == Array(name.utf8))
            }
        }
    }
}
