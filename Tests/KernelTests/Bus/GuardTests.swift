import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Each guard between two hosts, alone: what one of them does late or at the same moment changes nothing of the other's.
struct GuardTests {
    private static let record = "shelf.record"

    private func withShelf(_ engine: TestEngine, _ body: (TestPlatform) async throws -> Void) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.database.poolSize = 8
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup, body)
    }

    // MARK: What is late

    /// A host fails at a delivery that another one has taken meanwhile.
    @Test(arguments: TestEngine.allCases)
    func aFailureThatComesTooLateTakesNothingFromWhoHasItNow(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "free", 1)
            try await platform.move([Moved(item: "free", step: 1)])
            let mine = try await platform.claim(Self.record)
            platform.clock.advance(minutes: 5)
            let other = try platform.host()
            let theirs = try await platform.claim(Self.record, by: other)
            let late = await platform.runtime.bus.handle(mine.lanes)
            let third = try await platform.claim(Self.record, by: try platform.host(seed: 3))
            let meanwhile = try await platform.deliveries(to: Self.record)
            try await platform.mend()
            let handled = await other.bus.handle(theirs.lanes)

            #expect(theirs.deliveries.count == 1)
            #expect(late.lost == 1)
            #expect(late.retried == 0)
            #expect(third.isEmpty)
            #expect(meanwhile == ["running 1 -"])
            #expect(handled.handled == 1)
            #expect(try await platform.deliveries(to: Self.record) == ["done 1 -"])
        }
    }

    /// A host that ends gives back what it believes to have.
    @Test(arguments: TestEngine.allCases)
    func whatIsGivenBackTooLateStaysWithWhoHasItNow(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move([Moved(item: "free", step: 1)])
            let mine = try await platform.claim(Self.record)
            platform.clock.advance(minutes: 5)
            let theirs = try await platform.claim(Self.record, by: try platform.host())
            try await platform.runtime.bus.queue.giveBack(mine.deliveries)
            let third = try await platform.claim(Self.record, by: try platform.host(seed: 3))

            #expect(theirs.deliveries.count == 1)
            #expect(third.isEmpty)
            #expect(try await platform.states(of: Self.record) == ["running 1"])
        }
    }

    // MARK: At the same moment

    @Test(arguments: TestEngine.allCases)
    func ofManyHostsAtOnceEachDeliveryIsTakenByOne(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.move((1...200).map { Moved(item: "free", step: $0) })
            let hosts = try (0..<8).map { try platform.host(seed: 900 + UInt64($0)) }
            let taken = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for host in hosts {
                    group.addTask {
                        var taken: [Int64] = []
                        for _ in 0..<25 {
                            let claim = try await platform.claim(Self.record, limit: 5, by: host)
                            taken += claim.deliveries.map(\.number)
                        }
                        return taken
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }

            #expect(taken.count == 200)
            #expect(Set(taken).count == 200)
        }
    }

    /// Somebody holds a row: others do not wait for it.
    @Test
    func whatSomebodyHasLockedIsPassedOver() async throws {
        try await self.withShelf(.postgres) { platform in
            try await platform.move((1...3).map { Moved(item: "free", step: $0) })
            let gate = ShelfGates.make("locked row")
            async let holding: Void = platform.runtime.database.write(in: .system(SystemScope("hold a row"))) { tx in
                _ = try tx.values(
                    """
                    SELECT number FROM \(Outbox.deliveries) WHERE consumer = \(Self.record)
                    ORDER BY number LIMIT 1 FOR UPDATE
                    """, as: Int64.self)
                gate.entered.send()
                gate.mayGo.wait()
            }
            await gate.entered.arrives()
            let claim = try await platform.claim(Self.record)
            gate.mayGo.send()
            try await holding
            let rest = try await platform.claim(Self.record)

            #expect(claim.deliveries.count == 2)
            #expect(rest.deliveries.count == 1)
        }
    }

    /// A delivery is found behind one that is just being finished: it must not fall asleep when nobody will wake it.
    @Test
    func whatStandsBehindOneThatIsJustBeingFinishedIsNotForgotten() async throws {
        try await self.withShelf(.postgres) { platform in
            try await platform.move("vase", steps: 1...1)
            let mine = try await platform.claim(Self.record)
            let first = try #require(mine.deliveries.first)
            let queue = platform.runtime.bus.queue
            let gate = ShelfGates.make("being finished")
            async let finishing: Void = queue.database.write(in: DeliveryQueue.scope) { tx in
                try queue.finish(first, in: tx)
                // What was posted goes to the database before something is asked.
                _ = try tx.value("SELECT 1", as: Int.self)
                gate.entered.send()
                gate.mayGo.wait()
            }
            await gate.entered.arrives()
            try await platform.move("vase", steps: 2...2)
            let found = try await platform.claim(Self.record, by: try platform.host())
            gate.mayGo.send()
            try await finishing
            platform.clock.advance(seconds: 1)
            let later = try await platform.claim(Self.record)

            #expect(found.deliveries.isEmpty)
            #expect(later.deliveries.count == 1)
        }
    }

    // MARK: Dead for ever

    /// Known elsewhere: who is retried has one attempt left, and is dead at the next breath of wind.
    @Test(arguments: TestEngine.allCases)
    func aDeadLetterThatIsRetriedHasAllItsAttemptsAgain(_ engine: TestEngine) async throws {
        try await self.withShelf(engine) { platform in
            try await platform.fault("full", at: "vase", 1)
            try await platform.move("vase", steps: 1...1)
            for _ in 0..<3 {
                try await platform.deliverEvents()
                platform.clock.advance(minutes: 2)
            }
            let dead = try await platform.deliveries(to: Self.record)
            let call = Call(
                organization: try platform.organization(.north).id, principal: .system("events-test"),
                origin: Origin(.cli))
            let retry = EventRepair(platform.runtime.platform).retry
            _ = try await platform.runtime.invoker.run(retry, of: .kernel, EventRepair.Letters(), as: call)
            try await platform.deliverEvents()
            let failedAgain = try await platform.deliveries(to: Self.record)
            try await platform.mend()
            platform.clock.advance(minutes: 2)
            try await platform.deliverEvents()

            #expect(dead == ["dead 3 the shelf is full"])
            #expect(failedAgain == ["pending 1 the shelf is full"])
            #expect(try await platform.effects() == ["vase 1"])
        }
    }
}
