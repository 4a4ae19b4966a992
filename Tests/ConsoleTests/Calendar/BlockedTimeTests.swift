import AlmanacConsole
import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

/// Time that is taken without a booking is moved and made longer or shorter, by the API and in the calendar.
struct BlockedTimeTests {
    private static let path = "/api/v1/blocked-times"

    private func block(_ school: DrivingSchool, of provider: String) async throws -> JSON {
        let answer = await school.admin.post(
            Self.path,
            [
                "provider": .string(provider), "start": "2026-03-04T10:00:00Z", "end": "2026-03-04T11:00:00Z",
                "reason": "Inspection <of the car>",
            ])
        return try answer.expect(201)
    }

    private func replace(
        _ id: String, _ start: String, _ end: String, version: String = "\"1\"", as client: APIClient
    ) async -> APIAnswer {
        await client.send(
            "PUT", "\(Self.path)/\(id)", json: ["start": .string(start), "end": .string(end), "reason": "Longer"],
            headers: [("If-Match", version)])
    }

    @Test(arguments: TestEngine.allCases)
    func itIsMovedAndResizedByWhomeverMay(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let own = try await self.block(school, of: school.first)
            let other = try await self.block(school, of: school.second)
            let provider = try await school.platform.client(as: .provider)

            let moved = await self.replace(own.id, "2026-03-04T10:30:00Z", "2026-03-04T12:00:00Z", as: provider)
            #expect(try moved.expect(200)["version"]?.int == 2)
            let read = try await provider.get("\(Self.path)/\(own.id)").expect(200)
            #expect(read["start"]?.string == "2026-03-04T10:30:00Z" && read["end"]?.string == "2026-03-04T12:00:00Z")
            #expect(read["reason"]?.string == "Longer")
            // The time behind it is taken now, what was before it is free again.
            let slots =
                try await school.admin.get(
                    "/api/v1/slots?eventType=talk&provider=\(school.first)&from=2026-03-04&to=2026-03-04"
                ).expect(200)["items"]?.array?.compactMap { $0["start"]?.string } ?? []
            #expect(slots.contains("2026-03-04T09:30:00Z"))
            #expect(!slots.contains("2026-03-04T11:00:00Z") && slots.contains("2026-03-04T12:00:00Z"))
            let audit = try await school.admin.get("/api/v1/audit?action=bookings.blocked-time.replaced").expect(200)
            #expect(audit["items"]?.array?.count == 1)

            // Whom it does not concern it is not there.
            try await provider.get("\(Self.path)/\(other.id)").expect(404)
            let foreign = await self.replace(other.id, "2026-03-04T10:00:00Z", "2026-03-04T12:00:00Z", as: provider)
            try foreign.expect(404)
            try await school.customer.get("\(Self.path)/\(own.id)").expect(403)

            let stale = await self.replace(own.id, "2026-03-04T10:00:00Z", "2026-03-04T12:00:00Z", as: provider)
            try stale.expect(412)
            for end in ["2026-03-04T10:00:00Z", "2030-03-04T10:00:00Z"] {
                let wrong = await self.replace(own.id, "2026-03-04T10:00:00Z", end, version: "\"2\"", as: provider)
                try wrong.expect(422)
            }
        }
    }

    /// Of two who have seen the same version one changes it, and the other is told.
    @Test(arguments: TestEngine.allCases)
    func oneOfTwoChangesIt(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            for _ in 0..<5 {
                let blocked = try await self.block(school, of: school.second)
                let (path, admin) = ("\(Self.path)/\(blocked.id)", school.admin)
                let statuses = await withTaskGroup(of: Int.self) { group in
                    for minute in ["15", "30"] {
                        group.addTask {
                            await admin.send(
                                "PUT", path,
                                json: [
                                    "start": .string("2026-03-04T10:\(minute):00Z"), "end": "2026-03-04T13:00:00Z",
                                ], headers: [("If-Match", "\"1\"")]
                            ).status
                        }
                    }
                    return await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.sorted() == [200, 412])
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theCalendarShowsItAndLeadsToItsForm(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let blocked = try await self.block(school, of: school.first)
            let browser = try await school.platform.browser(as: .admin)
            let address = "/console/calendar?view=week&date=2026-03-04&zone=Europe%2FBerlin"
            let week = await browser.get(address)
            #expect(week.text.contains("Inspection &lt;of the car&gt;"))
            #expect(week.text.contains("data-move=\"/console/blocked-times/\(blocked.id)/edit\""))
            #expect(week.text.contains("data-end-field=\"end\""))
            // Nothing of it where somebody else's time was chosen.
            let other = await browser.get("\(address)&providers=\(school.second)")
            #expect(!other.text.contains(blocked.id))

            let place = "/console/blocked-times/\(blocked.id)/edit"
            let form = await browser.get(
                "\(place)?start=2026-03-04T10:00:00Z&end=2026-03-04T12:15:00Z&back="
                    + address.replacing("&", with: "%26").replacing("%2F", with: "%252F"))
            #expect(form.text.contains("value=\"2026-03-04T12:15\""))
            let saved = await browser.submit(
                form, to: place,
                [
                    ("start", "2026-03-04T10:00"), ("end", "2026-03-04T12:15"), ("reason", "Inspection"),
                    ("back", address),
                ])
            #expect(saved.status == 303)
            #expect(saved.header("location") == "\(address)&did=saved")
            let now = try await school.admin.get("\(Self.path)/\(blocked.id)").expect(200)
            #expect(now["end"]?.string == "2026-03-04T12:15:00Z")
        }
    }
}
