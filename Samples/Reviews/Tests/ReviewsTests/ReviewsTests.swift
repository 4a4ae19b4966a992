import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Foundation
import Reviews
import Testing

struct ReviewsTests {
    @Test func keepsTheContract() async throws {
        let found = try await PluginConformance(of: Reviews.self, neighbors: [Bookings.self]).problems()
        #expect(found == [])
    }

    @Test func whatItAddsToTheConsoleIsShort() throws {
        let package = URL(fileURLWithPath: #filePath).appendingPathComponent("../../..").standardized
        let file = package.appendingPathComponent("Sources/Reviews/ReviewsConsole.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        for part in ["ConsoleResource(", "ConsoleMenuEntry(", "ConsoleChart("] { #expect(text.contains(part)) }
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 80)
    }

    @Test(arguments: TestEngine.allCases)
    func complaintsAreListedByThemselves(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let client = try await school.platform.client(as: .customer)
            for (start, stars) in [("2026-03-09T09:00:00Z", 5), ("2026-03-09T10:00:00Z", 1)] {
                let booking = try await school.book(at: start, as: .customer)
                let review: JSON = ["booking": booking, "stars": .number(JSONNumber(stars))]
                try await client.post("/api/v1/ext/reviews/reviews", review).expect(201)
            }
            let complaints = try await client.get("/api/v1/ext/reviews/reviews?stars=1").expect(200)

            #expect(complaints["items"]?.array?.map { $0["stars"]?.int } == [1])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func customersReviewTheirOwnBookingsOnce(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booking = try await school.book(at: "2026-03-09T09:00:00Z", as: .customer)
            let client = try await school.platform.client(as: .customer)
            let path = "/api/v1/ext/reviews/reviews"

            let first = await client.post(path, ["booking": booking, "stars": 5, "text": "calm and clear"])
            let review = try first.expect(201)
            let again = await client.post(path, ["booking": booking, "stars": 1])
            let list = try await client.get(path).expect(200)

            #expect(review["stars"]?.int == 5)
            #expect(again.code == "already_reviewed")
            #expect(list["items"]?.array?.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyReviewsTheBookingOfSomebodyElse(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booking = try await school.book(at: "2026-03-09T09:00:00Z", as: .customer)
            let other = try await school.platform.client(as: .otherCustomer)

            let answer = await other.post("/api/v1/ext/reviews/reviews", ["booking": booking, "stars": 1])
            let list = try await other.get("/api/v1/ext/reviews/reviews").expect(200)

            #expect(answer.status == 403)
            #expect(list["items"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoReviewsPaysLess(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let client = try await school.platform.client(as: .customer)
            let first = try await school.book(at: "2026-03-09T09:00:00Z", as: .customer)
            try await client.post("/api/v1/ext/reviews/reviews", ["booking": first, "stars": 4]).expect(201)

            let second = try await school.book(at: "2026-03-09T10:00:00Z", as: .customer)
            let read = try await client.get("/api/v1/bookings/\(second.string ?? "")").expect(200)
            let price = read["price"]?["amount"]?.int

            #expect(price == 4_500)
        }
    }

    @Test(arguments: [0, 6, -1])
    func refusesStarsThatDoNotExist(_ stars: Int) async throws {
        try await withSchool(.sqlite) { school in
            let client = try await school.platform.client(as: .customer)
            let booking: JSON = "01890000-0000-7000-8000-000000000000"

            let answer = await client.post(
                "/api/v1/ext/reviews/reviews", ["booking": booking, "stars": .number(JSONNumber(stars))])

            #expect(answer.status == 422)
            #expect(answer.fieldErrors.map { $0.split(separator: " ").first } == ["/stars"])
        }
    }
}

/// A school with one instructor and one kind of lesson for 50.00.
private struct School {
    let platform: TestPlatform
    let provider: JSON
    let eventType: JSON

    /// Books a lesson and returns its id.
    func book(at start: String, as member: TestMember) async throws -> JSON {
        let client = try await self.platform.client(as: member)
        let booked = try await client.post(
            "/api/v1/bookings", ["eventType": self.eventType, "provider": self.provider, "start": .string(start)]
        ).expect(201)
        return try #require(booked["id"])
    }
}

/// Runs `body` with a school whose reviews earn ten percent from the first on.
private func withSchool(_ engine: TestEngine, _ body: (School) async throws -> Void) async throws {
    let enabled = [
        EnabledPlugin("bookings"), EnabledPlugin(.reviews, settings: ["reviewsForDiscount": 1, "discountPercent": 10]),
    ]
    try await withPlatform(engine, plugins: [Bookings.self, Reviews.self], enabled: enabled) { platform in
        let admin = try await platform.client(as: .admin)
        let made = await admin.post(
            "/api/v1/providers", ["givenName": "Ada", "familyName": "Berg", "timeZone": "Europe/Berlin"])
        let provider = try #require(try made.expect(201)["id"])
        let rules: JSON = ["rules": [["weekday": 1, "start": "08:00", "end": "18:00"]]]
        try await admin.send(
            "PUT", "/api/v1/providers/\(provider.string ?? "")/weekly-rules", json: rules,
            headers: [("If-Match", "\"\(made.version ?? 1)\"")]
        ).expect(200)
        let lesson = try await admin.post(
            "/api/v1/event-types",
            [
                "slug": "lesson", "name": "Lesson", "durationMinutes": 60,
                "price": ["amount": 5_000, "currency": "EUR"], "providers": [provider],
            ]
        ).expect(201)
        try await body(School(platform: platform, provider: provider, eventType: try #require(lesson["id"])))
    }
}
