import AlmanacConsole
import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

/// What those are told who look at a calendar while others change it.
@Suite(.timeLimit(.minutes(60)))
struct CalendarLiveTests {
    private static let live = "/api/v1/bookings/live"

    /// Whoever listens, after the first event has been read and the numbers are known.
    private func listen(
        _ client: APIClient, _ school: DrivingSchool, after position: String? = nil
    ) async throws
        -> LiveListener
    {
        let listener = await client.listen(Self.live, after: position)
        if position == nil { #expect(await listener.next()?.name == "following") }
        try await school.platform.lookAround()
        return listener
    }

    /// What has been told by the time at which a booking of somebody's own is: everything before it was told too.
    private func told(_ listener: LiveListener, until id: String) async -> [String] {
        var told: [String] = []
        while let event = await listener.next() {
            guard event.name == "booking" else {
                told.append(event.name)
                continue
            }
            told.append("\(event.data["kind"]?.string ?? "") \(event.data.id)")
            if event.data.id == id { break }
        }
        return told
    }

    @Test(arguments: TestEngine.allCases)
    func tellsOfWhatWasMadeAndChangedElsewhere(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let listener = try await self.listen(school.admin, school)
            let made = try await school.book("2026-03-03T10:00:00+01:00", of: "test")
            try await school.platform.lookAround()
            let first = try #require(await listener.next())
            #expect(first.name == "booking" && first.data["kind"]?.string == "made")
            let facts = try #require(first.data["booking"])
            #expect(facts["status"]?.string == "pending" && facts["version"]?.int == 1)
            #expect(facts["provider"]?.string == school.first)
            // Ids and facts, and nobody's name.
            #expect(Set(facts.object?.members.map(\.name) ?? []) == ["status", "provider", "start", "end", "version"])

            try await school.admin.post("/api/v1/bookings/\(made.id)/approve").expect(200)
            try await school.platform.lookAround()
            #expect(await self.told(listener, until: made.id) == ["confirmed \(made.id)"])

            let blocked = await school.admin.post(
                "/api/v1/blocked-times",
                [
                    "provider": .string(school.first), "start": "2026-03-04T10:00:00Z", "end": "2026-03-04T11:00:00Z",
                ])
            try blocked.expect(201)
            try await school.platform.lookAround()
            #expect(await listener.next()?.name == "taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyIsToldWhatTheyMayNotSee(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let provider = try await school.platform.client(as: .provider)
            let other = try await school.platform.client(as: .otherCustomer)
            let listeners = [
                try await self.listen(provider, school), try await self.listen(school.customer, school),
            ]
            // Somebody else's with another provider: for neither of them.
            let hidden = try await school.book("2026-03-03T10:00:00+01:00", with: school.second, as: other)
            let mine = try await school.book("2026-03-03T12:00:00+01:00", with: school.first)
            try await school.platform.lookAround()
            for listener in listeners {
                let told = await self.told(listener, until: mine.id)
                #expect(told.contains("made \(mine.id)"))
                #expect(!told.contains { $0.contains(hidden.id) })
            }
            let anonymous = try await school.platform.client()
            #expect(await anonymous.listen(Self.live).answer.status == 401)
            // Nor of what happens in another organization, nor from a position that is somebody else's.
            let position = "\(TestClock.start.microseconds / 1_000 - 1_000)"
            let curious = await other.listen("\(Self.live)?forSeconds=0", after: position)
            let rest = await curious.rest()
            #expect(rest.contains { $0.data.id == hidden.id }, "\(rest)")
            #expect(!rest.contains { $0.data.id == mine.id })
        }
    }

    /// What is moved to another provider leaves the calendar of the first, who may not see it any more.
    @Test(arguments: TestEngine.allCases)
    func whomABookingIsTakenFromIsToldThatItIsGone(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let booking = try await school.book("2026-03-03T10:00:00+01:00", with: school.first)
            let provider = try await school.platform.client(as: .provider)
            let listener = try await self.listen(provider, school)
            let moved = await school.admin.post(
                "/api/v1/bookings/\(booking.id)/reschedule",
                ["start": "2026-03-03T12:00:00+01:00", "provider": .string(school.second)])
            try moved.expect(200)
            try await school.platform.lookAround()
            let event = try #require(await listener.next())
            #expect(event.data.id == booking.id)
            #expect(event.data["booking"] == nil || event.data["booking"]?.isNull == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoComesAgainMissesNothing(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let first = try await self.listen(school.admin, school)
            let one = try await school.book("2026-03-03T10:00:00+01:00")
            try await school.platform.lookAround()
            let event = try #require(await first.next())
            let position = try #require(event.id)
            first.leave()
            school.platform.clock.advance(seconds: 600)
            let two = try await school.book("2026-03-03T12:00:00+01:00")
            let second = await school.admin.listen("\(Self.live)?forSeconds=0", after: position)
            let rest = await second.rest()
            #expect(rest.map(\.data.id).contains(two.id))
            #expect(rest.allSatisfy { $0.name == "booking" })
            // Where it goes on behind that, what was told long ago is not told again.
            let third = await school.admin.listen("\(Self.live)?forSeconds=0", after: rest.last?.id)
            #expect(!(await third.rest().map(\.data.id).contains(one.id)))
            // Nobody knows what somebody has missed who was away for days, or comes from the future.
            for wrong in ["1", "9007199254740991"] {
                let lost = await school.admin.listen("\(Self.live)?forSeconds=0", after: wrong)
                #expect(await lost.next()?.name == "reload")
            }
        }
    }

    /// The console passes the stream on to the browser, as the one who has signed in.
    @Test(arguments: TestEngine.allCases)
    func theConsolePassesTheStreamOn(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let browser = try await school.platform.browser(as: .provider)
            let response = await browser.listen("/console/calendar/-/live")
            #expect(response.status == 200)
            #expect(response.header("content-type") == "text/event-stream")
            #expect(response.header("x-content-type-options") == "nosniff")
            let stream = try #require(response.live)
            _ = await stream.next()
            let opening = String(decoding: await stream.next() ?? [], as: UTF8.self)
            #expect(opening.contains("event: following\n"))
            try await school.platform.lookAround()
            _ = try await school.book("2026-03-03T10:00:00+01:00", with: school.second)
            let own = try await school.book("2026-03-03T12:00:00+01:00", with: school.first)
            try await school.platform.lookAround()
            var told = String(decoding: await stream.next() ?? [], as: UTF8.self)
            while !told.contains(own.id), let more = await stream.next() {
                told += String(decoding: more, as: UTF8.self)
            }
            #expect(told.contains(own.id))
            #expect(!told.contains(school.second))
            stream.leave()

            let stranger = try await school.platform.browser()
            let refused = await stranger.listen("/console/calendar/-/live")
            #expect(refused.live == nil && refused.status == 303)
            // The part that the page reads anew holds what the page shows.
            let part = await browser.get("/console/calendar/-/part?date=2026-03-03")
            #expect(part.status == 200 && part.text.contains(own.id))
            #expect(!part.text.contains("<html"))
        }
    }
}
