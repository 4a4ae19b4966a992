import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// When people are reminded.
struct ReminderTests {
    private static func reminders(_ practice: Practice) -> [String] {
        practice.subjects().filter { $0.hasPrefix("Erinnerung") }
    }

    @Test(arguments: TestEngine.allCases)
    func comeADayBeforeTheStart(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            let due = try practice.march(4, 10)
            practice.platform.clock.set(due.adding(seconds: -1))
            try await practice.send()
            #expect(Self.reminders(practice).isEmpty)

            practice.platform.clock.set(due)
            try await practice.send()
            #expect(Self.reminders(practice) == ["Erinnerung: Fahrstunde, Donnerstag, 5. März 2026 um 10:00"])
            #expect(
                try await practice.fates("&type=bookingReminder") == [
                    "bookingReminder customer email sent", "bookingReminder customer inApp sent",
                    "bookingReminder provider email sent", "bookingReminder provider inApp sent",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func moveWithTheBookingAndGoWithIt(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(9, 14))
            try await practice.tell()
            practice.platform.clock.set(try practice.march(5, 12))
            try await practice.send()
            #expect(Self.reminders(practice).isEmpty)

            practice.platform.clock.set(try practice.march(8, 14))
            try await practice.send()
            #expect(Self.reminders(practice) == ["Erinnerung: Fahrstunde, Montag, 9. März 2026 um 14:00"])

            // Reminded of Monday, the lesson moves on: they are reminded again.
            try await practice.move(booking, to: try practice.march(12, 9))
            try await practice.tell()
            practice.platform.clock.set(try practice.march(11, 9))
            try await practice.send()
            #expect(Self.reminders(practice).count == 2)

            try await practice.move(booking, to: try practice.march(17, 9))
            try await practice.tell()
            try await practice.cancel(booking)
            practice.platform.clock.set(try practice.march(16, 9))
            try await practice.tell()
            #expect(Self.reminders(practice).count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areNotSentToWhoHasJustBooked(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(2, 12))
            try await practice.tell()
            try await practice.pass(minutes: 60)

            #expect(try await practice.fates("&type=bookingReminder").isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keepToWhatThePersonHasChosen(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.prefer(["reminderLeadMinutes": 120], as: .customer)
            try await practice.prefer(["reminderLeadMinutes": 0], as: .provider)
            _ = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            practice.platform.clock.set(try practice.march(4, 10))
            try await practice.send()
            #expect(Self.reminders(practice).isEmpty)

            practice.platform.clock.set(try practice.march(5, 8))
            try await practice.send()
            #expect(Self.reminders(practice).count == 1)
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func followAChangeOfMind(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            try await practice.prefer(["reminderLeadMinutes": 60], as: .customer)
            practice.platform.clock.set(try practice.march(4, 10))
            try await practice.send()
            #expect(Self.reminders(practice).isEmpty)
            practice.platform.clock.set(try practice.march(5, 9))
            try await practice.send()
            #expect(Self.reminders(practice).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func comeBeforeTheNightInWhichTheyWouldDisturb(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            // Three hours before nine is six o'clock.
            try await practice.prefer(
                ["reminderLeadMinutes": 180, "quietFrom": "22:00", "quietTo": "07:00"], as: .customer)
            _ = try await practice.book(try practice.march(5, 9))
            try await practice.tell()
            practice.platform.clock.set(try practice.march(4, 21, 58))
            try await practice.send()
            #expect(Self.reminders(practice).isEmpty)
            practice.platform.clock.set(try practice.march(4, 21, 59))
            try await practice.send()
            #expect(Self.reminders(practice).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areNotSentOnceTheLessonHasBegun(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(5, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            // The program was off all day.
            practice.platform.clock.set(try practice.march(5, 10))
            try await practice.send()

            #expect(Self.reminders(practice).isEmpty)
            #expect(
                Set(try await practice.log("&type=bookingReminder").map { $0["reason"]?.string }) == ["overtaken"])
        }
    }
}

extension Practice {
    /// Says how a member wants to be told.
    func prefer(_ wishes: JSON, as member: TestMember) async throws {
        try await self.client(as: member).send(
            "PUT", "/api/v1/me/message-preferences", json: wishes, headers: [("If-Match", "*")]
        ).expect(200)
    }
}
