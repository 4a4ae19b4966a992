import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

@testable import AlmanacKernel
@testable import Messaging

/// What is kept about people is given to them, and goes with them.
struct MessagingPrivacyTests {
    private static func call(_ practice: Practice) throws -> Call {
        Call(
            organization: try practice.platform.organization(practice.place).id, principal: .system("privacy"),
            origin: Origin(.test, requestID: "test"))
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsErasedHasNoMessagesAndGetsNone(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            var bookings: [String] = []
            for practice in [north, south] {
                try await practice.prefer(["quietFrom": "13:00", "quietTo": "14:00"], as: .customer)
                bookings.append(try await practice.book(try practice.march(3, 10)))
            }
            try await north.tell()
            try await north.pass(minutes: 4)
            for (practice, booking) in zip([north, south], bookings) { try await practice.cancel(booking) }
            // What tells of the end waits.
            try await north.deliver()
            let sent = north.subjects().count
            let runtime = north.platform.runtime
            let person = try north.platform.person(.customer)
            let exported = try await runtime.invoker.run(
                runtime.privacy.export, of: .kernel, person, as: try Self.call(north))
            let tables = (exported["tables"]?.array ?? []).filter { $0["plugin"]?.string == "messaging" }
            #expect(Set(tables.map { $0["table"]?.string }) == ["inbox", "message", "preference"])
            let messages = tables.first { $0["table"]?.string == "message" }?["rows"]?.array ?? []
            #expect(messages.contains { $0["subject"]?.string?.hasPrefix("Bestätigt") == true })

            let erased = try await runtime.invoker.run(
                runtime.privacy.erase, of: .kernel, person, as: try Self.call(north))
            #expect(erased.rows["messaging.message"] == 6)
            #expect(erased.rows["messaging.preference"] == 1)
            north.platform.clock.advance(minutes: 30)
            try await north.send()
            // Only the other organization's customer, who has the same address, is still told.
            #expect(north.subjects().count == sent + 1)
            #expect(north.subjects().last?.hasPrefix("Cancelled") == true)
        }
    }

    @Test func theLogOfMessagesIsKeptForNinetyDaysFromItsEnd() {
        let retention = Messaging.declaration.retention
        #expect(retention.map(\.table.name) == ["message"])
        #expect(retention.map(\.days) == [90])
        // What waits has no end yet: a reminder of a lesson in half a year is kept.
        #expect(retention.map(\.since) == ["settled_at"])
        // Until the appointment is over the log says who has heard of it and has to hear of its end.
        #expect(retention.map(\.until) == ["end_at"])
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsLeftOfTheLogLeadsToNobody(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            for practice in [north, south] { _ = try await practice.book(try practice.march(3, 10)) }
            try await north.tell()
            try await north.pass(minutes: 4)
            let platform = north.platform
            let table = engine == .postgres ? "messaging.message" : "messaging_message"
            let secret = "550 <canary@example.org> is unknown"
            try await platform.database.run("UPDATE \(table) SET response = '\(secret)' WHERE state = 'sent'")
            platform.clock.advance(seconds: 90 * 86_400 - 3_600)
            let early = await platform.runtime.retention.service.step()
            platform.clock.advance(seconds: 86_400)
            let progress = await platform.runtime.retention.service.drain()
            var lines: [String] = []
            try await platform.runtime.retention.search(RetentionDesk.Filter()) { _, line in lines.append(line) }

            #expect(early.removed["messaging.message"] == nil)
            let removed = try #require(progress.removed["messaging.message"])
            #expect(removed > 0 && lines.count == removed)
            #expect(lines.allSatisfy { $0.contains("\"type\":\"") && $0.contains("\"settled_at\":\"") })
            for practice in [north, south] {
                for member in [TestMember.customer, .provider] {
                    let person = try platform.person(member, in: practice.place)
                    #expect(!lines.contains { $0.contains("\(person)") })
                }
            }
            #expect(!lines.contains { $0.contains("canary") || $0.contains("Best") })
        }
    }

    /// What was withdrawn since would otherwise look as if nobody had ever been told.
    @Test(arguments: TestEngine.allCases)
    func whoWasToldLongAgoStillHearsOfTheEnd(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let start = try practice.march(3, 10).adding(seconds: 20 * 7 * 86_400)
            let booking = try await practice.book(start)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.pass(minutes: 10 * 1_440)
            try await practice.move(booking, to: start.adding(seconds: 3_600))
            try await practice.deliver()
            try await practice.move(booking, to: start)
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().count == 1, "moved and moved back, which nobody hears of")
            practice.platform.clock.advance(seconds: 85 * 86_400)
            _ = await practice.platform.runtime.retention.service.drain()
            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects().count == 2)
            #expect(try await practice.fates("&type=bookingCancelled").contains("bookingCancelled customer email sent"))
        }
    }
}
