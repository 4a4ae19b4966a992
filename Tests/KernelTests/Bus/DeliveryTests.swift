import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Each consumer handles each event, once, in an order that is promised.
struct DeliveryTests {
    private static let record = "shelf.record"
    private static let copy = "watcher.copy"

    private func withShelf(
        _ engine: TestEngine, setup: TestPlatform.Setup = TestPlatform.Setup(),
        _ body: (TestPlatform) async throws -> Void
    ) async throws {
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup, body)
    }

    @Test(arguments: TestEngine.allCases)
    func eachConsumerHandlesEachEventInItsOrganization(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...3, in: .north)
            try await platform.move("vase", steps: 1...2, in: .south)
            let before = try await platform.effects()
            let handled = try await platform.deliverEvents()
            let again = try await platform.deliverEvents()

            #expect(before == [])
            #expect(handled == 10)
            #expect(again == 0)
            #expect(try await platform.effects(in: .north) == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.effects(in: .south) == ["vase 1", "vase 2"])
            #expect(try await platform.copies(in: .north) == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.copies(in: .south) == ["vase 1", "vase 2"])
            #expect(try await platform.deliveries(to: Self.record) == Array(repeating: "done 0 -", count: 5))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRolledBackIsNeverDelivered(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            let failing = Command<Void, Void>("shelf.fail", .everyone) { _, _, tx in
                try tx.emit(Moved(item: "vase", step: 1))
                throw Refusal.notFound("shelf")
            }
            let refused = await refusal {
                _ = try await platform.run(failing, of: Shelf.id, (), as: nil, in: .north)
            }
            let handled = try await platform.deliverEvents()
            let effects = try await platform.effects()

            #expect(refused?.code == "not_found")
            #expect(handled == 0)
            #expect(effects == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHandlerThatFailsLeavesNothingAndIsRunAgainAfterItsPause(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 1)
            try await platform.move("vase", steps: 1...1)
            try await platform.deliverEvents()
            let failed = try await platform.deliveries(to: Self.record)
            let effects = try await platform.effects()
            try await platform.mend()
            // Half of the pause is random, so that it lies between 5 and 10 seconds.
            platform.clock.advance(microseconds: 4_999_999)
            let early = try await platform.deliverEvents()
            platform.clock.advance(seconds: 6)
            let late = try await platform.deliverEvents()

            #expect(failed == ["pending 1 the shelf is full"])
            #expect(effects == [])
            #expect(early == 0)
            #expect(late == 1)
            #expect(try await platform.effects() == ["vase 1"])
            #expect(try await platform.deliveries(to: Self.record) == ["done 1 -"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPoisonedEventBlocksItsOwnKeyOnly(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 2)
            for step in 1...3 {
                for item in ["vase", "bowl", "free"] { try await platform.move([Moved(item: item, step: step)]) }
            }
            try await platform.move("vase", steps: 1...1, in: .south)
            try await platform.deliverEvents()
            let meanwhile = try await platform.effects()
            for _ in 0..<2 {
                platform.clock.advance(minutes: 2)
                try await platform.deliverEvents()
            }

            #expect(meanwhile.filter { $0.hasPrefix("vase") } == ["vase 1"])
            #expect(meanwhile.filter { $0.hasPrefix("bowl") } == ["bowl 1", "bowl 2", "bowl 3"])
            #expect(meanwhile.filter { $0.hasPrefix("free") }.sorted() == ["free 1", "free 2", "free 3"])
            #expect(try await platform.effects(in: .south) == ["vase 1"])
            #expect(try await platform.states(of: Self.record) == ["blocked 1", "dead 1", "done 8"])
            #expect(try await platform.states(of: Self.copy) == ["done 10"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aParkedKeyTakesNoMoreUntilItsDeadLetterIsDealtWith(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("permanent", at: "vase", 1)
            try await platform.move("vase", steps: 1...1)
            try await platform.deliverEvents()
            try await platform.mend()
            try await platform.move("vase", steps: 2...3)
            platform.clock.advance(minutes: 600)
            try await platform.deliverEvents()

            #expect(try await platform.effects() == [])
            #expect(
                try await platform.deliveries(to: Self.record) == [
                    "dead 1 the shelf is gone", "blocked 0 -", "blocked 0 -",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aConsumerThatContinuesGoesOnBehindADeadLetter(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("odd", steps: 1...4)
            var handled: [Int] = []
            for _ in 0..<6 {
                try await platform.deliverEvents()
                handled.append(try await platform.copies().count)
                platform.clock.advance(minutes: 2)
            }

            // Three attempts at step 1, then 2, then three at step 3, then 4.
            #expect(handled == [0, 0, 1, 1, 2, 2])
            #expect(try await platform.copies() == ["odd 2", "odd 4"])
            #expect(
                try await platform.deliveries(to: Self.copy) == ["dead 3 odd", "done 0 -", "dead 3 odd", "done 0 -"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func eventsOfOneKeyAreHandledInTheirOrderWhateverFails(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.bus.batch = 7
        setup.rehearses = false
        try await self.withShelf(engine, setup: setup) { platform in
            for step in 1...12 {
                for item in ["a", "b", "c"] {
                    if (step + item.count).isMultiple(of: 4) { try await platform.fault("full", at: item, step) }
                    try await platform.move([Moved(item: item, step: step)])
                }
            }
            for round in 0..<60 {
                try await platform.deliverEvents()
                if round == 1 { try await platform.mend() }
                platform.clock.advance(minutes: 2)
            }
            let effects = try await platform.effects()

            #expect(effects.count == 36)
            for item in ["a", "b", "c"] {
                #expect(effects.filter { $0.hasPrefix(item) } == (1...12).map { "\(item) \($0)" })
            }
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            ("talkative", "failed: TalkativeError"), ("refused", "refused: shelf_full"),
            ("permanent", "the shelf is gone"), ("database", "database: uniqueViolation (fault_pkey)"),
            ("long", String(repeating: "x", count: 500)),
        ])
    func whatIsKeptOfAnErrorIsShortAndNamesNobody(_ engine: TestEngine, _ expected: (String, String)) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault(expected.0, at: "vase", 1)
            try await platform.move("vase", steps: 1...1)
            try await platform.deliverEvents()
            let rows = try await platform.database.rows(
                "SELECT last_error FROM {kernel.delivery} WHERE consumer = '\(Self.record)'")

            #expect(rows == [[expected.1]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHandlerMayEmitAndAuditInItsOwnName(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Shelf.self, Relay.self]) { platform in
            try await platform.move([Moved(item: "vase", step: 1)], in: .south)
            try await platform.deliverEvents()
            let audited = try await platform.database.rows(
                "SELECT actor, action FROM {kernel.audit_entry} WHERE action LIKE 'relay.%'")
            let events = try await platform.database.rows(
                "SELECT name, ordering_key FROM {kernel.event} ORDER BY number")

            #expect(audited == [["system:relay.pass-on", "relay.passed"]])
            #expect(events == [["shelf.moved", "vase"], ["relay.passed", nil]])
            #expect(try await platform.states(of: "relay.hear") == ["done 1"])
        }
    }

    /// Tells of what it is told of.
    private struct Relay: Plugin {
        struct Passed: DomainEvent {
            static let wire = WireName("relay.passed", version: 1)
            let item: String
        }

        static let declaration = Declaration(
            id: "relay", version: "1.0.0", summary: "Passes on", needs: ["shelf"], events: [Passed.self])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            On<Moved>("pass-on") { event, tx in
                try tx.audit("relay.passed")
                try tx.emit(Passed(item: event.item))
            }
            On<Passed>("hear") { _, _ in }
        }
    }
}
