import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import Messaging

/// Where several people give something together, all of them are told.
struct HostTests {
    /// A course that both instructors give together.
    private func makeCourse(_ practice: Practice, by hosts: [String]? = nil, version: Int? = nil) async throws {
        let admin = try await practice.client(as: .admin)
        let providers = (hosts ?? [practice.first, practice.second]).map(JSON.string)
        let course: JSON = [
            "slug": "course", "name": ["de": "Kurs", "en": "Course"], "durationMinutes": 60,
            "price": ["amount": 9000, "currency": "EUR"], "bookingWindowDays": 365, "providers": .array(providers),
            "hosting": ["mode": "all"],
        ]
        if version == nil {
            try await admin.post("/api/v1/event-types", course).expect(201)
            return
        }
        let id = try await admin.get("/api/v1/event-types/course").expect(200).id
        try await admin.send(
            "PUT", "/api/v1/event-types/\(id)", json: course, headers: [("If-Match", "*")]
        ).expect(200)
    }

    private func book(_ practice: Practice, _ start: Instant) async throws -> String {
        try await practice.client(as: .customer).post(
            "/api/v1/bookings", ["eventType": "course", "start": .string(start.rfc3339)]
        ).expect(201).id
    }

    @Test(arguments: TestEngine.allCases)
    func everyHostIsToldOfABookingAndOfItsEnd(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await self.makeCourse(practice)
            let booking = try await self.book(practice, try practice.march(6, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects(to: Practice.colleague).count == 1)
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
            let mail = practice.mailbox.mails.first { $0.recipient.text == TestMember.customer.email }
            #expect(mail?.text.contains("Yılmaz") == true)
            let reminders = try await practice.log("&channel=email&type=bookingReminder")
            #expect(reminders.filter { $0["audience"]?.string == "provider" }.count == 2)

            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects(to: Practice.colleague).last?.hasPrefix("Abgesagt") == true)
            #expect(practice.subjects(to: TestMember.provider.email).last?.hasPrefix("Abgesagt") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsNoHostAnyMoreIsToldThat(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await self.makeCourse(practice)
            let booking = try await self.book(practice, try practice.march(6, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await self.makeCourse(practice, by: [practice.first], version: 1)
            try await practice.move(booking, to: try practice.march(6, 12))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects(to: Practice.colleague).last?.hasPrefix("Abgesagt") == true)
            #expect(practice.subjects(to: TestMember.provider.email).last?.hasPrefix("Verschoben") == true)

            try await self.makeCourse(practice, version: 1)
            try await practice.move(booking, to: try practice.march(6, 14))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects(to: Practice.colleague).last?.hasPrefix("Neuer Termin") == true)
        }
    }
}
