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
            #expect(Set(tables.map { $0["table"]?.string }) == ["message", "preference"])
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
    }
}
