import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

/// Names beside the ids of the audit log, for those who may read them and for nobody else.
struct AuditNamesTests {
    /// The entry of a booking that the customer made, as a client sees it.
    private func entry(_ client: APIClient, _ booking: String) async throws -> JSON {
        let found = try await client.get("/api/v1/audit?objectType=booking&objectId=\(booking)").expect(200)
        return try #require(found["items"]?.array?.first)
    }

    @Test(arguments: TestEngine.allCases)
    func whoActedAndOnWhatIsNamedAndLeadsThere(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let booking = try await school.book("2026-03-03T09:00:00Z")
            let entry = try await self.entry(school.admin, booking.id)
            let user = entry["actor"]?.string?.split(separator: ":").last.map { String($0) } ?? ""
            let name = try await school.admin.get("/api/v1/users/\(user)").expect(200)["name"]?.string ?? "?"
            #expect(entry["actorName"]?.string == name)
            #expect(entry["object"]?["name"]?.string == booking["number"]?.string)

            let browser = try await school.platform.browser(as: .admin)
            let list = await browser.get("/console/audit?objectType=booking")
            #expect(list.text.contains("<a href=\"/console/users/\(user)\">\(name)</a>"))
            let number = booking["number"]?.string ?? "?"
            #expect(list.text.contains("<a href=\"/console/bookings/\(booking.id)\">Booking \(number)</a>"))
            let item = await browser.get("/console/bookings/\(booking.id)")
            #expect(item.text.contains("<a href=\"/console/users/\(user)\">\(name)</a>"))
            let file = await browser.get("/console/audit/-/export.csv?objectType=booking")
            #expect(file.text.contains("\"Booking \(number)\""))
        }
    }

    /// The right to read the log is not the right to read whom it is about.
    @Test(arguments: TestEngine.allCases)
    func whoMayReadTheLogAloneLearnsNoNames(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let booking = try await school.book("2026-03-03T09:00:00Z")
            let number = booking["number"]?.string ?? "?"
            let role: JSON = [
                "name": "auditor", "title": "Auditor",
                "rules": [
                    ["permission": "audit:read", "scope": "organization"],
                    ["permission": "bookings:read", "scope": "own"],
                ],
            ]
            try await school.admin.post("/api/v1/roles", role).expect(201)
            let users = try await school.admin.get("/api/v1/users?q=\(TestMember.otherCustomer.email)").expect(200)
            let user = try #require(users["items"]?.array?.first)
            let set = await school.admin.send(
                "PUT", "/api/v1/users/\(user.id)/roles", json: ["roles": ["auditor"]],
                headers: [("If-Match", "\"\(user["version"]?.int ?? 0)\"")])
            try set.expect(200)

            let auditor = try await school.platform.client(as: .otherCustomer)
            let entry = try await self.entry(auditor, booking.id)
            #expect(entry["actorName"] == nil)
            #expect(entry["object"]?["name"] == nil)
            let page = await (try await school.platform.browser(as: .otherCustomer)).get("/console/audit")
            #expect(page.status == 200)
            #expect(!page.text.contains(number))
            #expect(!page.text.contains("/console/users/"))
            #expect(page.text.contains("\(booking.id.prefix(8))…"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatABookingTakesHasNames(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let booking = try await school.book("2026-03-03T09:00:00Z", of: "lesson")
            let browser = try await school.platform.browser(as: .admin)
            let item = await browser.get("/console/bookings/\(booking.id)")
            #expect(item.text.contains("Golf &lt;1&gt;"))
            #expect(!item.text.contains(school.car))
            let types = try await school.admin.get("/api/v1/event-types").expect(200)
            let type = try #require(types["items"]?.array?.first { $0["slug"]?.string == "lesson" })
            let shown = await browser.get("/console/event-types/\(type.id)")
            #expect(shown.text.contains("href=\"/console/providers/\(school.second)\">Emre Yılmaz</a>"))
        }
    }
}
