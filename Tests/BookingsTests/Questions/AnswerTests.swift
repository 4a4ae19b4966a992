import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// What people answer when they book.
struct AnswerTests {
    private static let canary = "Zuckerwatte"

    struct Case: Sendable, CustomTestStringConvertible {
        let question: JSON
        let answer: JSON
        /// What is kept, or the code of what is wrong.
        let kept: JSON?
        var error: String?
        var testDescription: String { "\(self.question["type"]?.string ?? "?") \(self.answer)" }

        init(_ type: String, _ answer: JSON, keeps kept: JSON, _ more: JSON = [:]) {
            self.question = Self.question(type, more)
            self.answer = answer
            self.kept = kept
        }

        init(_ type: String, _ answer: JSON, fails error: String, _ more: JSON = [:]) {
            self.question = Self.question(type, more)
            self.answer = answer
            self.kept = nil
            self.error = error
        }

        private static func question(_ type: String, _ more: JSON) -> JSON {
            var question: JSON = ["name": "q", "type": .string(type), "label": "Q"]
            for member in more.object?.members ?? [] { question = question.with(member.name, member.value) }
            return question
        }
    }

    private static let options: JSON = [
        "options": [["value": "x", "label": "X"], ["value": "y", "label": "Y"], ["value": "z", "label": "Z"]],
        "minimum": 2,
    ]
    private static let single: JSON = ["options": [["value": "x", "label": "X"]]]

    static let cases: [Case] = [
        Case("text", "  Anna  ", keeps: "Anna"),
        Case("text", "a\nb", fails: "/answers/q control_character"),
        Case("text", 5, fails: "/answers/q type"),
        Case("text", "abcd", fails: "/answers/q length", ["maxLength": 3]),
        Case("text", "ab", fails: "/answers/q length", ["minLength": 3]),
        Case("longText", "a\nb", keeps: "a\nb"),
        Case("longText", "a\u{7}b", fails: "/answers/q control_character"),
        Case("number", 2.5, keeps: 2.5),
        Case("number", "2", fails: "/answers/q type"),
        Case("number", 1, fails: "/answers/q range", ["minimum": 2]),
        Case("number", 3, fails: "/answers/q range", ["maximum": 2]),
        Case("boolean", false, keeps: false),
        Case("boolean", "yes", fails: "/answers/q type"),
        Case("singleChoice", "x", keeps: "x", Self.single),
        Case("singleChoice", "w", fails: "/answers/q choice", Self.single),
        Case("multipleChoice", ["z", "x"], keeps: ["x", "z"], Self.options),
        Case("multipleChoice", ["x", "w"], fails: "/answers/q/1 choice", Self.options),
        Case("multipleChoice", ["x", "x"], fails: "/answers/q/1 duplicate", Self.options),
        Case("multipleChoice", ["x"], fails: "/answers/q items", Self.options),
        Case("multipleChoice", "x", fails: "/answers/q type", Self.options),
        Case("date", "2026-02-28", keeps: "2026-02-28"),
        Case("date", "2026-02-30", fails: "/answers/q date"),
        Case("time", "09:30", keeps: "09:30"),
        Case("time", "24:00", fails: "/answers/q time"),
        Case("phone", "+493012345678", keeps: "+493012345678"),
        Case("phone", "030 1234", fails: "/answers/q phone"),
        Case("email", "anna@example.org", keeps: "anna@example.org"),
        Case("email", "anna", fails: "/answers/q email"),
    ]

    @Test(arguments: Self.cases)
    func answersFitTheirQuestions(_ item: Case) async throws {
        try await withSchool(.sqlite) { school in
            try await school.ask([item.question]).expect(200)

            let booked = await school.book(School.tuesday(9), answering: ["q": item.answer])

            if let kept = item.kept {
                let id = try booked.expect(201).id
                #expect(try await school.answers(of: id).answer("q") == kept)
            } else {
                try booked.expect(422, code: "invalid_answers")
                #expect(booked.fieldErrors == [item.error ?? ""])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRequiredMustBeAnsweredWhereItIsAsked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)

            let nothing = await school.book(School.tuesday(9), answering: [:])
            let noHelmet = await school.book(School.tuesday(9), answering: ["licence": "a"])
            let notAsked = await school.book(School.tuesday(9), answering: ["licence": "b", "helmet": 58])
            let unknown = await school.book(School.tuesday(9), answering: ["licence": "b", "~x/y": 1])
            // Whether the size is asked depends on an answer that is wrong: one complaint, not two.
            let wrong = await school.book(School.tuesday(9), answering: ["licence": "c", "helmet": 58])

            #expect(nothing.fieldErrors == ["/answers/licence required"])
            #expect(noHelmet.fieldErrors == ["/answers/helmet required"])
            #expect(notAsked.fieldErrors == ["/answers/helmet not_asked"])
            #expect(unknown.fieldErrors == ["/answers/~0x~1y unknown_question"])
            #expect(wrong.fieldErrors == ["/answers/licence choice"])
            let id = try await school.book(School.tuesday(9), answering: ["licence": "a", "helmet": 58, "note": " "])
                .expect(201).id
            let shown = try await school.answers(of: id)
            #expect(shown["items"]?.array?.compactMap { $0["name"]?.string } == ["licence", "helmet", "found", "note"])
            #expect(shown["items"]?[0]?["chosen"] == ["Motorcycle"])
            #expect(shown.answer("note") == nil)
            #expect(shown["missing"] == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theStaffFindBookingsByAnswers(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)
            let car = try await school.book(
                School.tuesday(9), answering: ["licence": "b", "found": ["web", "friend"]]
            ).expect(201).id
            let motorcycle = try await school.book(
                School.tuesday(11), answering: ["licence": "a", "helmet": 58, "found": ["sign"]],
                as: school.otherCustomer
            ).expect(201).id

            func found(_ question: String, _ answer: String, as client: APIClient? = nil) async throws -> [String] {
                let path = "/api/v1/bookings?question=\(question)&answer=\(answer)"
                return try await (client ?? school.admin).get(path).expect(200)["items"]?.array?.map(\.id) ?? []
            }

            #expect(try await found("licence", "b") == [car])
            #expect(try await found("licence", "a") == [motorcycle])
            #expect(try await found("found", "friend") == [car])
            #expect(try await found("helmet", "58") == [motorcycle])
            #expect(try await found("helmet", "58.0") == [motorcycle])
            #expect(try await found("helmet", "5") == [])
            #expect(try await found("licence", "a", as: school.customer) == [])
            let half = await school.admin.get("/api/v1/bookings?question=licence")
            #expect(half.fieldErrors == ["/answer required"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAreChangedUntilTheBookingBegins(_ engine: TestEngine) async throws {
        try await withSchool(engine, sessions: School.patience) { school in
            try await school.ask().expect(200)
            let id = try await school.book(School.tuesday(9), answering: ["licence": "b"]).expect(201).id
            let path = "bookings/\(id)/answers"
            let better: JSON = ["answers": ["licence": "b", "note": .string(Self.canary)]]

            try await school.put(path, better, version: 1, as: school.otherCustomer).expect(404)
            let incomplete = await school.put(path, ["answers": [:]], version: 1, as: school.customer)
            #expect(incomplete.fieldErrors == ["/answers/licence required"])
            let changed = try await school.put(path, better, version: 1, as: school.customer).expect(200)
            #expect(changed.answer("note")?.string == Self.canary)
            #expect(changed["allowed"] == ["change"])
            try await school.put(path, better, version: 1, as: school.customer).expect(412)

            #expect(try await school.events(of: id).last == "bookings.booking-answered")
            let told = try await school.platform.database.rows(
                "SELECT count(*) FROM {kernel.event} WHERE CAST(payload AS TEXT) LIKE '%\(Self.canary)%'")
            #expect(told == [["0"]])

            school.platform.clock.set(try #require(Instant(rfc3339: School.tuesday(9))))
            let late = await school.put(path, better, version: 2, as: school.admin)
            try late.expect(409, code: "booking_begun")
            #expect(try await school.answers(of: id)["allowed"] == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aBookingWaitsForItsAnswersWhereTheEventTypeSaysSo(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask(missing: "pending").expect(200)

            let booked = try await school.book(School.tuesday(9), answering: ["note": "Hi"]).expect(201)
            #expect(booked["status"]?.string == "pending")
            #expect(booked["waitsFor"] == ["bookings.form"])
            let path = "bookings/\(booked.id)/answers"
            // What is still not enough is kept all the same.
            let some = try await school.put(
                path, ["answers": ["licence": "a"]], version: 1, as: school.customer
            ).expect(200)
            #expect(some["missing"] == ["helmet"])
            let wrong = await school.put(
                path, ["answers": ["licence": "a", "helmet": 5]], version: 2, as: school.customer)
            #expect(wrong.fieldErrors == ["/answers/helmet range"])
            try await school.put(
                path, ["answers": ["licence": "a", "helmet": 58]], version: 2, as: school.customer
            ).expect(200)

            let shown = try await school.customer.get("/api/v1/bookings/\(booked.id)").expect(200)
            #expect(shown["status"]?.string == "confirmed")
            #expect(
                try await school.events(of: booked.id) == [
                    "bookings.booking-requested", "bookings.booking-answered", "bookings.booking-answered",
                    "bookings.booking-confirmed",
                ])
            let complete = try await school.book(School.tuesday(11), answering: ["licence": "b"]).expect(201)
            #expect(complete["status"]?.string == "confirmed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsHeldIsBookedWithAnswers(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)
            let hold = try await school.hold(School.tuesday(9)).expect(201).id
            let refused = await school.book(School.tuesday(9), holding: hold)
            #expect(refused.fieldErrors == ["/answers/licence required"])

            let id = try await school.customer.post(
                "/api/v1/bookings",
                [
                    "eventType": "lesson", "start": .string(School.tuesday(9)), "hold": .string(hold),
                    "answers": ["licence": "b"],
                ]
            ).expect(201).id

            #expect(try await school.answers(of: id).answer("licence") == "b")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAreGivenToAndErasedWithTheirPerson(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.ask().expect(200)
            let id = try await school.book(
                School.tuesday(9), answering: ["licence": "b", "note": .string(Self.canary)]
            ).expect(201).id
            try await school.customer.post("/api/v1/bookings/\(id)/cancel", [:]).expect(200)

            let document = try await school.export(school.platform.person(.customer))
            #expect(String(decoding: document.serialized, as: UTF8.self).contains(Self.canary))
            #expect(try await school.tables(holding: Self.canary) != [])

            _ = try await school.erase(.customer)

            #expect(try await school.tables(holding: Self.canary) == [])
            #expect(try await school.answers(of: id, as: school.admin).answer("licence") == nil)
        }
    }
}
