import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Mails that lead people without an account to their booking.
struct GuestAccessMailTests {
    private static func runJobs(_ practice: Practice) async throws {
        try await practice.deliver()
        while try await practice.platform.runtime.scheduler.step() > 0 {}
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
        try await withPractice(engine) { practice in
            let booked = try await practice.bookAsGuest()
            let id = booked.booking

            try await Self.runJobs(practice)
            let first = try #require(Self.tokens(practice.mailbox).first)
            let mail = try #require(practice.mailbox.mails.first { $0.kind == "messaging.guest-access" })
            #expect(
                mail.recipient.text == "gast@example.org" && mail.subject == "Access to your booking: Driving lesson")
            #expect(try await practice.status(first, of: id) == 200)
            for row in ["kernel.event", "kernel.job", "messaging.message", "bookings.guest_access"] {
                let found = try await practice.platform.database.rows("SELECT * FROM {\(row)}")
                #expect(!found.contains { $0.contains { $0?.contains(first) ?? false } })
            }

            // The staff send another one, and all before it end.
            try await practice.client(as: .admin).post("/api/v1/bookings/\(id)/guest-access").expect(202)
            try await Self.runJobs(practice)
            let last = try #require(Self.tokens(practice.mailbox).last)
            #expect(first != last)
            #expect(try await practice.status(first, of: id) == 401)
            #expect(try await practice.status(booked.token, of: id) == 401)
            #expect(try await practice.status(last, of: id) == 200)
        }
    }

    /// The mail that a series comes with leads to all of it, and says so.
    @Test(arguments: TestEngine.allCases)
    func aGuestIsMailedOneTokenForASeries(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.openToGuests()
            let made = try await practice.guest().post(
                "/api/v1/guest-booking-series",
                [
                    "eventType": "lesson", "start": "2026-03-03T10:00", "rule": "FREQ=WEEKLY;COUNT=2",
                    "provider": .string(practice.first), "givenName": "Greta", "familyName": "Gast",
                    "email": "gast@example.org", "locale": "en",
                ]
            ).expect(201)

            try await Self.runJobs(practice)

            let token = try #require(Self.tokens(practice.mailbox).first)
            #expect(Self.tokens(practice.mailbox).count == 1)
            let mail = try #require(practice.mailbox.mails.first { $0.kind == "messaging.guest-access" })
            #expect(mail.text.contains("the other appointments of its series"))
            for booking in made["bookings"]?.array ?? [] {
                #expect(try await practice.status(token, of: booking.id) == 200)
            }
        }
    }
}
