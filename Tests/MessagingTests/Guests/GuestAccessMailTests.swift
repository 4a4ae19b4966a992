import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Messaging
import Testing

/// Mails that lead people without an account to their booking.
struct GuestAccessMailTests {
    private static func withPlatform(
        _ engine: TestEngine, _ body: (TestPlatform, TestMailbox) async throws -> Void
    ) async throws {
        let mailbox = TestMailbox()
        var setup = TestPlatform.Setup()
        setup.mail = mailbox
        try await AlmanacTestKit.withPlatform(engine, plugins: [Bookings.self, Messaging.self], setup: setup) {
            try await body($0, mailbox)
        }
    }

    private static func runJobs(_ platform: TestPlatform) async throws {
        try await platform.deliverEvents()
        while try await platform.runtime.scheduler.step() > 0 {}
    }

    /// The tokens that mails hold, each on a line of its own.
    private static func tokens(_ mailbox: TestMailbox) -> [String] {
        var tokens: [String] = []
        for mail in mailbox.mails where mail.kind == "messaging.guest-access" {
            for line in mail.text.split(separator: "\n") {
                let text = String(line.drop { $0 == " " })
                if text.utf8.count == 64, !text.contains(" ") { tokens.append(text) }
            }
        }
        return tokens
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestIsMailedATokenThatIsKeptNowhere(_ engine: TestEngine) async throws {
        try await Self.withPlatform(engine) { platform, mailbox in
            let (admin, anonymous) = (try await platform.client(as: .admin), try await platform.client())
            let provider = try await Self.makeProvider(admin)
            try await admin.post(
                "/api/v1/event-types",
                [
                    "slug": "lesson", "name": ["en": "Driving lesson"], "durationMinutes": 60, "allowsGuests": true,
                    "price": ["amount": 6500, "currency": "EUR"], "providers": [.string(provider)],
                ]
            ).expect(201)
            let booked = try await anonymous.post(
                "/api/v1/guest-bookings",
                [
                    "eventType": "lesson", "start": "2026-03-03T09:00:00Z", "givenName": "Greta", "familyName": "Gast",
                    "email": "gast@example.org", "locale": "en",
                ]
            ).expect(201)
            let id = booked["booking"]?["id"]?.string ?? ""

            try await Self.runJobs(platform)
            let first = try #require(Self.tokens(mailbox).first)
            let mail = try #require(mailbox.mails.first { $0.kind == "messaging.guest-access" })
            #expect(
                mail.recipient.text == "gast@example.org" && mail.subject == "Access to your booking: Driving lesson")
            #expect(try await Self.status(first, id, anonymous) == 200)
            for row in ["kernel.event", "kernel.job", "messaging.message", "bookings.guest_access"] {
                let found = try await platform.database.rows("SELECT * FROM {\(row)}")
                #expect(!found.contains { $0.contains { $0?.contains(first) ?? false } })
            }

            // The staff send another one, and all before it end.
            try await admin.post("/api/v1/bookings/\(id)/guest-access").expect(202)
            try await Self.runJobs(platform)
            let last = try #require(Self.tokens(mailbox).last)
            #expect(first != last)
            #expect(try await Self.status(first, id, anonymous) == 401)
            #expect(try await Self.status(booked["accessToken"]?.string ?? "", id, anonymous) == 401)
            #expect(try await Self.status(last, id, anonymous) == 200)
        }
    }

    /// The mail that a series comes with leads to all of it, and says so.
    @Test(arguments: TestEngine.allCases)
    func aGuestIsMailedOneTokenForASeries(_ engine: TestEngine) async throws {
        try await Self.withPlatform(engine) { platform, mailbox in
            let (admin, anonymous) = (try await platform.client(as: .admin), try await platform.client())
            let provider = try await Self.makeProvider(admin)
            try await admin.post(
                "/api/v1/event-types",
                [
                    "slug": "lesson", "name": ["en": "Driving lesson"], "durationMinutes": 60, "allowsGuests": true,
                    "price": ["amount": 6500, "currency": "EUR"], "providers": [.string(provider)],
                ]
            ).expect(201)
            let made = try await anonymous.post(
                "/api/v1/guest-booking-series",
                [
                    "eventType": "lesson", "start": "2026-03-03T10:00", "rule": "FREQ=WEEKLY;COUNT=2",
                    "givenName": "Greta", "familyName": "Gast", "email": "gast@example.org", "locale": "en",
                ]
            ).expect(201)

            try await Self.runJobs(platform)

            let token = try #require(Self.tokens(mailbox).first)
            #expect(Self.tokens(mailbox).count == 1)
            let mail = try #require(mailbox.mails.first { $0.kind == "messaging.guest-access" })
            #expect(mail.text.contains("the other appointments of its series"))
            for booking in made["bookings"]?.array ?? [] {
                #expect(try await Self.status(token, booking["id"]?.string ?? "", anonymous) == 200)
            }
        }
    }

    private static func makeProvider(_ admin: APIClient) async throws -> String {
        let made = try await admin.post("/api/v1/providers", ["givenName": "Ada", "familyName": "Lehrer"]).expect(201)
        let id = made["id"]?.string ?? ""
        try await admin.send(
            "PUT", "/api/v1/providers/\(id)/weekly-rules",
            json: ["rules": [["weekday": 2, "start": "09:00", "end": "17:00"]]], headers: [("If-Match", "*")]
        ).expect(200)
        return id
    }

    private static func status(_ token: String, _ booking: String, _ client: APIClient) async throws -> Int {
        var guest = client
        guest.headers.append(("Authorization", "Booking-Token \(token)"))
        return await guest.get("/api/v1/bookings/\(booking)").status
    }
}
