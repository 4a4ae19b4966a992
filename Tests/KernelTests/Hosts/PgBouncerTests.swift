import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Events and jobs of two hosts behind PgBouncer in transaction mode, where nothing may rest on a session.
struct PgBouncerTests {
    /// A platform whose connections outnumber the sessions, and an engine of a second host.
    private func behindPgBouncer(
        _ plugins: [any Plugin.Type], sessions: Int = 2,
        _ body: (TestPlatform, any DatabaseEngine) async throws -> Void
    ) async throws {
        try await withPgBouncer(sessions: sessions) { pooler in
            var setup = TestPlatform.Setup()
            setup.rehearses = false
            setup.database.poolSize = 4
            setup.database.pooler = pooler
            try await withPlatform(.postgres, plugins: plugins, setup: setup) { platform in
                let engine = try platform.database.openAgain(setup.database)
                do {
                    try await body(platform, engine)
                    await engine.close()
                } catch {
                    await engine.close()
                    throw error
                }
            }
            // Or nothing was shared, and the test would show nothing.
            let came = pooler.log.split(separator: "\n").filter { $0.contains("login attempt") }.count
            #expect(came > sessions, "\(pooler.log)")
        }
    }

    @Test func twoHostsHandleEachEventOnceAndInOrder() async throws {
        try await self.behindPgBouncer([Shelf.self, Watcher.self]) { platform, engine in
            var settings = TestPlatform.Setup().bus
            settings.batch = 9
            let hosts = [
                try platform.host(settings: settings, seed: 400),
                try platform.host(settings: settings, engine: engine, seed: 401),
            ]
            await withTaskGroup(of: Void.self) { group in
                for item in ["a", "b", "c", "free"] {
                    group.addTask { for step in 1...20 { try? await platform.move([Moved(item: item, step: step)]) } }
                }
                for host in hosts { group.addTask { for _ in 0..<30 { _ = try? await host.bus.step() } } }
            }
            for _ in 0..<5 {
                platform.clock.advance(seconds: 1)
                for host in hosts { try await host.bus.settle() }
            }
            for host in hosts {
                try await host.bus.heartbeat()
                try await host.bus.sequencer.catchUp()
            }
            let effects = try await platform.effects()
            let positions = try await platform.database.rows("SELECT position FROM {kernel.event} ORDER BY position")

            #expect(effects.count == 80)
            #expect(Set(effects).count == 80)
            for item in ["a", "b", "c"] {
                #expect(effects.filter { $0.hasPrefix(item + " ") } == (1...20).map { "\(item) \($0)" })
            }
            #expect(positions == (1...80).map { ["\($0)"] })
        }
    }

    /// A lease outlives the session in which it was taken.
    @Test func whatOneHostHasTakenTheOtherDoesNotTake() async throws {
        try await self.behindPgBouncer([Shelf.self, Watcher.self], sessions: 1) { platform, engine in
            try await platform.move([1, 2, 3].map { Moved(item: "free", step: $0) })
            // By the database's clock, as hosts do.
            let one = try platform.host(settings: BusSettings(), seed: 400)
            let other = try platform.host(settings: BusSettings(), engine: engine, seed: 401)
            let mine = try await platform.claim("shelf.record", limit: 2, by: one)
            let theirs = try await platform.claim("shelf.record", by: other)
            let lease = try #require(mine.deliveries.first?.lease)
            let held = try await one.bus.queue.renew([lease])

            #expect(mine.deliveries.count == 2)
            #expect(theirs.deliveries.count == 1)
            #expect(held == [lease])
        }
    }

    @Test func twoHostsShareJobsAndDoEachOnce() async throws {
        try await self.behindPgBouncer([Chores.self]) { platform, engine in
            let bench = Workbench { chore, context in
                try await context.write { tx in try Chores.write(chore.name, context.organization, tx) }
            }
            let names = (100..<160).map(String.init)
            try await platform.enqueue(names.map { bench.chore($0) })
            let hosts = [platform.runtime.scheduler, try platform.otherHost(engine)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for host in hosts {
                    group.addTask {
                        while try await host.step() > 0 { await host.renew() }
                        try await host.upkeep()
                        try await host.plan()
                    }
                }
                try await group.waitForAll()
            }
            // What one held when the other looked.
            while try await hosts[1].step() > 0 {}

            #expect(bench.log.all.sorted() == names)
            #expect(try await platform.written() == names)
            #expect(try await platform.jobs().allSatisfy { $0.state == .done && $0.attempts == 1 })
        }
    }
}
