import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

/// Calendars of others show the bookings of whoever gave them the address.
struct CalendarFeedTests {
    /// The properties of each entry, by name.
    private func entries(_ answer: APIAnswer) -> [[String: String]] {
        let unfolded = String(decoding: answer.body, as: UTF8.self).replacing("\r\n ", with: "")
        var entries: [[String: String]] = []
        for line in unfolded.split(separator: "\r\n") {
            if line == "BEGIN:VEVENT" { entries.append([:]) }
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            if parts.count == 2, !entries.isEmpty { entries[entries.count - 1][parts[0]] = parts[1] }
        }
        return entries
    }

    private func path(_ client: APIClient) async throws -> String {
        try #require(try await client.post("/api/v1/me/calendar-feed").expect(201)["path"]?.string)
    }

    @Test(arguments: TestEngine.allCases)
    func bothSidesSeeTheBookingInTheirCalendars(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.book(School.tuesday(11), with: school.first, as: school.otherCustomer).expect(201)
            let customer = await school.anonymous.get(try await self.path(school.customer))
            let instructor = await school.anonymous.get(try await self.path(school.instructor))

            #expect(customer.status == 200)
            #expect(customer.response.header("content-type") == "text/calendar; charset=utf-8")
            let lines = String(decoding: customer.body, as: UTF8.self).split(separator: "\r\n")
            #expect(lines.allSatisfy { $0.utf8.count <= 75 })
            #expect(lines.first == "BEGIN:VCALENDAR" && lines.last == "END:VCALENDAR")
            let own = self.entries(customer)
            try #require(own.count == 1)
            #expect(own[0]["UID"] == id && own[0]["SEQUENCE"] == "0" && own[0]["STATUS"] == "CONFIRMED")
            #expect(own[0]["DTSTART"] == "20260303T080000Z" && own[0]["DTEND"] == "20260303T090000Z")
            #expect(own[0]["DTSTAMP"] == "20260302T080000Z" && own[0]["TRANSP"] == "OPAQUE")
            #expect(self.entries(instructor).map { $0["DTSTART"] } == ["20260303T080000Z", "20260303T100000Z"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func changesRaiseTheNumberAndCancellationsStay(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let path = try await self.path(school.customer)
            let first = await school.anonymous.get(path)
            let tag = try #require(first.response.header("etag"))
            let same = await school.anonymous.send("GET", path, headers: [("If-None-Match", tag)])
            school.platform.clock.advance(minutes: 5)
            try await school.customer.post(
                "/api/v1/bookings/\(id)/reschedule", ["start": .string(School.tuesday(10))]
            ).expect(200)
            let moved = await school.anonymous.send("GET", path, headers: [("If-None-Match", tag)])
            school.platform.clock.advance(minutes: 5)
            try await school.customer.post("/api/v1/bookings/\(id)/cancel").expect(200)
            let cancelled = await school.anonymous.get(path)

            #expect(same.status == 304 && same.body.isEmpty)
            #expect(moved.status == 200)
            let entry = try #require(self.entries(moved).first)
            #expect(entry["SEQUENCE"] == "1" && entry["DTSTART"] == "20260303T090000Z")
            #expect(entry["DTSTAMP"] == "20260302T080500Z" && entry["CREATED"] == "20260302T080000Z")
            let last = try #require(self.entries(cancelled).first)
            #expect(last["UID"] == id && last["SEQUENCE"] == "2" && last["STATUS"] == "CANCELLED")
            #expect(last["TRANSP"] == "TRANSPARENT" && last["DTSTAMP"] == "20260302T081000Z")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsLongOverIsLeftOut(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book("2026-03-20T08:00:00Z", with: school.first).expect(201)
            let path = try await self.path(school.customer)
            school.platform.clock.set(try #require(Instant(rfc3339: "2026-04-02T07:59:00Z")))
            #expect(self.entries(await school.anonymous.get(path)).count == 2)
            school.platform.clock.set(try #require(Instant(rfc3339: "2026-04-02T08:01:00Z")))
            #expect(self.entries(await school.anonymous.get(path)).map { $0["DTSTART"] } == ["20260320T080000Z"])
        }
    }

    // MARK: The address

    @Test(arguments: TestEngine.allCases)
    func anAddressWorksUntilItIsReplacedOrRevoked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let none = try await school.customer.get("/api/v1/me/calendar-feed").expect(200)
            let first = try await self.path(school.customer)
            let second = try await self.path(school.customer)
            #expect(none == ["active": false])
            #expect(first != second)
            #expect(await school.anonymous.get(first).status == 404)
            #expect(await school.anonymous.get(second).status == 200)
            try await school.customer.delete("/api/v1/me/calendar-feed").expect(200)
            #expect(await school.anonymous.get(second).status == 404)
            let again = await school.customer.delete("/api/v1/me/calendar-feed")
            #expect(again.status == 404)
            let trail = try await school.platform.database.rows(
                "SELECT action FROM {kernel.audit_entry} WHERE action LIKE 'bookings.calendar-feed.%' ORDER BY id")
            #expect(
                trail.map { $0[0] } == ["created", "created", "revoked"].map { "bookings.calendar-feed.\($0)" })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func visitsAreNotedOnceAMinute(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            let before = try await school.customer.get("/api/v1/me/calendar-feed").expect(200)
            school.platform.clock.advance(minutes: 3)
            _ = await school.anonymous.get(path)
            #expect(try await school.step("calendar-feed-visits"))
            #expect(try await !school.step("calendar-feed-visits"))
            let after = try await school.customer.get("/api/v1/me/calendar-feed").expect(200)

            #expect(before["active"]?.bool == true && before["lastFetchedAt"] == nil)
            #expect(after["lastFetchedAt"]?.string == "2026-03-02T08:03:00Z")
        }
    }

    /// A calendar program sends no header that would tell the organization; one that does changes nothing.
    @Test(arguments: TestEngine.allCases)
    func theSecretTellsTheOrganization(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            let client = APIClient(try school.platform.api())
            #expect(await client.get(path).status == 200)
            let misled = APIClient(
                try school.platform.api(),
                headers: [("Almanac-Organization", "south"), ("Authorization", "Bearer nonsense")])
            #expect(await misled.get(path).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func addressesThatLeadNowhereAllLookTheSame(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            let secret = try #require(path.split(separator: "/").last)
            let other = AddressSecret(
                for: try school.platform.organization(.south).id, random: SeededRandom(seed: 7)
            ).reveal()
            var answers: [JSON] = []
            for file in [String(secret.dropLast(4)), "\(secret).ics", "x.ics", ".ics", "\(other).ics"] {
                var problem = try await school.anonymous.get("/api/v1/calendar-feeds/\(file)").expect(404).object
                problem?["request"] = nil
                answers.append(.object(problem ?? [:]))
            }
            #expect(Set(answers.map(\.description)).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFeedEndsWithTheAccount(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            let person = try school.platform.person(.customer)
            let table = engine == .sqlite ? "kernel_person" : "kernel.person"
            try await school.platform.database.run(
                "UPDATE \(table) SET disabled_at = 1 WHERE id = \(Self.literal(person, engine))")
            #expect(await school.anonymous.get(path).status == 404)
        }
    }

    private static func literal(_ id: ID<Person>, _ engine: TestEngine) -> String {
        let digits = id.description.replacing("-", with: "")
        return engine == .sqlite ? "x'\(digits)'" : "'\(id)'"
    }

    /// Neither the table nor the log holds what an address is made of.
    @Test(arguments: TestEngine.allCases)
    func theSecretIsNowhereToBeRead(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            let secret = try #require(path.split(separator: "/").last.map { String($0.dropLast(4)) })
            let rows = try await school.platform.database.rows("SELECT * FROM {bookings.calendar_feed}")
            #expect(!"\(rows)".contains(secret.suffix(20)))
            let log = TestLog()
            let api = try API(
                school.platform.runtime, settings: APISettings(title: "Test", version: "0"), logger: log.logger)
            let table = engine == .sqlite ? "bookings_calendar_feed" : "bookings.calendar_feed"
            try await school.platform.database.run("DROP TABLE \(table)")
            let failed = await APIClient(api).get(path)
            #expect(failed.status == 500)
            #expect(log.all.contains { $0.contains("request failed") })
            #expect(!log.all.contains { $0.contains(secret.suffix(20)) })
        }
    }

    // MARK: One booking

    @Test(arguments: TestEngine.allCases)
    func oneBookingIsHadAsAFile(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booking = try await school.book(School.tuesday(9), with: school.first).expect(201)
            let path = "/api/v1/bookings/\(booking.id)/calendar.ics"
            let own = await school.customer.get(path)
            let number = try #require(booking["number"]?.string)

            #expect(own.status == 200)
            #expect(self.entries(own).map { $0["UID"] } == [booking.id])
            #expect(own.response.header("content-disposition") == "inline; filename=\"\(number).ics\"")
            #expect(await school.instructor.get(path).status == 200)
            #expect(await school.otherCustomer.get(path).status == 404)
            #expect(await school.anonymous.get(path).status == 401)
            let html = await school.customer.send("GET", path, headers: [("Accept", "text/html")])
            #expect(html.status == 406)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func feedsGoWithThePerson(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let path = try await self.path(school.customer)
            _ = try await school.erase(.customer)
            #expect(await school.anonymous.get(path).status == 404)
            let left = try await school.platform.database.rows("SELECT count(*) FROM {bookings.calendar_feed}")
            #expect(left == [["0"]])
        }
    }
}

/// Feeds where several people give something together.
struct CoHostFeedTests {
    @Test(arguments: TestEngine.allCases)
    func aBookingShowsInTheFeedOfEveryHost(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.makeEventType(
                "course", ["hosting": ["mode": "all"], "providers": [.string(school.second), .string(school.first)]])
            // The instructor who can sign in comes second.
            let id = try await school.book("course", at: School.tuesday(9)).expect(201).id
            let path = try #require(
                try await school.instructor.post("/api/v1/me/calendar-feed").expect(201)["path"]?.string)
            let feed = await school.anonymous.get(path)
            let text = String(decoding: feed.body, as: UTF8.self).replacing("\r\n ", with: "")
            #expect(text.contains("\r\nUID:\(id)\r\n"))
            let customer = try #require(
                try await school.customer.post("/api/v1/me/calendar-feed").expect(201)["path"]?.string)
            let theirs = await school.anonymous.get(customer)
            let words = String(decoding: theirs.body, as: UTF8.self).replacing("\r\n ", with: "")
            #expect(words.contains("Emre Yılmaz\\, "))
        }
    }
}
