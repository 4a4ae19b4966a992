import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Several programs and many events: what event layers are known to lose or to do twice.
struct HostTests {
    private static let record = "shelf.record"
    private static let copy = "watcher.copy"

    private func withShelf(
        _ engine: TestEngine, batch: Int = 64, _ body: (TestPlatform) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.bus.batch = batch
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup, body)
    }

    /// Known elsewhere: a dispatcher looks at events through the subscribers of its own process, and what those have
    /// handled counts as handled by all.
    @Test(arguments: TestEngine.allCases)
    func aPluginThatIsDisabledKeepsItsDeliveriesWaiting(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            let without = try platform.host(enabled: [Shelf.id])
            try await platform.move("vase", steps: 1...3)
            try await without.bus.prepare()
            try await without.bus.settle()
            try await without.bus.wakeUnreadable()
            let recorded = try await platform.effects()
            let waiting = try await platform.states(of: Self.copy)
            try await platform.deliverEvents()

            #expect(recorded == ["vase 1", "vase 2", "vase 3"])
            #expect(waiting == ["pending 3"])
            #expect(try await platform.copies() == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.effects() == recorded)
        }
    }

    /// Known elsewhere: the row of the outbox goes before all handlers have done their work.
    @Test(arguments: TestEngine.allCases)
    func anEventStaysUntilEverybodyHasHandledIt(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 1)
            try await platform.move("vase", steps: 1...1)
            // One consumer has handled it, one has failed, and the host is killed while it tries again.
            try await platform.deliverEvents()
            platform.clock.advance(minutes: 1)
            _ = try await platform.claim(Self.record)
            platform.clock.advance(minutes: 5)
            let pruned = try await platform.runtime.bus.pruner.step()
            let events = try await platform.database.rows("SELECT count(*) FROM {kernel.event}")
            try await platform.mend()
            try await platform.host().bus.settle()

            #expect(pruned.events == 0)
            #expect(events == [["1"]])
            #expect(try await platform.effects() == ["vase 1"])
            #expect(try await platform.copies() == ["vase 1"])
        }
    }

    /// Known elsewhere: each process that begins publishes again what it finds.
    @Test(arguments: TestEngine.allCases)
    func hostsThatBeginDeliverNothingAgain(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...5)
            try await platform.deliverEvents()
            for seed in 300..<303 {
                let restarted = try platform.host(seed: UInt64(seed))
                try await restarted.bus.prepare()
                let progress = try await restarted.bus.settle()
                #expect(progress == BusProgress())
            }

            #expect(try await platform.effects().count == 5)
            #expect(try await platform.copies().count == 5)
        }
    }

    /// Known elsewhere: a host that begins loads the whole backlog.
    @Test(arguments: TestEngine.allCases)
    func aBacklogIsTakenInBoundedPieces(_ engine: TestEngine) async throws {
        try await self.withShelf(engine, batch: 16) { platform in
            try await platform.move((1...150).map { Moved(item: "free", step: $0) })
            try await platform.move((1...50).map { Moved(item: "vase", step: $0) })
            var steps: [Int] = []
            while true {
                let progress = try await platform.runtime.bus.step()
                guard progress.hasMore else { break }
                steps.append(progress.claimed)
            }

            #expect(steps.allSatisfy { (1...16).contains($0) })
            #expect(steps.reduce(0, +) == 400)
            #expect(try await platform.states(of: Self.record) == ["done 200"])
        }
    }

    /// A backlog of a thousand behind one that fails is looked at once, not with every step.
    @Test(arguments: TestEngine.allCases)
    func whatIsBlockedIsNotLookedAtAgain(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 1)
            try await platform.move((1...200).map { Moved(item: "vase", step: $0) })
            let first = try await platform.runtime.bus.settle()
            let idle = try await platform.runtime.bus.settle()
            platform.clock.advance(minutes: 1)
            let second = try await platform.runtime.bus.settle()
            try await platform.mend()
            platform.clock.advance(minutes: 2)
            let third = try await platform.runtime.bus.settle()

            #expect(first.blocked == 200 - 32)
            #expect(idle == BusProgress())
            #expect(second.claimed == 1)
            #expect(third.handled == 200)
            #expect(try await platform.effects() == (1...200).map { "vase \($0)" })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aConsumerThatHasLearnedToContinueDoesSo(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("permanent", at: "vase", 1)
            try await platform.move("vase", steps: 1...3)
            try await platform.deliverEvents()
            let parked = try await platform.states(of: Self.record)
            let relaxed = try platform.host([RelaxedShelf.self])
            try await relaxed.bus.prepare()
            try await relaxed.bus.settle()

            #expect(parked == ["blocked 2", "dead 1"])
            #expect(try await platform.effects() == ["vase 2", "vase 3"])
        }
    }

    private struct RelaxedShelf: Plugin {
        static let declaration = Declaration(
            id: Shelf.id, version: "1.1.0", summary: "Things that are moved", migrations: [Shelf.migration],
            events: [Moved.self])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            On<Moved>("record", retries: Shelf.retries, afterDead: .continue) { event, tx in
                try Shelf.note(event.item, event.step, by: "record", in: tx)
            }
        }
    }

    /// What was taken and not begun is free at once when the host ends.
    @Test(arguments: TestEngine.allCases)
    func aHostThatEndsGivesBackWhatItHasNotBegun(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...3)
            let claim = try await platform.claim(Self.record)
            let bus = platform.runtime.bus
            let ending = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await bus.handle(claim.lanes)
            }
            let progress = await ending.value
            let other = try platform.host()
            try await other.bus.settle()

            #expect(progress.givenBack == 3)
            #expect(progress.handled == 0)
            #expect(try await platform.effects() == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.deliveries(to: Self.record) == Array(repeating: "done 0 -", count: 3))
        }
    }

    // MARK: Removing what is over

    @Test(arguments: TestEngine.allCases)
    func whatEverybodyHasHandledGoesAfterItsTime(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...20)
            let without = try platform.host(enabled: [Shelf.id])
            try await without.bus.settle()
            try await platform.move("vase", steps: 21...21, in: .south)
            let pruner = platform.runtime.bus.pruner
            platform.clock.advance(minutes: 29 * 1_440)
            let early = try await pruner.step()
            platform.clock.advance(minutes: 2 * 1_440)
            let half = try await Self.walk(pruner)
            let events = try await platform.database.rows("SELECT count(*) FROM {kernel.event}")
            // The other plugin is switched on again.
            try await platform.deliverEvents()
            let copies = try await platform.copies()
            platform.clock.advance(minutes: 31 * 1_440)
            let whole = try await Self.walk(pruner)

            #expect(early.deliveries == 0)
            #expect(early.events == 0)
            #expect(half.deliveries == 20)
            #expect(half.events == 0)
            #expect(events == [["21"]])
            #expect(copies.count == 20)
            #expect(whole.events == 21)
            for table in ["event", "delivery", "inbox"] {
                #expect(try await platform.database.rows("SELECT count(*) FROM {kernel.\(table)}") == [["0"]])
            }
        }
    }

    private static func walk(_ pruner: EventPruner) async throws -> EventPruner.Progress {
        var total = EventPruner.Progress()
        var place: EventPruner.Place? = .beginning
        while let from = place {
            let progress = try await pruner.step(from: from, limit: 6)
            total.deliveries += progress.deliveries
            total.events += progress.events
            place = progress.next
        }
        return total
    }
}
