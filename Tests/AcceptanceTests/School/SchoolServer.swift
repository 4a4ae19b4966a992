import AlmanacStorage
import AlmanacTestKit
import Testing

/// A school's server, called over a socket as any client would.
struct SchoolServer: Sendable {
    let process: ServerProcess
    let school: School

    /// A lesson that can be booked.
    struct Slot: Sendable {
        let eventType: String
        let provider: String
        let start: String

        /// What `POST /bookings` takes.
        var booking: JSON {
            ["eventType": .string(self.eventType), "provider": .string(self.provider), "start": .string(self.start)]
        }
    }

    var client: LoopbackClient { self.process.client }

    /// Signs in and returns the token.
    func token(of email: String = School.customer) async throws -> String {
        let password = try #require(self.school.passphrases[email])
        let answer = try await self.client.post(
            "/api/v1/auth/token", ["email": .string(email), "password": .string(password)])
        try #require(answer.status == 200, "\(answer)")
        return try #require(answer.json()["accessToken"]?.string)
    }

    /// The id of the lesson.
    func lesson(_ token: String) async throws -> String {
        let answer = try await self.client.get("/api/v1/event-types", token: token)
        return try #require(answer.json()["items"]?[0]?["id"]?.string, "\(answer)")
    }

    /// The free lessons from tomorrow on, at most 21 days of them, in the order of the answer.
    func slots(_ token: String) async throws -> [Slot] {
        let lesson = try await self.lesson(token)
        let today = LocalDate(daysSinceEpoch: Int(SystemClock().now.seconds / 86_400))
        let days = "from=\(today.adding(days: 1))&to=\(today.adding(days: 21))"
        let answer = try await self.client.get(
            "/api/v1/slots?eventType=\(lesson)&\(days)&timeZone=Europe/Berlin", token: token)
        let items = try #require(answer.json()["items"]?.array, "\(answer)")
        return try items.map { item in
            Slot(
                eventType: lesson, provider: try #require(item["provider"]?.string),
                start: try #require(item["start"]?.string))
        }
    }

    /// Books.
    func book(_ slot: Slot, _ token: String) async throws -> LoopbackResponse {
        try await self.client.post("/api/v1/bookings", token: token, slot.booking)
    }

    /// The starts of all bookings that the user may see, over all pages.
    func bookings(_ token: String) async throws -> [JSON] {
        var found: [JSON] = []
        var after: String?
        repeat {
            let target = "/api/v1/bookings?limit=50" + (after.map { "&after=\($0)" } ?? "")
            let answer = try await self.client.get(target, token: token)
            found += try #require(answer.json()["items"]?.array, "\(answer)")
            after = try answer.json()["next"]?.string
        } while after != nil
        return found
    }
}

extension LoopbackResponse {
    /// The `code` of a problem; checks that it is one as RFC 9457 wants it.
    func problemCode() throws -> String? {
        let body = try self.json()
        #expect(self.header("content-type") == "application/problem+json")
        #expect(body["status"]?.int == self.status)
        #expect(body["title"]?.string?.isEmpty == false)
        return body["code"]?.string
    }
}
