import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Foundation
import Testing

@testable import AlmanacKernel

/// Whoever waits is told what is kept for them, until when, and where to answer.
struct OfferMessageTests {
    /// Lets the customer wait for ten o'clock on the Tuesday, which somebody else has booked and then calls off.
    ///
    /// - Returns: The entry, which has an offer until eleven o'clock on the tests' Monday, by the clock of the school.
    private static func offer(_ practice: Practice) async throws -> String {
        let booking = try await practice.book(try practice.march(3, 10), as: .otherCustomer)
        let wish: JSON = [
            "eventType": "lesson", "from": "2026-03-03", "to": "2026-03-03", "startTime": "10:00", "endTime": "11:00",
            "providers": [.string(practice.first)],
        ]
        let entry = try await practice.client(as: .customer).post("/api/v1/waitlist", wish).expect(201).id
        try await practice.client(as: .otherCustomer).post("/api/v1/bookings/\(booking)/cancel", [:]).expect(200)
        // That it is free, whoever waits for it, and that it is kept for them.
        try await practice.deliver()
        _ = try await practice.platform.runtime.scheduler.drain()
        try await practice.deliver()
        return entry
    }

    private static let subject = "Frei für Sie: Fahrstunde, Dienstag, 3. März 2026 um 10:00"

    @Test(arguments: TestEngine.allCases)
    func whoWaitsIsToldAtOnce(_ engine: TestEngine) async throws {
        let pages = AccountPolicy(publicURL: "https://book.example")
        try await withPractice(engine, accounts: pages) { practice in
            let entry = try await Self.offer(practice)

            try await practice.send()

            #expect(practice.subjects() == [Self.subject])
            let text = try #require(practice.mailbox.mails.first { $0.subject == Self.subject }?.text)
            #expect(text.contains("Montag, 2. März 2026 um 11:00"))
            // Whoever has an account signs in.
            let link = "https://book.example/book/waitlist?entry=\(entry)&organization=north"
            #expect(text.contains(link) && !text.contains("token="))
            let inbox = try await practice.client(as: .customer).get("/api/v1/me/inbox").expect(200)
            let item = try #require(inbox["items"]?.array?.first)
            #expect(item["type"]?.string == "waitlistOffered" && item["waitlistEntry"]?.string == entry)
            #expect(item["booking"] == nil && item["calendarEvent"] == nil)
            // Nobody else, nor again when the event comes again.
            try await practice.deliverAgain()
            try await practice.pass(minutes: 5)
            #expect(
                try await practice.fates("&type=waitlistOffered")
                    == ["waitlistOffered customer email sent", "waitlistOffered customer inApp sent"])
        }
    }

    /// Lets two guests wait for ten and for twelve o'clock on the Tuesday; both are called off.
    ///
    /// - Returns: The answers to them.
    private static func offerToGuests(_ practice: Practice) async throws -> [JSON] {
        let admin = try await practice.client(as: .admin)
        try await admin.send(
            "PATCH", "/api/v1/settings/bookings", json: ["settings": ["guestBookings": true]],
            headers: [("If-Match", "*")]
        ).expect(200)
        practice.platform.clock.advance(minutes: 1)
        var (bookings, entries): ([String], [JSON]) = ([], [])
        for hour in [10, 12] {
            bookings.append(try await practice.book(try practice.march(3, hour), as: .otherCustomer))
            let wish: JSON = [
                "eventType": "lesson", "from": "2026-03-03", "to": "2026-03-03", "startTime": .string("\(hour):00"),
                "endTime": .string("\(hour + 1):00"), "providers": [.string(practice.first)], "givenName": "Greta",
                "familyName": "Gast", "email": .string("gast\(hour)@example.org"),
            ]
            let anonymous = try await practice.platform.client(in: practice.place)
            entries.append(try await anonymous.post("/api/v1/guest-waitlist", wish).expect(201))
        }
        for booking in bookings { try await practice.cancel(booking) }
        try await practice.deliver()
        _ = try await practice.platform.runtime.scheduler.drain()
        try await practice.deliver()
        return entries
    }

    private static let pages = AccountPolicy(publicURL: "https://book.example")

    /// The tokens in the links that a guest was mailed.
    private static func tokens(to address: String, for entry: String, _ practice: Practice) -> [String] {
        practice.mailbox.mails.filter { $0.recipient.text == address }.compactMap { mail in
            let parts = mail.text.components(
                separatedBy: "https://book.example/book/waitlist?entry=\(entry)&organization=north#token=")
            return parts.count == 2 ? String(parts[1].prefix(64)) : nil
        }
    }

    private static func guest(_ token: String, _ practice: Practice) async throws -> APIClient {
        var client = try await practice.platform.client(in: practice.place)
        client.headers.append(("Authorization", "Booking-Token \(token)"))
        return client
    }

    @Test(arguments: TestEngine.allCases)
    func aGuestAnswersByTheLinkThatIsMailed(_ engine: TestEngine) async throws {
        try await withPractice(engine, accounts: Self.pages) { practice in
            let entries = try await Self.offerToGuests(practice).map { $0["entry"]?.id ?? "" }
            try await practice.send()

            let first = Self.tokens(to: "gast10@example.org", for: entries[0], practice)
            let second = Self.tokens(to: "gast12@example.org", for: entries[1], practice)
            #expect(first.count == 1 && second.count == 1 && first != second)
            let token = try #require(first.first)
            for table in [
                "kernel.event", "kernel.job", "messaging.message", "bookings.waitlist_entry",
                "bookings.waitlist_access",
            ] {
                let rows = try await practice.platform.database.rows("SELECT * FROM {\(table)}")
                #expect(!rows.joined().contains { $0?.contains(token) ?? false })
            }
            let guest = try await Self.guest(token, practice)
            let shown = try await guest.get("/api/v1/guest-waitlist/current").expect(200)
            #expect(shown.id == entries[0] && shown["status"]?.string == "offered")
            try await guest.get("/api/v1/waitlist/\(entries[1])").expect(404)
            try await guest.post("/api/v1/guest-waitlist/\(entries[1])/accept", [:]).expect(404)
            try await guest.post("/api/v1/guest-waitlist/\(entries[0])/accept", [:]).expect(201)
            // It ends with the entry.
            try await guest.get("/api/v1/guest-waitlist/current").expect(401, code: "token_invalid")
        }
    }

    /// What is sent again holds another token; all of them work, that of the answer among them.
    @Test(arguments: TestEngine.allCases)
    func whatIsSentAgainHoldsAnotherToken(_ engine: TestEngine) async throws {
        try await withPractice(engine, accounts: Self.pages) { practice in
            let joined = try await Self.offerToGuests(practice)[0]
            let entry = joined["entry"]?.id ?? ""
            try await practice.send()
            // As when its sender did not come back.
            let table = engine == .postgres ? "messaging.message" : "messaging_message"
            try await practice.platform.database.run(
                "UPDATE \(table) SET state = 'waiting', settled_at = NULL, due_at = 1 WHERE channel = 'email'")
            try await practice.send()

            let mailed = Self.tokens(to: "gast10@example.org", for: entry, practice)
            let tokens = Set(mailed + [joined["accessToken"]?.string ?? ""])
            #expect(mailed.count == 2 && tokens.count == 3)
            for token in tokens {
                let guest = try await Self.guest(token, practice)
                #expect(try await guest.get("/api/v1/guest-waitlist/current").expect(200).id == entry)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutPagesTheMailHasNoLink(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await Self.offer(practice)
            try await practice.send()

            let text = try #require(practice.mailbox.mails.first { $0.subject == Self.subject }?.text)
            #expect(!text.contains("waitlist") && !text.contains("Hier nehmen Sie"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasAnsweredOrWhoseOfferHasLapsedHearsNothing(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let entry = try await Self.offer(practice)
            try await practice.client(as: .customer).post("/api/v1/waitlist/\(entry)/decline", [:]).expect(200)
            try await practice.send()
            #expect(practice.subjects() == [])
        }
        try await withPractice(engine) { practice in
            _ = try await Self.offer(practice)
            practice.platform.clock.advance(minutes: 120)
            try await practice.send()
            #expect(practice.subjects() == [])
            #expect(
                try await practice.fates("&type=waitlistOffered&channel=email")
                    == ["waitlistOffered customer email suppressed overtaken"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoActsForThemIsToldForWhomItIs(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(4, 10))
            let ward = try await practice.client(as: .customer).get("/api/v1/bookings/\(booking)").expect(200)[
                "customer"]
            let person = try practice.platform.person(.otherCustomer, in: practice.place).description
            try await practice.client(as: .customer).post(
                "/api/v1/customers/\(ward?.id ?? "")/guardians", ["person": .string(person), "relation": "parent"]
            ).expect(201)
            _ = try await Self.offer(practice)

            try await practice.send()

            let name = ward?["name"]?.string ?? ""
            let told = practice.subjects(to: TestMember.otherCustomer.email).filter { $0.hasPrefix("Frei") }
            #expect(told == ["Frei für Sie: Fahrstunde (\(name)), Dienstag, 3. März 2026 um 10:00"])
            #expect(practice.subjects().filter { $0.hasPrefix("Frei") } == [Self.subject])
        }
    }

    /// Who is not to be disturbed is told afterwards, unless it would be too late then.
    @Test(arguments: TestEngine.allCases, [("10:00", 0), ("12:00", 1)])
    func quietHoursHoldAsLongAsTheOfferDoes(_ engine: TestEngine, _ quiet: (until: String, told: Int)) async throws {
        try await withPractice(engine) { practice in
            try await practice.prefer(["quietFrom": "08:00", "quietTo": .string(quiet.until)], as: .customer)
            _ = try await Self.offer(practice)
            try await practice.send()
            #expect(practice.subjects().count == quiet.told)
            practice.platform.clock.advance(minutes: 60)
            try await practice.send()
            #expect(practice.subjects() == [Self.subject])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTextOfTheirOwnSaysUntilWhen(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            func problems(_ audience: String, _ text: String) async -> [String] {
                await admin.post(
                    "/api/v1/message-templates",
                    [
                        "type": "waitlistOffered", "audience": .string(audience), "channel": "email", "locale": "de",
                        "subject": "Frei!", "text": .string(text),
                    ]
                ).fieldErrors
            }
            let whole = "{{eventType}}, {{start}}, bis {{expiry}}: {{link}}"
            #expect(await problems("customer", "{{eventType}}, {{start}}") == ["/text placeholder_missing"])
            #expect(await problems("provider", whole) == ["/audience audience_not_told"])
            #expect(await problems("customer", whole) == [])
            _ = try await Self.offer(practice)
            try await practice.send()
            #expect(practice.subjects() == ["Frei!"])
        }
    }
}
