import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import Messaging

/// Reminders of calendar events that are no bookings.
struct EventReminderTests {
    private func make(_ practice: Practice, _ members: JSONObject = [:]) async throws -> String {
        var input: JSONObject = [
            "title": "Teamsitzung", "place": "Büro", "start": .string(try practice.march(6, 10).rfc3339),
            "end": .string(try practice.march(6, 11).rfc3339), "reminders": [60],
            "participants": [.string(try practice.platform.person(.customer, in: practice.place).description)],
        ]
        for member in members.members { input[member.name] = member.value }
        return try await practice.client(as: .provider).post("/api/v1/calendar-events", .object(input)).expect(201).id
    }

    @Test(arguments: TestEngine.allCases)
    func ownerAndParticipantsAreReminded(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let event = try await self.make(practice)
            try await practice.tell()
            practice.platform.clock.set(try practice.march(6, 8))
            try await practice.tell()
            #expect(practice.mailbox.mails.isEmpty)
            practice.platform.clock.set(try practice.march(6, 9))
            try await practice.tell()
            for address in [TestMember.customer.email, TestMember.provider.email] {
                #expect(practice.subjects(to: address).count == 1)
            }
            let mail = try #require(practice.mailbox.mails.first { $0.recipient.text == TestMember.customer.email })
            #expect(mail.subject.hasPrefix("Erinnerung: Teamsitzung"))
            #expect(mail.text.contains("Ort: Büro."))
            #expect(!mail.text.contains("Nummer") && mail.attachments.isEmpty && mail.alternatives.isEmpty)
            let log = try await practice.log("&type=calendarReminder&channel=email")
            #expect(log.count == 2 && log.allSatisfy { $0["calendarEvent"]?.string == event && $0["booking"] == nil })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoSaysNoIsNotReminded(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let event = try await self.make(practice)
            try await practice.tell()
            try await practice.client(as: .customer).post(
                "/api/v1/calendar-events/\(event)/answer", ["answer": "declined"]
            ).expect(200)
            try await practice.tell()
            practice.platform.clock.set(try practice.march(6, 9))
            try await practice.tell()
            #expect(practice.subjects().isEmpty)
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsMovedOrCalledOffRemindsAtTheNewTimeOrNotAtAll(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let event = try await self.make(practice)
            try await practice.tell()
            let provider = try await practice.client(as: .provider)
            let moved: JSON = [
                "title": "Teamsitzung", "start": .string(try practice.march(6, 12).rfc3339),
                "end": .string(try practice.march(6, 13).rfc3339), "reminders": [60, 30],
            ]
            try await provider.send(
                "PUT", "/api/v1/calendar-events/\(event)", json: moved, headers: [("If-Match", "*")]
            ).expect(200)
            try await practice.tell()
            practice.platform.clock.set(try practice.march(6, 10))
            try await practice.tell()
            #expect(practice.mailbox.mails.isEmpty)
            practice.platform.clock.set(try practice.march(6, 11))
            try await practice.tell()
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
            #expect(practice.subjects().isEmpty)
            let fresh = try await practice.client(as: .provider)
            try await fresh.send("DELETE", "/api/v1/calendar-events/\(event)", headers: [("If-Match", "*")]).expect(200)
            try await practice.tell()
            practice.platform.clock.set(try practice.march(6, 11, 45))
            try await practice.tell()
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
        }
    }
}
