import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel
@testable import Messaging

/// What people are told of bookings that do not take place after all, and of what became of those that did.
struct EndTests {
    /// Lessons that somebody has to approve within an hour.
    private func makeTrial(_ practice: Practice) async throws {
        let trial: JSON = [
            "slug": "trial", "name": ["de": "Probestunde", "en": "Trial"], "durationMinutes": 60,
            "price": ["amount": 0, "currency": "EUR"], "bookingWindowDays": 365,
            "providers": [.string(practice.first)], "requiresApproval": true, "approvalMinutes": 60,
        ]
        try await practice.client(as: .admin).post("/api/v1/event-types", trial).expect(201)
    }

    private func ask(_ practice: Practice) async throws -> String {
        try await practice.client(as: .customer).post(
            "/api/v1/bookings", ["eventType": "trial", "start": .string(try practice.march(6, 10).rfc3339)]
        ).expect(201).id
    }

    @Test(arguments: TestEngine.allCases)
    func whoAskedIsToldOfANo(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await self.makeTrial(practice)
            let booking = try await self.ask(practice)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.client(as: .admin).post("/api/v1/bookings/\(booking)/reject", [:]).expect(200)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects().map { $0.prefix(9) } == ["Anfrage e", "Abgelehnt"])
            #expect(practice.subjects(to: TestMember.provider.email).last?.hasPrefix("Abgelehnt") == true)
            let mail = try #require(practice.mailbox.mails.last { $0.recipient.text == TestMember.customer.email })
            #expect(mail.attachments.isEmpty == false || mail.alternatives.isEmpty == false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aNoWithinTheGraceTellsTheCustomerAlone(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await self.makeTrial(practice)
            let booking = try await self.ask(practice)
            try await practice.deliver()
            try await practice.client(as: .admin).post("/api/v1/bookings/\(booking)/reject", [:]).expect(200)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().count == 1)
            #expect(practice.subjects().first?.hasPrefix("Abgelehnt") == true)
            #expect(practice.subjects(to: TestMember.provider.email).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatNobodyDecidedHasLapsed(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await self.makeTrial(practice)
            _ = try await self.ask(practice)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            practice.platform.clock.advance(minutes: 60)
            _ = try await practice.platform.runtime.scheduler.drain()
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().last?.hasPrefix("Nicht bestätigt") == true)
            #expect(practice.subjects(to: TestMember.provider.email).last?.hasPrefix("Verfallen") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoDidNotComeIsToldAndWhoCameIsThankedWhereThatIsWanted(_ engine: TestEngine) async throws {
        for thanks in [false, true] {
            let settings: SettingsNode = thanks ? ["tellsCompletion": true] : [:]
            try await withPractice(engine, settings: settings) { practice in
                let came = try await practice.book(try practice.march(3, 10))
                let missed = try await practice.book(try practice.march(3, 12))
                try await practice.tell()
                try await practice.pass(minutes: 4)
                practice.platform.clock.set(try practice.march(3, 14))
                try await practice.send()
                let admin = try await practice.client(as: .admin)
                try await admin.post("/api/v1/bookings/\(came)/complete", [:]).expect(200)
                try await admin.post("/api/v1/bookings/\(missed)/no-show", [:]).expect(200)
                try await practice.tell()
                try await practice.pass(minutes: 4)
                let subjects = practice.subjects()
                #expect(subjects.filter { $0.hasPrefix("Verpasst") }.count == 1)
                #expect(subjects.filter { $0.hasPrefix("Vielen Dank") }.count == (thanks ? 1 : 0))
                #expect(!practice.subjects(to: TestMember.provider.email).contains { $0.hasPrefix("Verpasst") })
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereItTakesPlaceStandsInMailAndInvitation(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            let location = try await admin.post(
                "/api/v1/locations",
                [
                    "name": "Graz", "addressLines": ["Herrengasse 1"],
                    "coordinates": ["latitude": 47.0707, "longitude": 15.4395],
                ]
            ).expect(201).id
            let visit: JSON = [
                "slug": "visit", "name": ["de": "Besuch", "en": "Visit"], "durationMinutes": 60,
                "price": ["amount": 0, "currency": "EUR"], "bookingWindowDays": 365,
                "providers": [.string(practice.first)],
                "place": ["kind": "location", "locations": [.string(location)]],
            ]
            try await admin.post("/api/v1/event-types", visit).expect(201)
            try await practice.client(as: .customer).post(
                "/api/v1/bookings", ["eventType": "visit", "start": .string(try practice.march(6, 10).rfc3339)]
            ).expect(201)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            let mail = try #require(practice.mailbox.mails.first { $0.recipient.text == TestMember.customer.email })
            #expect(mail.text.contains("Ort: Graz, Herrengasse 1."))
            let parts = (mail.attachments.map(\.bytes) + mail.alternatives.map(\.bytes))
            let entry = parts.map { String(decoding: $0, as: UTF8.self) }.first { $0.contains("BEGIN:VEVENT") }
            #expect(entry?.contains("\r\nLOCATION:Graz\\, Herrengasse 1\r\n") == true)
            #expect(entry?.contains("\r\nGEO:47.070700;15.439500\r\n") == true)
        }
    }
}
