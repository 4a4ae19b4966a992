import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a host does by itself, without anybody who calls its steps.
struct BusServiceTests {
    /// Runs `body` beside the loops of a host.
    private func whileServing(
        _ platform: TestPlatform, _ body: () async throws -> Void
    ) async throws {
        let report = WorkReport(name: WorkName("events"), supervisor: platform.runtime.supervisor)
        let service = MessageBusService(platform.runtime.bus, report, SilentLog.logger)
        let serving = Task { try await service.run() }
        do {
            try await body()
            serving.cancel()
            try await serving.value
        } catch {
            serving.cancel()
            throw error
        }
    }

    /// Asks until the answer is the expected one, or is not to be expected any more.
    private func settles<T: Equatable>(_ expected: T, _ ask: () async throws -> T) async throws -> T {
        var answer = try await ask()
        for _ in 0..<200_000 where answer != expected {
            await Task.yield()
            answer = try await ask()
        }
        return answer
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsEmittedIsDeliveredAndGetsItsPosition(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        // Nothing but the signal behind the commit: nobody looks by himself.
        setup.bus.poll = .seconds(3_600)
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup) { platform in
            try await self.whileServing(platform) {
                try await platform.move("vase", steps: 1...3)
                let effects = ["vase 1", "vase 2", "vase 3"]
                #expect(try await self.settles(effects) { try await platform.effects() } == effects)
                #expect(try await self.settles(effects) { try await platform.copies() } == effects)
                let followed = ["1 vase 1", "2 vase 2", "3 vase 3"]
                let seen = try await self.settles(followed) { try await platform.follow(in: .north, after: 0) }
                #expect(seen == followed)
            }
        }
    }

    /// What waits when a host begins, or was emitted by another one, needs no signal.
    @Test(arguments: TestEngine.allCases)
    func whatOthersHaveEmittedIsFound(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.bus.poll = .milliseconds(20)
        try await withPlatform(engine, plugins: [Shelf.self, Watcher.self], setup: setup) { platform in
            let other = try platform.host(settings: setup.bus)
            let call = try platform.call(as: nil)
            try await other.invoker.run(Shelf.move, of: Shelf.id, [Moved(item: "vase", step: 1)], as: call)
            try await self.whileServing(platform) {
                let first = try await self.settles(["vase 1"]) { try await platform.effects() }
                try await other.invoker.run(Shelf.move, of: Shelf.id, [Moved(item: "vase", step: 2)], as: call)
                let both = ["vase 1", "vase 2"]
                let second = try await self.settles(both) { try await platform.effects() }

                #expect(first == ["vase 1"])
                #expect(second == both)
            }
        }
    }

    /// On SQLite every other writer waits for a handler in any case.
    @Test func aSlowHandlerDoesNotKeepTheNextBatchWaiting() async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        setup.bus.batch = 2
        setup.bus.poll = .seconds(3_600)
        try await withPlatform(.postgres, plugins: [Shelf.self, Watcher.self], setup: setup) { platform in
            try await self.whileServing(platform) {
                let gate = ShelfGates.make("free next batch")
                defer { gate.mayGo.send() }
                try await platform.move([Moved(item: "free next batch", step: 1)])
                await gate.entered.arrives()
                try await platform.move("vase", steps: 1...2)
                let others = ["vase 1", "vase 2"]
                #expect(try await self.settles(others) { try await platform.effects() } == others)
            }
        }
    }
}
