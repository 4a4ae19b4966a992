import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// After a restore nothing leaves the deployment until an operator says so; other work goes on.
struct JobHoldTests {
    private func hold(_ platform: TestPlatform) async throws {
        try await platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
            try DeliveryHold.hold("restored", in: tx)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatSendsSomethingWaitsWhileDeliveriesAreHeld(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await self.hold(platform)
            try await platform.enqueue([bench.chore("letter")], Chores.letter)
            try await platform.enqueue([bench.chore("dishes")])
            let held = try await platform.runtime.scheduler.drain()
            let heldLog = bench.log.all
            _ = try await platform.runtime.deliveries.release(by: "system:test")
            let released = try await platform.runtime.scheduler.drain()

            #expect(held == 1)
            #expect(heldLog == ["dishes"])
            #expect(released == 1)
            #expect(bench.log.all == ["dishes", "letter"])
        }
    }

    /// What ran when the backup was made belongs to a host that is no more.
    @Test(arguments: TestEngine.allCases)
    func whatWasRunningInTheBackupWaitsToo(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("letter")], Chores.letter)
            try await platform.enqueue([bench.chore("dishes")])
            let queue = JobQueue(platform.runtime.database, leaseSeconds: 60)
            let names = ["chores.chore", "chores.letter"]
            let claims = try await queue.claim(limit: 2, names: names, owner: "dead") { _ in 3 }
            try #require(claims.jobs.count == 2)
            try await platform.tamper("UPDATE {kernel.job} SET leased_until = 5 WHERE state = 'running'")
            _ = try await Recovery(platform.runtime.database).settle(backupOf: nil, by: "system:test")

            #expect(try await platform.runtime.scheduler.drain() == 1)
            #expect(bench.log.all == ["dishes"])
            _ = try await platform.runtime.deliveries.release(by: "system:test")
            #expect(try await platform.runtime.scheduler.drain() == 1)
            #expect(bench.log.all == ["dishes", "letter"])
        }
    }
}
