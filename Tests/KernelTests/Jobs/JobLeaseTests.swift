import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacKernel

/// A job belongs to one host at a time, and to nobody for ever.
struct JobLeaseTests {
    /// A host whose first job never ends by itself, and a second one that looks meanwhile.
    private func race(
        _ engine: TestEngine, leaseSeconds: Int64, skew: Int64 = 0,
        _ judge: (_ platform: TestPlatform, _ begunByOther: Int, _ bench: Workbench) async throws -> Void
    ) async throws {
        var settings = Scheduler.Settings()
        settings.leaseSeconds = leaseSeconds
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let (begun, mayEnd) = (TestSignal(), TestSignal())
            let turns = Mutex(0)
            let bench = Workbench { chore, context in
                let turn = turns.withLock { turns in
                    turns += 1
                    return turns
                }
                if turn == 1 {
                    begun.send()
                    await mayEnd.arrives()
                }
                try await context.finish { tx in try Chores.write(chore.name, context.organization, tx) }
            }
            try await platform.enqueue([bench.chore("dishes")])
            let first = try platform.otherHost(settings: settings)
            let clock = ManualClock(platform.clock.now.adding(seconds: skew))
            try await platform.withOtherHost(clock: clock, settings: settings) { second in
                async let work = first.step()
                await begun.arrives()
                let taken = try await second.step()
                mayEnd.send()
                _ = try await work
                try await judge(platform, taken, bench)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatOneHostRunsNoOtherBegins(_ engine: TestEngine) async throws {
        try await self.race(engine, leaseSeconds: 60) { platform, taken, bench in
            let jobs = try await platform.jobs()
            #expect(taken == 0)
            #expect(bench.log.all == ["dishes"])
            #expect(jobs.map(\.attempts) == [1])
        }
    }

    /// The control: a lease that is over at once keeps nobody away, and yet the work counts once.
    @Test(arguments: TestEngine.allCases)
    func withoutALeaseBothHostsRunItAndOneOfThemCounts(_ engine: TestEngine) async throws {
        try await self.race(engine, leaseSeconds: 0) { platform, taken, bench in
            let (written, jobs) = (try await platform.written(), try await platform.jobs())
            #expect(taken == 1)
            #expect(bench.log.all == ["dishes", "dishes"])
            #expect(written == ["dishes"])
            #expect(jobs.map(\.state) == [.done])
        }
    }

    /// Leases end by the clock of the database: a host whose clock is an hour ahead takes nothing away.
    @Test func aHostWhoseClockIsOffTakesNothingAway() async throws {
        try await self.race(.postgres, leaseSeconds: 60, skew: 3_600) { platform, taken, bench in
            #expect(taken == 0)
            #expect(bench.log.all == ["dishes"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func twoHostsShareTheWorkAndDoEachJobOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, context in
                try await context.write { tx in try Chores.write(chore.name, context.organization, tx) }
            }
            let names = (100..<180).map(String.init)
            try await platform.enqueue(names.map { bench.chore($0) })
            try await platform.withOtherHost { other in
                let hosts = [platform.runtime.scheduler, other]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for host in hosts { group.addTask { while try await host.step() > 0 {} } }
                    try await group.waitForAll()
                }
                // What one held when the other looked.
                while try await other.step() > 0 {}
            }
            #expect(bench.log.all.sorted() == names)
            #expect(try await platform.written() == names)
            #expect(try await platform.jobs().allSatisfy { $0.state == .done && $0.attempts == 1 })
        }
    }

    /// Many looks at once at the same few jobs: two that both saw a job that waits must not both have it.
    @Test(arguments: TestEngine.allCases)
    func ofManyThatLookAtOnceOneTakesAJob(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue((0..<240).map { bench.chore("\($0)") })
            let taken = try await withThrowingTaskGroup(of: [ID<StoredJob>].self) { group in
                for host in 0..<6 {
                    let database = Database(
                        engine: platform.database.engine, namespace: .kernel, clock: platform.clock,
                        ids: Hosts.makeIDs())
                    group.addTask {
                        let queue = JobQueue(database, leaseSeconds: 60)
                        var taken: [ID<StoredJob>] = []
                        while true {
                            let claims = try await queue.claim(
                                limit: 4, names: ["chores.chore"], owner: "\(host)"
                            ) { _ in 3 }
                            // Others may hold what is left at this moment; nobody gives it back.
                            guard !claims.jobs.isEmpty else { return taken }
                            taken += claims.jobs.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(taken.count == Set(taken).count)
            #expect(try await platform.jobs().allSatisfy { $0.attempts <= 1 })
        }
    }

    private func claim(_ platform: TestPlatform) async throws -> ClaimedJob {
        let queue = JobQueue(platform.runtime.database, leaseSeconds: 60)
        let claims = try await queue.claim(limit: 1, names: ["chores.chore"], owner: "dead") { _ in 3 }
        return try #require(claims.jobs.first)
    }

    private func expireLeases(_ platform: TestPlatform) async throws {
        try await platform.tamper("UPDATE {kernel.job} SET leased_until = 5 WHERE state = 'running'")
    }

    @Test(arguments: TestEngine.allCases)
    func whatADeadHostLeftIsTakenOverWhenItsLeaseIsOver(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("dishes")])
            let dead = try await self.claim(platform)
            #expect(try await platform.runtime.scheduler.step() == 0)
            try await self.expireLeases(platform)

            #expect(try await platform.runtime.scheduler.step() == 1)
            let queue = JobQueue(platform.runtime.database, leaseSeconds: 60)
            for late in [JobResult.done, .dead("late"), .again(after: .zero, "late"), .givenBack] {
                #expect(try await queue.settle(dead, late) == nil)
            }
            let job = try #require(try await platform.jobs().first)
            #expect(job.state == .done)
            #expect(job.attempts == 2)
            #expect(job.lastError == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobThatKillsItsHostsIsDeadAfterItsAttempts(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("bomb")])
            for _ in 0..<3 {
                _ = try await self.claim(platform)
                try await self.expireLeases(platform)
            }
            #expect(try await platform.runtime.scheduler.step() == 0)
            let job = try #require(try await platform.jobs().first)
            #expect(job.state == .dead)
            #expect(job.lastError == "its host ended while it ran")
            #expect(bench.log.all.isEmpty)
        }
    }

    /// A host that has lost a job cannot write any more, neither beside nor with its end.
    @Test(arguments: TestEngine.allCases, [true, false])
    func whoHasLostAJobWritesNothing(_ engine: TestEngine, _ finishes: Bool) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, context in
                try await self.expireLeases(platform)
                _ = try await self.claim(platform)
                if finishes {
                    try await context.finish { tx in try Chores.write(chore.name, context.organization, tx) }
                } else {
                    try await context.write { tx in try Chores.write(chore.name, context.organization, tx) }
                }
            }
            try await platform.enqueue([bench.chore("dishes")])
            try await platform.runtime.scheduler.step()

            #expect(try await platform.written().isEmpty)
            #expect(try await platform.jobs().map(\.state) == [.running])
            #expect(try await platform.jobs().map(\.owner) == ["dead"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostThatIsAtWorkKeepsItsLeases(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let (begun, mayEnd) = (TestSignal(), TestSignal())
            let bench = Workbench { _, _ in
                begun.send()
                await mayEnd.arrives()
            }
            try await platform.enqueue([bench.chore("dishes")])
            let scheduler = platform.runtime.scheduler
            async let work = scheduler.step()
            await begun.arrives()
            try await self.expireLeases(platform)
            await scheduler.renew()
            let other = try await platform.otherHost().step()
            mayEnd.send()

            #expect(other == 0)
            #expect(try await work == 1)
            #expect(try await platform.jobs().map(\.state) == [.done])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobThatWasCancelledIsToldSoAndStaysCancelled(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let begun = TestSignal()
            let bench = Workbench { _, _ in
                begun.send()
                await untilCancelled()
            }
            try await platform.enqueue([bench.chore("dishes")])
            let scheduler = platform.runtime.scheduler
            async let work = scheduler.step()
            await begun.arrives()
            try await platform.tamper(
                "UPDATE {kernel.job} SET state = 'cancelled', lease = NULL, leased_until = NULL, finished_at = 5")
            await scheduler.renew()

            #expect(try await work == 1)
            #expect(try await platform.jobs().map(\.state) == [.cancelled])
        }
    }
}
