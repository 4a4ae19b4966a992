import AlmanacStorage
import AlmanacTestKit
import Testing

/// What is offered, when and by whom, as it cannot be, asked for over HTTP.
struct BadCatalogTests {
    @Test(arguments: TestEngine.allCases)
    func eventTypesThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let usual = School.lesson.with("slug", "other").with("providers", [.string(school.first)])
            func type(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                BadInput(what, "event-types", usual.with(members), is: problem)
            }
            let nobody: JSON = .string("\(ID<School>(high: 1, low: 1))")
            try await school.refuses(
                [
                    type(
                        "a price below nothing", ["price": ["amount": -1, "currency": "EUR"]], "422 /price/amount range"
                    ),
                    type(
                        "a price above everything", ["price": ["amount": .spelled("1e308"), "currency": "EUR"]],
                        "422 /price/amount type"),
                    type(
                        "a price beyond the limit", ["price": ["amount": 100_000_001, "currency": "EUR"]],
                        "422 /price/amount range"),
                    type("a price in nothing", ["price": ["amount": 1, "currency": "XYZ"]], "422 /price invalid"),
                    type("a price in words", ["price": ["amount": 1, "currency": "euro"]], "422 /price invalid"),
                    type("a price alone", ["price": 100], "422 /price type"),
                    type("no length", ["durationMinutes": 0], "422 /durationMinutes range"),
                    type("a length without end", ["durationMinutes": .spelled("1e308")], "422 /durationMinutes type"),
                    type("a length of parts", ["durationMinutes": .spelled("7.5")], "422 /durationMinutes type"),
                    type("a name with NUL", ["name": ["en": "A\0"]], "400 invalid_json nul_character"),
                    type("no name", ["name": ""], "422 /name length"),
                    type("a name in no language", ["name": ["not a language": "A"]], "422 /name invalid"),
                    type(
                        "a name as long as a book", ["name": .string(String(repeating: "ä", count: 201))],
                        "422 /name length"),
                    type("a slug that is none", ["slug": "Über uns"], "422 /slug slug"),
                    type("a slug that is there", ["slug": "lesson"], "409 /slug slug_in_use"),
                    type("no seat", ["capacity": 0], "422 /capacity range"),
                    type("seats without end", ["capacity": 1_001], "422 /capacity range"),
                    type("from a date that there is not", ["bookableFrom": "2026-02-30"], "422 /bookableFrom invalid"),
                    type(
                        "until before it begins", ["bookableFrom": "2026-03-02", "bookableTo": "2026-03-01"],
                        "422 /bookableTo end_before_start"),
                    type("by nobody", ["providers": [nobody]], "422 /providers/0 unknown_provider"),
                    type(
                        "twice by one", ["providers": [.string(school.first), .string(school.first)]],
                        "422 /providers/1 duplicate"),
                    type(
                        "by everybody", ["providers": .array(Array(repeating: nobody, count: 10_000))],
                        "422 /providers items"),
                    type(
                        "a limit of nothing", ["limits": [["period": "day", "bookings": 0]]],
                        "422 /limits/0/bookings range"),
                    type(
                        "a limit without end", ["limits": [["period": "day", "bookings": .spelled("1e308")]]],
                        "422 /limits/0/bookings type"),
                    type(
                        "a fee above everything", ["policies": ["noShow": ["percent": 101]]],
                        "422 /policies/noShow/percent range"),
                    type("a buffer below nothing", ["bufferBeforeMinutes": -1], "422 /bufferBeforeMinutes range"),
                ], as: school.admin)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func hoursThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            func rules(_ what: String, _ rule: JSON, _ problem: String) -> BadInput {
                let usual: JSON = ["weekday": 1, "start": "09:00", "end": "17:00"]
                return BadInput(
                    what, by: "PUT", "providers/\(school.first)/weekly-rules", ["rules": [usual.with(rule)]],
                    version: 2,
                    is: problem)
            }
            func blocked(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                let usual: JSON = [
                    "provider": .string(school.first), "start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z",
                ]
                return BadInput(what, "blocked-times", usual.with(members), is: problem)
            }
            try await school.refuses(
                [
                    rules(
                        "hours that end before they begin", ["start": "17:00", "end": "09:00"],
                        "422 /rules/0/end end_not_after_start"),
                    rules(
                        "no hours at all", ["start": "09:00", "end": "09:00"], "422 /rules/0/end end_not_after_start"),
                    rules("an hour that there is not", ["start": "25:00"], "422 /rules/0/start invalid"),
                    rules("seconds", ["start": "09:00:30"], "422 /rules/0/start invalid"),
                    rules("the eighth day", ["weekday": 8], "422 /rules/0/weekday range"),
                    rules(
                        "until before it begins", ["validFrom": "2026-03-02", "validTo": "2026-03-01"],
                        "422 /rules/0/validTo validity_reversed"),
                    rules(
                        "from a date that there is not", ["validFrom": "2026-02-30"], "422 /rules/0/validFrom invalid"),
                    BadInput(
                        "hours of a date that there is not", by: "PUT", "providers/\(school.first)/date-overrides",
                        ["overrides": [["date": "2026-02-30", "hours": []]]], version: 2,
                        is: "422 /overrides/0/date invalid"),
                    blocked(
                        "the end before the start", ["end": "2026-03-03T07:00:00Z"], "422 /end end_not_after_start"),
                    blocked("no time at all", ["end": "2026-03-03T08:00:00Z"], "422 /end end_not_after_start"),
                    blocked("for a thousand years", ["end": "3026-03-03T08:00:00Z"], "422 /end too_long"),
                    blocked("a date that there is not", ["start": "2026-02-30T08:00:00Z"], "422 /start invalid"),
                    blocked(
                        "nobody's time", ["provider": .string("\(ID<School>(high: 1, low: 1))")],
                        "422 /provider unknown_provider"),
                    blocked("for a reason with NUL", ["reason": "\0"], "400 invalid_json nul_character"),
                ], as: school.admin)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEvening()
            func session(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                BadInput(what, "sessions", school.session(members), is: problem)
            }
            func parts(_ from: String, _ to: String) -> JSON { ["parts": School.parts((from, to))] }
            let hours: [JSON] = (0..<61).map { hour in
                let start = School.tuesday(10 + 2 * hour)
                return ["start": .string(start), "end": .string(School.tuesday(11 + 2 * hour))]
            }
            try await school.refuses(
                [
                    session(
                        "the end before the start", parts("2026-03-07T19:00:00Z", "2026-03-07T17:00:00Z"),
                        "422 /parts/0/end end_not_after_start"),
                    session(
                        "no time at all", parts("2026-03-07T17:00:00Z", "2026-03-07T17:00:00Z"),
                        "422 /parts/0/end end_not_after_start"),
                    session(
                        "the past", parts("2026-02-07T17:00:00Z", "2026-02-07T19:00:00Z"), "422 /parts/0/start in_past"),
                    session(
                        "a date that there is not", parts("2026-02-30T17:00:00Z", "2026-02-30T19:00:00Z"),
                        "422 /parts/0/start invalid, /parts/0/end invalid"),
                    session(
                        "seconds", parts("2026-03-07T17:00:00Z", "2026-03-07T19:00:30Z"),
                        "422 /parts/0/end whole_minutes"),
                    session(
                        "a thousand years", parts("2026-03-07T17:00:00Z", "3026-03-07T19:00:00Z"),
                        "422 /parts/0/end too_long, /parts too_long"),
                    session(
                        "times that overlap",
                        [
                            "parts": School.parts(
                                ("2026-03-07T17:00:00Z", "2026-03-07T19:00:00Z"),
                                ("2026-03-07T18:00:00Z", "2026-03-07T20:00:00Z"))
                        ], "422 /parts/1/start parts_overlap"),
                    session("too many times", ["parts": .array(hours)], "422 /parts items"),
                    session("no times", ["parts": []], "422 /parts items"),
                    session("no seat", ["capacity": 0], "422 /capacity range"),
                    session("seats without end", ["capacity": 1_001], "422 /capacity range"),
                    session(
                        "a price below nothing", ["price": ["amount": -1, "currency": "EUR"]], "422 /price/amount range"
                    ),
                    session("a price in nothing", ["price": ["amount": 1, "currency": "ZZZ"]], "422 /price invalid"),
                    session(
                        "a price that overflows",
                        ["price": ["amount": .spelled("9223372036854775807"), "currency": "EUR"]],
                        "422 /price/amount range"),
                    session("no zone", ["timeZone": "Europe/Atlantis"], "422 /timeZone invalid"),
                    session("a title with NUL", ["title": "a\0"], "400 invalid_json nul_character"),
                    session("by nobody", ["hosts": []], "422 /hosts items"),
                    session(
                        "twice by one", ["hosts": [.string(school.first), .string(school.first)]],
                        "422 /hosts/1 duplicate"),
                    session(
                        "an event type that there is not", ["eventType": "nothing"], "422 /eventType unknown_event_type"
                    ),
                ], as: school.admin)
        }
    }

    /// What has been sold cannot be taken away by a number.
    @Test(arguments: TestEngine.allCases)
    func capacitiesBelowWhatIsSold(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let course = try await school.makeEventType("course", ["capacity": 5])
            _ = try await school.bookCourse(seats: 2).expect(201)
            _ = try await school.bookCourse(seats: 2, as: school.otherCustomer).expect(201)
            try await school.makeEvening()
            let session = try await school.schedule(["capacity": 5]).expect(201).id
            _ = try await school.take(session, seats: 2).expect(201)
            _ = try await school.holdSeats(session, seats: 1, as: school.otherCustomer).expect(201)
            let hall = try await school.makeResource("room", "Halle", capacity: 3)
            try await school.makeEventType("gym", ["requirements": [["kind": "room", "units": 2]]])
            _ = try await school.book("gym", at: School.tuesday(12)).expect(201)
            func type(_ capacity: Int) -> JSON {
                School.lesson.with("slug", "course").with("capacity", .number(JSONNumber(capacity)))
                    .with("providers", [.string(school.first), .string(school.second)])
            }
            guard let evening = school.session(["capacity": 2]).object else { return }
            var replaced = evening
            replaced["eventType"] = nil
            let room: JSON = ["kind": "room", "name": "Halle", "capacity": 1]
            try await school.refuses(
                [
                    BadInput(
                        "of an event type", by: "PUT", "event-types/\(course)", type(3), version: 1,
                        is: "409 /capacity capacity_below_taken"),
                    BadInput(
                        "of one at a time", by: "PUT", "event-types/\(course)", type(1), version: 1,
                        is: "409 /capacity capacity_below_taken"),
                    BadInput(
                        "of a session", by: "PUT", "sessions/\(session)", .object(replaced), version: 1,
                        is: "409 /capacity capacity_below_taken"),
                    BadInput(
                        "of a room", by: "PUT", "resources/\(hall)", room, version: 1,
                        is: "409 /capacity capacity_below_taken"),
                ], as: school.admin)
            // As much as is sold will do.
            try await school.put("event-types/\(course)", type(4), version: 1).expect(200)
            try await school.put("resources/\(hall)", room.with("capacity", 2), version: 1).expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func questionsPlacesAndEventsThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            func questions(_ what: String, _ questions: [JSON], _ problem: String) -> BadInput {
                BadInput(
                    what, by: "PUT", "event-types/\(school.lesson)/questions", ["questions": .array(questions)],
                    version: 1,
                    is: problem)
            }
            func event(_ what: String, _ members: JSON, _ problem: String) -> BadInput {
                let usual: JSON = [
                    "title": "Away", "start": "2026-03-03T08:00:00Z", "end": "2026-03-03T09:00:00Z",
                ]
                return BadInput(what, "calendar-events", usual.with(members), is: problem)
            }
            let number: JSON = ["name": "age", "type": "number", "label": "Age"]
            try await school.refuses(
                [
                    questions(
                        "a bound without end", [number.with("minimum", .spelled("1e308"))],
                        "422 /questions/0/minimum range"),
                    questions(
                        "bounds that leave nothing", [number.with("minimum", 3).with("maximum", 2)],
                        "422 /questions/0/maximum range"),
                    questions("a name twice", [number, number], "422 /questions/1/name duplicate"),
                    questions("a label with NUL", [number.with("label", "\0")], "400 invalid_json nul_character"),
                    questions(
                        "a condition on what comes later",
                        [number.with("conditions", [["question": "age", "anyOf": [1]]])],
                        "422 /questions/0/conditions/0/question not_earlier"),
                    questions(
                        "a thousand", (0..<1_000).map { number.with("name", .string("n\($0)")) }, "422 /questions items"
                    ),
                    BadInput(
                        "beyond the pole", "locations",
                        ["name": "A", "coordinates": ["latitude": 91, "longitude": 0]],
                        is: "422 /coordinates/latitude range"),
                    BadInput(
                        "nowhere", "locations",
                        ["name": "A", "coordinates": ["latitude": .spelled("1e308"), "longitude": 0]],
                        is: "422 /coordinates/latitude range"),
                    BadInput(
                        "in no zone", "locations", ["name": "A", "timeZone": "Mars/Olympus_Mons"],
                        is: "422 /timeZone invalid"),
                    BadInput("without a name", "locations", ["name": ""], is: "422 /name length"),
                    BadInput(
                        "a person with NUL", "customers", ["givenName": "A\0", "familyName": "B"],
                        is: "400 invalid_json nul_character"),
                    BadInput(
                        "an address that is none", "customers",
                        ["givenName": "A", "familyName": "B", "email": "nobody"], is: "422 /email invalid"),
                    BadInput(
                        "a telephone that is none", "customers",
                        ["givenName": "A", "familyName": "B", "phone": "call me"], is: "422 /phone phone"),
                    event("the end before the start", ["end": "2026-03-03T07:00:00Z"], "422 /end end_not_after_start"),
                    event("a date that there is not", ["start": "2026-02-30T08:00:00Z"], "422 /start invalid"),
                    event("a thousand years", ["end": "3026-03-03T07:00:00Z"], "422 /end too_long"),
                    event(
                        "whole dates and times", ["startDate": "2026-03-03", "endDate": "2026-03-03"], "422 /start time"
                    ),
                    event("a zone that there is not", ["timeZone": "Mars/Olympus_Mons"], "422 /timeZone invalid"),
                    event(
                        "with everybody",
                        [
                            "participants": .array(
                                Array(repeating: .string("\(ID<School>(high: 1, low: 1))"), count: 10_000))
                        ], "422 /participants items"),
                    event("a reminder below nothing", ["reminders": [-1]], "422 /reminders/0 range"),
                ], as: school.admin)
        }
    }

    /// Numbers beyond what anybody means, as answers.
    @Test(arguments: TestEngine.allCases)
    func answersThatCannotBe(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)
            func answer(_ what: String, _ answers: JSON, _ problem: String) -> BadInput {
                let booking: JSON = ["eventType": "lesson", "start": .string(School.tuesday(9))]
                let usual: JSON = ["licence": "a", "helmet": 55]
                return BadInput(what, "bookings", booking.with("answers", usual.with(answers)), is: problem)
            }
            try await school.refuses([
                answer("a question that nobody asks", ["nobody-asks": 1], "422 /answers/nobody-asks unknown_question"),
                answer("a number without end", ["helmet": .spelled("1e308")], "422 /answers/helmet range"),
                answer("less than there is", ["helmet": .spelled("-1e308")], "422 /answers/helmet range"),
                answer("a word for a number", ["helmet": "large"], "422 /answers/helmet type"),
                answer("an option that there is not", ["licence": "z"], "422 /answers/licence choice"),
                answer("a list for one", ["licence": ["a", "b"]], "422 /answers/licence type"),
                answer("a text with NUL", ["note": "a\0"], "400 invalid_json nul_character"),
                answer(
                    "a text without end", ["note": .string(String(repeating: "x", count: 100_000))],
                    "422 /answers/note length"),
                answer("options twice", ["found": ["web", "web"]], "422 /answers/found/1 duplicate"),
                answer("nothing to what is asked", ["helmet": .null], "422 /answers/helmet required"),
            ])
        }
    }
}
