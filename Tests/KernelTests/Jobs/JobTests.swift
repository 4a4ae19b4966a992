import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Jobs are stored with what wants them done, and done later.
struct JobTests {
    private struct Broken: Error {}

    private struct Other: Codable, Sendable { let other: Int }

    @Test(arguments: TestEngine.allCases)
    func aJobIsDoneInItsOrganizationOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, context in
                try await context.write { tx in try Chores.write("\(chore.name) begun", context.organization, tx) }
                try await context.finish { tx in try Chores.write(chore.name, context.organization, tx) }
            }
            let north = try await platform.enqueue([bench.chore("dishes")])
            let south = try await platform.enqueue([bench.chore("laundry")], in: .south)

            let first = try await platform.runtime.scheduler.step()
            let second = try await platform.runtime.scheduler.step()

            #expect(first == 2)
            #expect(second == 0)
            #expect(bench.log.all.sorted() == ["dishes", "laundry"])
            #expect(try await platform.written() == ["dishes", "dishes begun", "laundry", "laundry begun"])
            let jobs = try await platform.jobs()
            #expect(Set(jobs.map(\.id)) == Set(north + south))
            #expect(jobs.allSatisfy { $0.state == .done && $0.attempts == 1 && $0.finishedAt == TestClock.start })
            let places = try await platform.database.rows("SELECT DISTINCT organization_id FROM {chores.done}")
            #expect(places.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobIsForgottenWithItsTransaction(_ engine: TestEngine) async throws {
        let failing = Command<Chore, Void>("chores.fail", .signedIn) { chore, _, tx in
            try tx.enqueue(Chores.chore, chore)
            throw Broken()
        }
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            await #expect(throws: Broken.self) {
                try await platform.run(failing, of: Chores.id, bench.chore("dishes"))
            }
            let stored = try await platform.jobs()
            #expect(stored.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tellsWhoWantedIt(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            try await platform.enqueue([Workbench().chore("dishes")])
            let user = try platform.user(.admin)
            let job = try #require(try await platform.jobs().first)
            #expect(job.enqueuedBy == "user:\(user.id)")
            #expect(job.name == "chores.chore")
            #expect(job.state == .waiting)
            #expect(job.priority == .normal)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPluginEnqueuesItsOwnJobsOnly(_ engine: TestEngine) async throws {
        let stranger = Command<Chore, Void>("errands.enqueue", .signedIn) { chore, _, tx in
            try tx.enqueue(Chores.brief, chore)
        }
        let mistaken = Command<Void, Void>("chores.enqueue", .signedIn) { _, _, tx in
            try tx.enqueue(JobKey<Other>("chore"), Other(other: 1))
        }
        try await withPlatform(engine, plugins: [Chores.self, Errands.self]) { platform in
            let chore = Workbench().chore("dishes")
            let foreign = await #expect(throws: UndeclaredUse.self) {
                try await platform.run(stranger, of: Errands.id, chore)
            }
            let wrong = await #expect(throws: UndeclaredUse.self) {
                try await platform.run(mistaken, of: Chores.id, ())
            }
            #expect(foreign?.description == "errands enqueues the job brief-chore, but does not contribute it")
            #expect(
                wrong?.description == "chores enqueues the job chore with an input that the job does not take")
            let stored = try await platform.jobs()
            #expect(stored.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func jobsOfEqualNamesOfTwoPluginsAreTwo(_ engine: TestEngine) async throws {
        let own = Command<Chore, Void>("errands.enqueue", .signedIn) { chore, _, tx in
            try tx.enqueue(Errands.errand, chore)
        }
        try await withPlatform(engine, plugins: [Chores.self, Errands.self]) { platform in
            let bench = Workbench()
            try await platform.run(own, of: Errands.id, bench.chore("post"))
            try await platform.runtime.scheduler.step()
            #expect(bench.log.all == ["errand post"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobOfAPluginThatIsSwitchedOffWaits(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self, Errands.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("dishes")])
            let without = try platform.otherHost(enabled: [Errands.id])

            #expect(try await without.step() == 0)
            #expect(try await platform.jobs().map(\.state) == [.waiting])
            #expect(try await platform.runtime.scheduler.step() == 1)
            #expect(bench.log.all == ["dishes"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobWaitsForItsTime(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("dishes")], at: TestClock.start.adding(minutes: 10))

            platform.clock.advance(seconds: 599)
            #expect(try await platform.runtime.scheduler.step() == 0)
            platform.clock.advance(seconds: 1)
            #expect(try await platform.runtime.scheduler.step() == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func urgentJobsComeFirstAndOlderOnesBeforeYounger(_ engine: TestEngine) async throws {
        var settings = Scheduler.Settings()
        settings.concurrency = 1
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let start = TestClock.start
            try await platform.enqueue([bench.chore("low")], at: start.adding(minutes: -9), priority: .low)
            try await platform.enqueue([bench.chore("younger")], at: start.adding(minutes: -1))
            try await platform.enqueue([bench.chore("older")], at: start.adding(minutes: -2), in: .south)
            try await platform.enqueue([bench.chore("urgent")], Chores.urgent)
            let scheduler = try platform.otherHost(settings: settings)
            while try await scheduler.step() > 0 {}

            #expect(bench.log.all == ["urgent", "older", "younger", "low"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func noMoreRunAtOnceThanThereArePlaces(_ engine: TestEngine) async throws {
        var settings = Scheduler.Settings()
        settings.concurrency = 3
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let (mayEnd, started) = (TestSignal(), AsyncStream<Void>.makeStream())
            let bench = Workbench { _, _ in
                started.continuation.yield()
                await mayEnd.arrives()
            }
            try await platform.enqueue((0..<10).map { bench.chore("\($0)") })
            let scheduler = try platform.otherHost(settings: settings)
            async let first = scheduler.step()
            var running = 0
            for await _ in started.stream {
                running += 1
                if running == 3 { break }
            }
            let second = try await scheduler.step()
            let waiting = try await platform.jobs().count { $0.state == .waiting }
            let begun = bench.log.all.count
            mayEnd.send()

            #expect(second == 0)
            #expect(waiting == 7)
            #expect(begun == 3)
            #expect(try await first == 3)
            while try await scheduler.step() > 0 {}
            #expect(bench.log.all.sorted() == (0..<10).map(String.init))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anInputThatIsTooLongIsRefused(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let long = Workbench().chore(String(repeating: "x", count: 70_000))
            await #expect(throws: (any Error).self) { try await platform.enqueue([long]) }
            let stored = try await platform.jobs()
            #expect(stored.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatEndedLongAgoIsRemovedAndTheDeadAreKeptLonger(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, _ in
                if chore.name == "bad" { throw JobFailure.permanent("it is bad") }
            }
            try await platform.enqueue([bench.chore("good"), bench.chore("bad")])
            try await platform.runtime.scheduler.step()
            try await platform.enqueue([bench.chore("waits")], at: TestClock.start.adding(minutes: 999_999))

            platform.clock.advance(seconds: 7 * 86_400 - 1)
            _ = await platform.runtime.retention.service.step()
            let before = try await platform.jobs().map(\.state)
            platform.clock.advance(seconds: 1)
            _ = await platform.runtime.retention.service.step()
            let after = try await platform.jobs().map(\.state)
            platform.clock.advance(seconds: 83 * 86_400)
            _ = await platform.runtime.retention.service.step()
            let last = try await platform.jobs().map(\.state)

            #expect(before == [.done, .dead, .waiting])
            #expect(after == [.dead, .waiting])
            #expect(last == [.waiting])
        }
    }
}
