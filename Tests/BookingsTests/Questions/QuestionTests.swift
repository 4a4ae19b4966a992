import AlmanacStorage
import AlmanacTestKit
import Testing

/// What event types ask.
struct QuestionTests {
    @Test(arguments: TestEngine.allCases)
    func everybodyReadsWhatIsAskedInTheirLanguage(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let stored = try await school.ask().expect(200)
            #expect(stored["version"]?.int == 2)

            let english = try await school.anonymous.get("/api/v1/event-types/lesson/questions").expect(200)
            let german = try await school.anonymous.send(
                "GET", "/api/v1/event-types/lesson/questions", headers: [("Accept-Language", "de")]
            ).expect(200)

            #expect(
                english["items"]?.array?.compactMap { $0["name"]?.string } == ["licence", "helmet", "found", "note"])
            #expect(german["items"]?[0]?["label"]?.string == "Klasse")
            #expect(german["items"]?[0]?["options"]?[0]?["label"]?.string == "Auto")
            #expect(german["items"]?[1]?["conditions"] == [["question": "licence", "anyOf": ["a"]]])
            #expect(english["missingAnswers"]?.string == "refuse")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyWhoManagesTheCatalogAsks(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            for client in [school.customer, school.instructor] {
                let answer = await school.put(
                    "event-types/\(school.lesson)/questions", ["questions": []], version: 1, as: client)
                try answer.expect(403)
            }
            try await school.ask(version: 7).expect(412)
        }
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let questions: [JSON]
        let errors: [String]
        var testDescription: String { self.errors.joined(separator: ", ") }
    }

    private static let choice: JSON = [
        "name": "one", "type": "singleChoice", "label": "One", "options": [["value": "x", "label": "X"]],
    ]

    static let faults: [Fault] = [
        Fault(
            questions: [Self.choice, Self.choice], errors: ["/questions/1/name duplicate"]),
        Fault(
            questions: [["name": "one", "type": "singleChoice", "label": "One"]],
            errors: ["/questions/0/options required"]),
        Fault(
            questions: [["name": "one", "type": "text", "label": "One", "options": [["value": "x", "label": "X"]]]],
            errors: ["/questions/0/options conflict"]),
        Fault(
            questions: [Self.choice.with("options", [["value": "x", "label": "X"], ["value": "x", "label": "Y"]])],
            errors: ["/questions/0/options/1/value duplicate"]),
        Fault(
            questions: [["name": "one", "type": "text", "label": "One", "minLength": 9, "maxLength": 3, "minimum": 1]],
            errors: ["/questions/0/maxLength range", "/questions/0/minimum conflict"]),
        Fault(
            questions: [["name": "one", "type": "number", "label": "One", "minimum": 9, "maximum": 3]],
            errors: ["/questions/0/maximum range"]),
        // A question cannot depend on itself, nor on one that comes later: so there are no cycles.
        Fault(
            questions: [
                Self.choice.with("conditions", [["question": "one", "anyOf": ["x"]]]),
                Self.choice.with("name", "two").with("conditions", [["question": "three", "anyOf": ["x"]]]),
                Self.choice.with("name", "three").with("conditions", [["question": "four", "anyOf": ["x"]]]),
            ],
            errors: [
                "/questions/0/conditions/0/question not_earlier", "/questions/1/conditions/0/question not_earlier",
                "/questions/2/conditions/0/question unknown_question",
            ]),
        Fault(
            questions: [
                Self.choice, Self.choice.with("name", "two").with("conditions", [["question": "one", "anyOf": ["y"]]]),
            ],
            errors: ["/questions/1/conditions/0/anyOf/0 choice"]),
    ]

    @Test(arguments: Self.faults)
    func whatCannotBeAskedIsRefused(_ fault: Fault) async throws {
        try await withSchool(.sqlite) { school in
            let answer = await school.ask(fault.questions)

            try answer.expect(422, code: "invalid_questions")
            #expect(answer.fieldErrors == fault.errors)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsLeftOutIsArchivedAndComesBackUnderItsName(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)
            let id = try await school.book(School.tuesday(9), answering: ["licence": "b", "note": "Hello"])
                .expect(201).id

            // In another order, without the note.
            try await school.ask([School.questions[2], School.questions[0]], version: 2).expect(200)
            #expect(try await school.answers(of: id).answer("note") == "Hello")
            let refused = await school.book(School.tuesday(11), answering: ["licence": "b", "note": "Hello"])
            #expect(refused.fieldErrors == ["/answers/note unknown_question"])

            let changed = await school.ask([["name": "note", "type": "number", "label": "Note"]], version: 3)
            #expect(changed.fieldErrors == ["/questions/0/type question_answered"])
            try await school.ask([School.questions[3].with("label", "Again")], version: 3).expect(200)
            #expect(
                try await school.platform.database.rows(
                    "SELECT count(*) FROM {bookings.question} WHERE archived_at IS NULL") == [["1"]])
            #expect(try await school.platform.database.rows("SELECT count(*) FROM {bookings.question}") == [["4"]])
            // The answer stands under the label that it was given to.
            let shown = try await school.answers(of: id)
            #expect(shown["items"]?.array?.last?["label"]?.string == "Anything else?")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTypeChangesAsLongAsNobodyHasAnswered(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask([["name": "note", "type": "text", "label": "Note"]]).expect(200)
            try await school.ask([["name": "note", "type": "number", "label": "Note"]], version: 2).expect(200)

            try await school.book(School.tuesday(9), answering: ["note": 3]).expect(201)
        }
    }
}
