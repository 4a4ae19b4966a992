import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Series under what other plugins say, and with what is asked of each booking.
struct SeriesPolicyTests {
    /// A plugin that lets nobody book the 10th of March and doubles the price of the 17th.
    private struct Calendar: Plugin {
        static let declaration = Declaration(
            id: "calendar", version: "1.0.0", summary: "Closes days", needs: [.bookings])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            Policy<BookingProposal>("days", sets: [.price]) { proposal, _ in
                let date = Zone.utc.localDate(at: proposal.start).description
                if date == "2026-03-10" { throw Refusal(.conflict, "closed_day", "the school is closed then") }
                if date == "2026-03-17" { proposal.price = try proposal.price.multiplied(by: 2) }
            }
        }
    }

    private func withCalendar(_ engine: TestEngine, _ body: (School) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Bookings.self, Calendar.self]) { platform in
            try await body(try await School(platform, lesson: School.farAhead))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func policiesDecideAboutEachTime(_ engine: TestEngine) async throws {
        try await self.withCalendar(engine) { school in
            let input = School.tuesdays(3, ["provider": .string(school.first)])
            let refused = await school.bookSeries(input)
            #expect(refused.code == "series_conflict" && refused.json.codes("conflicts") == ["closed_day"])
            #expect(refused.json.occurrences("conflicts") == ["2026-03-10T10:00:00"])
            #expect(try await school.counts() == ["0", "0"])

            let made = try await school.bookSeries(input.with("mode", "free")).expect(201)
            #expect(made.starts("bookings") == [School.march(3, 10), School.march(17, 10)])
            #expect(made.codes("conflicts") == ["closed_day"])
            let prices = made["bookings"]?.array?.compactMap { $0["price"]?["amount"]?.int }
            #expect(prices == [6_500, 13_000])
            #expect(try await school.counts() == ["2", "2"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAPolicyDoesNotLetGoStaysWhereItIs(_ engine: TestEngine) async throws {
        try await self.withCalendar(engine) { school in
            let input = School.tuesdays(3, ["provider": .string(school.first)])
                .with("start", "2026-03-04T10:00").with("rule", "FREQ=WEEKLY;COUNT=3")
            let series = try await school.bookSeries(input).expect(201).seriesID
            // From Wednesdays to Tuesdays: the 11th cannot go to the 10th.
            let move: JSON = ["scope": "all", "start": "2026-03-03T10:00"]
            let refused = await school.change("reschedule", series, move)
            #expect(refused.json.codes("conflicts") == ["closed_day"])
            let moved = try await school.change("reschedule", series, move.with("mode", "free")).expect(200)
            #expect(moved.starts("bookings") == [School.march(3, 10), School.march(17, 10)])
            #expect(moved.codes("conflicts") == ["closed_day"])
            let shown = try await school.series(series)
            #expect(shown.starts("occurrences") == [3, 11, 17].map { School.march($0, 10) })
            #expect(try await school.counts() == ["3", "3"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func answersAndAttendeesAreKeptWithEach(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead.with("capacity", 4)) { school in
            try await school.put(
                "event-types/\(school.lesson)/questions",
                ["questions": [["name": "goal", "type": "text", "label": "Goal", "required": true]]]
            ).expect(200)
            let input = School.tuesdays(2, ["provider": .string(school.first)])
            let missing = await school.bookSeries(input)
            #expect(missing.status == 422 || missing.status == 400, "\(missing.status)")
            #expect(missing.fieldErrors == ["/answers/goal required"])
            #expect(try await school.counts() == ["0", "0"])
            let people: JSON = [
                ["name": "Ada", "email": "ada@example.org"], ["name": "Bo", "email": "bo@example.org"],
            ]
            let made = try await school.bookSeries(
                input.with("answers", ["goal": "licence"]).with("attendees", people)
            ).expect(201)
            for booking in made["bookings"]?.array ?? [] {
                #expect(booking["seats"]?.int == 2)
                let answers = try await school.customer.get("/api/v1/bookings/\(booking.id)/answers").expect(200)
                #expect(String(decoding: answers.canonical, as: UTF8.self).contains("licence"))
                let attendees = try await school.customer.get("/api/v1/bookings/\(booking.id)/attendees").expect(200)
                #expect(attendees["items"]?.array?.count == 2)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoActsForSomebodyBooksAndCancelsTheirSeries(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.farAhead) { school in
            let guardian = school.otherCustomer
            let input = School.tuesdays(2, ["provider": .string(school.first)])
            let own = try await school.bookSeries(input).expect(201)
            let ward = try #require(own["series"]?["customer"]?.string)
            try await guardian.get("/api/v1/booking-series/\(own.seriesID)").expect(404)
            let person = try school.platform.person(.otherCustomer).description
            try await school.customer.post(
                "/api/v1/customers/\(ward)/guardians", ["person": .string(person), "relation": "parent"]
            ).expect(201)

            let shown = try await school.series(own.seriesID, as: guardian)
            #expect(shown.texts("allowed") == ["cancel", "reschedule"])
            #expect(shown["occurrences"]?.array?.count == 2)
            let theirs = School.tuesdays(2, at: 12, ["customer": .string(ward)])
            let made = try await school.bookSeries(theirs, as: guardian).expect(201)
            #expect(made["series"]?["customer"]?.string == ward)
            let listed = try await guardian.get("/api/v1/booking-series").expect(200)
            #expect(listed["items"]?.array?.map(\.id) == [own.seriesID, made.seriesID])
            try await school.change("cancel", own.seriesID, ["scope": "all"], as: guardian).expect(200)
            #expect(try await school.counts() == ["2", "2"])
        }
    }
}
