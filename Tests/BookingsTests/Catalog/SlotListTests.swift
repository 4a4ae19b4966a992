import AlmanacStorage
import AlmanacTestKit
import Testing

struct SlotListTests {
    @Test(arguments: TestEngine.allCases)
    func mergesProvidersAndNamesWhatABookingTakes(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)

            let path = "/api/v1/slots?eventType=\(school.lesson)&from=2026-03-03&to=2026-03-03"
            let answer = await school.anonymous.get(path)
            let items = try #require(try answer.expect(200)["items"]?.array)

            #expect(items.count == 8)
            #expect(items[0]["providers"]?.array == [.string(school.second)])
            #expect(items[1]["providers"]?.array == [.string(school.first), .string(school.second)])
            #expect(items[1]["provider"]?.string == school.first)
            #expect(items.allSatisfy { $0["resources"]?.array?.count == $0["providers"]?.array?.count })
            #expect(items[0]["end"]?.string == School.tuesday(10))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theNextListSeesAChangeMadeBehindItsBack(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03&provider=\(school.first)"
            let before = try await school.anonymous.get(path).expect(200)["items"]?.array
            // The catalog is in memory; then another process, as it were, changes a length and draws a new stamp.
            try await school.platform.database.run(
                engine == .postgres
                    ? """
                    UPDATE bookings.event_type SET duration_minutes = 30;
                    UPDATE bookings.catalog SET stamp = gen_random_uuid()
                    """
                    : """
                    UPDATE bookings_event_type SET duration_minutes = 30;
                    UPDATE bookings_catalog SET stamp = randomblob(16)
                    """)
            let after = try await school.anonymous.get(path).expect(200)["items"]?.array

            #expect(before?.first?["end"]?.string == School.tuesday(10))
            #expect(after?.first?["end"]?.string == School.tuesday(9, 30))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatNobodyGivesHasNoSlots(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03&provider=\(school.second)"
            let only = School.lesson.with("providers", [.string(school.first)])
            try await school.admin.send(
                "PUT", "/api/v1/event-types/\(school.lesson)", json: only, headers: [("If-Match", "\"1\"")]
            ).expect(200)

            // Before the catalog is in memory and afterwards.
            for _ in 0..<2 {
                let items = try await school.anonymous.get(path).expect(200)["items"]?.array
                #expect(items?.isEmpty == true)
            }
        }
    }

    @Test func datesAreMeantInTheZoneAskedFor() async throws {
        try await withSchool(.sqlite) { school in
            // Tuesday in Auckland ends at Tuesday 11:00 UTC, noon in Berlin.
            let path = "/api/v1/slots?eventType=lesson&from=2026-03-03&to=2026-03-03&provider=\(school.first)"
            let items = try await school.anonymous.get("\(path)&timeZone=Pacific/Auckland").expect(200)["items"]?.array

            let starts = items?.compactMap { $0["start"]?.string }
            // Monday afternoon in Berlin from noon on, and Tuesday's morning.
            #expect(starts?.first == "2026-03-02T11:00:00Z")
            #expect(starts?.last == "2026-03-03T10:00:00Z")
        }
    }

    struct Question: Sendable, CustomTestStringConvertible {
        let query: String
        let error: String
        var testDescription: String { self.error }
    }

    @Test(arguments: [
        Question(query: "eventType=lesson&from=2026-03-03&to=2026-05-04", error: "/to range_too_long"),
        Question(query: "eventType=lesson&from=2026-03-03&to=2026-03-02", error: "/to end_before_start"),
        Question(query: "eventType=lesson&from=2026-02-30&to=2026-03-02", error: "/from invalid"),
        Question(query: "eventType=lesson&from=2026-03-03", error: "/to required"),
        Question(query: "eventType=flight&from=2026-03-03&to=2026-03-03", error: "/eventType unknown_event_type"),
        Question(
            query: "eventType=lesson&from=2026-03-03&to=2026-03-03&timeZone=Mars/Base", error: "/timeZone invalid"),
        Question(query: "eventType=lesson&from=2026-03-03&to=2026-03-03&color=red", error: "/color unknown_field"),
    ])
    func refusesQuestionsThatMakeNoSense(_ question: Question) async throws {
        try await withSchool(.sqlite) { school in
            let answer = await school.anonymous.get("/api/v1/slots?\(question.query)")

            #expect(answer.status == 422)
            #expect(answer.fieldErrors == [question.error])
        }
    }

    @Test(arguments: ["2026-03-03&to=2026-05-03", "9999-12-30&to=9999-12-31", "0001-01-01&to=0001-02-01"])
    func answersAtTheLimits(_ dates: String) async throws {
        try await withSchool(.sqlite) { school in
            _ = try await school.anonymous.get("/api/v1/slots?eventType=lesson&from=\(dates)").expect(200)
        }
    }
}
