import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Addresses of callers who are nobody known are forgotten after some months.
struct SubjectKeyExpiryTests {
    private static let stranger = "203.0.113.99"
    private static let customer = "203.0.113.77"

    private static func set(_ date: String, _ platform: TestPlatform) throws {
        guard let instant = Instant(rfc3339: date + "T09:00:00Z") else { throw TestKitError("\(date) is no date") }
        platform.clock.set(instant)
    }

    @Test(arguments: TestEngine.allCases)
    func strangersAreForgottenAfterTheirMonths(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            let expiry = SubjectKeyExpiry(platform.runtime.database, months: 13, logger: SilentLog.logger)
            try await platform.act("notes.customer", from: Self.customer)
            for number in 1...5 { try await platform.refuse(from: Self.stranger, code: "code_\(number)") }
            try Self.set("2026-04-01", platform)
            try await platform.refuse(from: Self.stranger, code: "april")
            try await platform.sealEverything()
            #expect(try await platform.keys() == [1, 2])
            #expect(try await platform.actions(from: Self.stranger).count == 6)

            try Self.set("2027-04-30", platform)
            #expect(try await expiry.step() == SubjectKeyExpiry.Progress())
            try Self.set("2027-05-01", platform)
            var steps: [SubjectKeyExpiry.Progress] = []
            for _ in 0..<10 {
                steps.append(try await expiry.step(limit: 2))
                // Whoever looks between two steps finds nothing wrong.
                #expect(try await platform.verify().findings == [])
                if steps.last?.hasMore == false { break }
            }

            #expect(steps.map(\.unindexed) == [2, 2, 1, 0])
            #expect(steps.map(\.removed) == [0, 0, 1, 0])
            #expect(try await platform.keys() == [1, 1])
            #expect(try await platform.actions(from: Self.stranger).count == 1)
            #expect(try await platform.actions(from: Self.customer) == ["notes.customer"])
            #expect(try await platform.verify().erased == 5)
        }
    }
}
