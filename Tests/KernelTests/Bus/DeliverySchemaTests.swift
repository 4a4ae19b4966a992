import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Events that were stored before there was a bus are delivered by it.
struct DeliverySchemaTests {
    private static let name = "deliveries of events"

    private static func id(_ number: Int, _ engine: TestEngine) -> String {
        let digits = String(number, radix: 16)
        let hexadecimal = String(repeating: "0", count: 32 - digits.count) + digits
        return engine == .postgres ? "'\(hexadecimal)'::uuid" : "x'\(hexadecimal)'"
    }

    /// Three events of one organization, the second handled, the third dead.
    private static func rows(_ engine: TestEngine) -> String {
        let (event, delivery) =
            engine == .postgres ? ("kernel.event", "kernel.delivery") : ("kernel_event", "kernel_delivery")
        let states = ["pending", "done", "dead"]
        return states.enumerated().map { index, state in
            """
            INSERT INTO \(event) (organization_id, id, name, version, ordering_key, payload, occurred_at)
            VALUES (\(Self.id(7, engine)), \(Self.id(30 - index, engine)), 'shelf.moved', 1, 'vase',
                '{"item":"vase","step":\(index)}', 5);
            INSERT INTO \(delivery) (organization_id, event_id, consumer, state, attempts, due_at)
            VALUES (\(Self.id(7, engine)), \(Self.id(30 - index, engine)), 'shelf.record', '\(state)', 2, 9);
            """
        }.joined(separator: "\n")
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasStoredBeforeIsKeptInItsOrder(_ engine: TestEngine) async throws {
        let all = KernelSchema.history.migrations
        let place = try #require(all.firstIndex { $0.name == Self.name })
        let before = MigrationHistory(.kernel, Array(all[..<place]))
        try await withTestDatabase(engine, migrations: [before]) { test in
            try await test.run(Self.rows(engine))
            let roles = engine == .postgres ? RoleSetup() : nil
            _ = try await Migrator([KernelSchema.history], roles: roles).migrate(test.engine, now: TestClock.start)
            let events = try await test.rows(
                "SELECT number, name, ordering_key, occurred_at FROM {kernel.event} ORDER BY number")
            let deliveries = try await test.rows(
                """
                SELECT number, consumer, ordering_key, state, attempts, due_at, finished_at FROM {kernel.delivery}
                ORDER BY number
                """)

            #expect(events == (1...3).map { ["\($0)", "shelf.moved", "vase", "5"] })
            #expect(
                deliveries == [
                    ["1", "shelf.record", "vase", "pending", "2", "0", nil],
                    ["2", "shelf.record", "vase", "done", "2", "0", "9"],
                    ["3", "shelf.record", "vase", "dead", "2", "0", nil],
                ])
        }
    }
}
