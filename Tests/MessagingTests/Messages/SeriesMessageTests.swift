import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import Messaging

/// Of a series of bookings people are told once.
struct SeriesMessageTests {
    private func bookSeries(_ practice: Practice) async throws -> JSON {
        try await practice.client(as: .customer).post(
            "/api/v1/booking-series",
            [
                "eventType": "lesson", "provider": .string(practice.first), "start": "2026-03-06T10:00",
                "rule": "FREQ=WEEKLY;COUNT=4",
            ]
        ).expect(201)
    }

    @Test(arguments: TestEngine.allCases)
    func oneMessageTellsOfAllAndEachIsRemindedOf(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await self.bookSeries(practice)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().count == 1)
            #expect(practice.subjects().first?.hasPrefix("Gebucht: 4 × Fahrstunde") == true)
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
            let reminders = try await practice.log("&channel=email&type=bookingReminder")
            #expect(reminders.filter { $0["audience"]?.string == "customer" }.count == 4)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsCancelledWithinTheGraceIsNeverTold(_ engine: TestEngine) async throws {
        for minutes: Int64 in [0, 4] {
            try await withPractice(engine) { practice in
                let answer = try await self.bookSeries(practice)
                try await practice.tell()
                if minutes > 0 { try await practice.pass(minutes: minutes) }
                let id = answer["series"]?.id ?? ""
                try await practice.client(as: .admin).post(
                    "/api/v1/booking-series/\(id)/cancel", ["scope": "all"]
                ).expect(200)
                try await practice.tell()
                try await practice.pass(minutes: 4)
                #expect(practice.subjects().count == (minutes == 0 ? 0 : 2))
                if minutes > 0 { #expect(practice.subjects().last?.hasPrefix("Abgesagt: 4 ×") == true) }
            }
        }
    }
}
