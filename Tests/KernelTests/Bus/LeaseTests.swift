import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What one host has taken no other takes; what a dead host had taken is not lost; an effect happens once.
struct LeaseTests {
    private static let record = "shelf.record"

    private static func bus(_ change: (inout BusSettings) -> Void = { _ in }) -> BusSettings {
        var settings = TestPlatform.Setup().bus
        change(&settings)
        return settings
    }

    private func withShelf(
        _ engine: TestEngine, _ settings: BusSettings = Self.bus(), _ body: (TestPlatform) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.bus = settings
        setup.database.poolSize = 8
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup, body)
    }

    @Test(arguments: TestEngine.allCases)
    func whatOneHostHasTakenAnotherDoesNotTake(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move([1, 2, 3].map { Moved(item: "free", step: $0) })
            let other = try platform.host()
            let mine = try await platform.claim(Self.record, limit: 2)
            let theirs = try await platform.claim(Self.record, by: other)
            let none = try await platform.claim(Self.record, by: other)

            #expect(mine.deliveries.count == 2)
            #expect(theirs.deliveries.count == 1)
            #expect(none.isEmpty)
        }
    }

    /// The negative control.
    @Test(arguments: TestEngine.allCases)
    func withoutLeasesTwoHostsDoTheSameWorkTwice(_ engine: TestEngine) async throws {
        let careless = Self.bus { $0.leasing = NoLeasing() }
        try await self.withShelf(engine, careless) { platform in
            try await platform.move([1, 2, 3].map { Moved(item: "free", step: $0) })
            let other = try platform.host(settings: careless)
            let mine = try await platform.claim(Self.record)
            let theirs = try await platform.claim(Self.record, by: other)
            let first = await platform.runtime.bus.handle(mine.lanes)
            let second = await other.bus.handle(theirs.lanes)

            #expect(mine.deliveries.count == 3)
            #expect(theirs.deliveries.count == 3)
            #expect(first.handled == 3)
            // The inbox keeps the effect from happening twice; the work was done for nothing.
            #expect(second.repeated == 3)
            #expect(try await platform.effects().count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostThatIsHeardOfKeepsItsDeliveries(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move([Moved(item: "free", step: 1)])
            let queue = platform.runtime.bus.queue
            let claim = try await platform.claim(Self.record)
            let lease = try #require(claim.deliveries.first?.lease)
            let other = try platform.host()
            platform.clock.advance(seconds: 50)
            let held = try await queue.renew([lease])
            platform.clock.advance(seconds: 50)
            let kept = try await platform.claim(Self.record, by: other)
            platform.clock.advance(seconds: 11)
            let lost = try await platform.claim(Self.record, by: other)
            let late = try await queue.renew([lease])

            #expect(held == [lease])
            #expect(kept.isEmpty)
            #expect(lost.deliveries.count == 1)
            #expect(late == [])
        }
    }

    /// A heartbeat of the bus, while a handler is at work, extends what is being handled.
    @Test func theBusExtendsWhatItIsHandling() async throws {
        try await self.withShelf(.postgres) { platform in
            let gate = ShelfGates.make("free busy")
            try await platform.move([Moved(item: "free busy", step: 1)])
            let bus = platform.runtime.bus
            async let working = bus.step()
            await gate.entered.arrives()
            platform.clock.advance(seconds: 50)
            try await bus.heartbeat()
            platform.clock.advance(seconds: 50)
            let kept = try await platform.claim(Self.record, by: try platform.host())
            gate.mayGo.send()
            let worked = try await working

            #expect(kept.isEmpty)
            #expect(worked.handled == 2)
        }
    }

    /// The host forgets what it was doing: it was killed.
    @Test(arguments: TestEngine.allCases)
    func whatADeadHostHadTakenIsHandledByAnother(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move("vase", steps: 1...3)
            let forgotten = try await platform.claim(Self.record)
            let other = try platform.host()
            try await other.bus.settle()
            let early = try await platform.effects()
            platform.clock.advance(seconds: 61)
            try await other.bus.settle()

            #expect(forgotten.deliveries.count == 3)
            #expect(early == [])
            #expect(try await platform.effects() == ["vase 1", "vase 2", "vase 3"])
            #expect(try await platform.deliveries(to: Self.record) == ["done 1 -", "done 1 -", "done 1 -"])
        }
    }

    /// SQLite has one process: what another had taken is free as soon as this one has begun.
    @Test func onSQLiteARestartNeedNotWaitForLeases() async throws {
        try await self.withShelf(.sqlite) { platform in
            try await platform.move("vase", steps: 1...2)
            _ = try await platform.claim(Self.record)
            let restarted = try platform.host()
            try await restarted.bus.prepare()
            try await restarted.bus.settle()

            #expect(try await platform.effects() == ["vase 1", "vase 2"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEventThatEndsItsHostIsDeadInTheEndAndTakesNoneWithIt(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move([Moved(item: "free bomb", step: 1), Moved(item: "free", step: 2)])
            // Each host dies as soon as it has the bomb in its hands.
            for round in 0..<6 {
                let host = try platform.host(seed: 100 + UInt64(round))
                while true {
                    let claim = try await platform.claim(Self.record, by: host)
                    guard !claim.isEmpty else { break }
                    if claim.deliveries.contains(where: { $0.event.payload.contains("bomb") }) { break }
                    _ = await host.bus.handle(claim.lanes)
                }
                platform.clock.advance(minutes: 2)
            }

            #expect(try await platform.effects() == ["free 2"])
            #expect(
                try await platform.deliveries(to: Self.record) == [
                    "dead 3 the host ended, or lost its lease, while it handled the event", "done 1 -",
                ])
        }
    }

    // MARK: Effect once

    /// A host has lost its lease without noticing, and another one has done the work.
    private func effectsOfALostLease(
        _ engine: TestEngine, _ settings: BusSettings
    ) async throws -> ([String], BusProgress) {
        var found: ([String], BusProgress) = ([], BusProgress())
        try await self.withShelf(engine, settings) { platform in
            try await platform.move("vase", steps: 1...2)
            let mine = try await platform.claim(Self.record)
            platform.clock.advance(minutes: 5)
            try await platform.host(settings: settings).bus.settle()
            let late = await platform.runtime.bus.handle(mine.lanes)
            found = (try await platform.effects(), late)
        }
        return found
    }

    @Test(arguments: TestEngine.allCases)
    func anEffectHappensOnceAlsoWhenALeaseIsLost(_ engine: TestEngine) async throws {
        let (effects, late) = try await self.effectsOfALostLease(engine, Self.bus())
        #expect(effects == ["vase 1", "vase 2"])
        #expect(late.repeated == 2)
        #expect(late.handled == 0)
    }

    /// The negative control.
    @Test(arguments: TestEngine.allCases)
    func withoutTheInboxItHappensTwice(_ engine: TestEngine) async throws {
        let (effects, late) = try await self.effectsOfALostLease(engine, Self.bus { $0.inbox = NoInbox() })
        #expect(effects == ["vase 1", "vase 2", "vase 1", "vase 2"])
        #expect(late.handled == 2)
    }

    /// Both hosts are inside their handlers' transactions at the same time.
    @Test(arguments: [true, false])
    func ofTwoAtOnceOneHasTheEffect(_ hasInbox: Bool) async throws {
        let settings = Self.bus { if !hasInbox { $0.inbox = NoInbox() } }
        try await self.withShelf(.postgres, settings) { platform in
            let item = "free both \(hasInbox)"
            let gate = ShelfGates.make(item)
            try await platform.move([Moved(item: item, step: 1)])
            let mine = try await platform.claim(Self.record)
            async let first = platform.runtime.bus.handle(mine.lanes)
            await gate.entered.arrives()
            platform.clock.advance(minutes: 5)
            let other = try platform.host(settings: settings)
            let theirs = try await platform.claim(Self.record, by: other)
            async let second = other.bus.handle(theirs.lanes)
            gate.mayGo.send()
            let (one, two) = (await first, await second)

            #expect(theirs.deliveries.count == 1)
            #expect(one.handled == 1)
            #expect(two.handled == (hasInbox ? 0 : 1))
            #expect(try await platform.effects().count == (hasInbox ? 1 : 2))
        }
    }

    // MARK: Clocks

    /// How many deliveries a host takes from another whose lease lasts, when its own clock is far ahead.
    private func stolen(_ usesSharedTime: Bool) async throws -> Int {
        var stolen = 0
        let settings = Self.bus {
            $0.usesSharedTime = usesSharedTime
            $0.lease = .seconds(20)
        }
        try await self.withShelf(.postgres, settings) { platform in
            try await platform.move([Moved(item: "free", step: 1)])
            _ = try await platform.claim(Self.record)
            let ahead = ManualClock(platform.clock.now.adding(seconds: 30))
            let other = try platform.host(settings: settings, clock: ahead)
            stolen = try await platform.claim(Self.record, by: other).deliveries.count
        }
        return stolen
    }

    @Test func leasesEndByTheClockOfTheDatabase() async throws {
        #expect(try await self.stolen(true) == 0)
        // The control: by their own clocks hosts do not agree.
        #expect(try await self.stolen(false) == 1)
    }

    // MARK: Races

    private func race(_ engine: TestEngine, _ settings: BusSettings) async throws -> (effects: [String], lost: [String])
    {
        var found: (effects: [String], lost: [String]) = ([], [])
        try await self.withShelf(engine, settings) { platform in
            let items = ["a", "b", "c", "free"]
            let hosts = try (0..<4).map { try platform.host(settings: settings, seed: 200 + UInt64($0)) }
            await withTaskGroup(of: Void.self) { group in
                for item in items {
                    group.addTask { for step in 1...25 { try? await platform.move([Moved(item: item, step: step)]) } }
                }
                for host in hosts { group.addTask { for _ in 0..<40 { _ = try? await host.bus.step() } } }
            }
            // What was just being dealt with is looked at again a moment later.
            for _ in 0..<5 {
                platform.clock.advance(seconds: 1)
                try await hosts[0].bus.settle()
            }
            found.effects = try await platform.effects()
            found.lost = try await platform.states(of: Self.record)
        }
        return found
    }

    @Test(arguments: TestEngine.allCases)
    func manyHostsAtOnceHandleEachEventOnceAndInOrder(_ engine: TestEngine) async throws {
        let (effects, states) = try await self.race(engine, Self.bus { $0.batch = 9 })

        #expect(states == ["done 100"])
        #expect(effects.count == 100)
        #expect(Set(effects).count == 100)
        for item in ["a", "b", "c"] {
            #expect(effects.filter { $0.hasPrefix(item + " ") } == (1...25).map { "\(item) \($0)" })
        }
    }

    /// The negative control.
    @Test func withoutGuardsManyHostsHandleSomeEventsTwice() async throws {
        var duplicates = 0
        for _ in 0..<10 where duplicates == 0 {
            let settings = Self.bus {
                $0.leasing = NoLeasing()
                $0.inbox = NoInbox()
                $0.batch = 9
            }
            let effects = try await self.race(.postgres, settings).effects
            duplicates = effects.count - Set(effects).count
        }
        #expect(duplicates > 0)
    }
}
