import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Requests for the same work are one job, for as long as it waits.
struct JobUniquenessTests {
    private func enqueueAtOnce(_ platform: TestPlatform, _ bench: Workbench, unique: JobUniqueness?) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask { try await platform.enqueue([bench.chore("\(number)")], unique: unique) }
            }
            try await group.waitForAll()
        }
    }

    @Test(arguments: TestEngine.allCases, [JobUniqueness.once("k"), .latest("k")])
    func fiftyAtOnceAreOneJob(_ engine: TestEngine, _ unique: JobUniqueness) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await self.enqueueAtOnce(platform, bench, unique: unique)
            #expect(try await platform.jobs().count == 1)
            #expect(try await platform.runtime.scheduler.step() == 1)
        }
    }

    /// The control: what is not said to be the same work is done fifty times.
    @Test(arguments: TestEngine.allCases)
    func withoutAKeyAllFiftyAreDone(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await self.enqueueAtOnce(platform, bench, unique: nil)
            #expect(try await platform.jobs().count == 50)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func keysAreOfAnOrganizationAndAJob(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let one = try await platform.enqueue([bench.chore("a")], unique: .once("k"))
            let same = try await platform.enqueue([bench.chore("b")], unique: .once("k"))
            let place = try await platform.enqueue([bench.chore("c")], unique: .once("k"), in: .south)
            let job = try await platform.enqueue([bench.chore("d")], Chores.urgent, unique: .once("k"))
            let key = try await platform.enqueue([bench.chore("e")], unique: .once("K"))

            #expect(one == same)
            #expect(Set(one + place + job + key).count == 4)
            #expect(try await platform.jobs().count == 4)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onceKeepsTheFirstInputAndTheEarlierTime(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let start = TestClock.start
            try await platform.enqueue([bench.chore("first")], at: start.adding(minutes: 10), unique: .once("k"))
            try await platform.enqueue([bench.chore("later")], at: start.adding(minutes: 20), unique: .once("k"))
            #expect(try await platform.jobs().map(\.runAt) == [start.adding(minutes: 10)])
            try await platform.enqueue(
                [bench.chore("sooner")], at: start.adding(minutes: 5), priority: .high, unique: .once("k"))
            let job = try #require(try await platform.jobs().first)
            #expect(job.runAt == start.adding(minutes: 5))
            #expect(job.priority == .high)
            #expect(job.input["name"]?.string == "first")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func latestPutsOffAndReplacesTheInput(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let start = TestClock.start
            try await platform.enqueue([bench.chore("first")], at: start.adding(minutes: 10), unique: .latest("k"))
            try await platform.enqueue([bench.chore("last")], at: start.adding(minutes: 20), unique: .latest("k"))
            platform.clock.advance(minutes: 20)
            try await platform.runtime.scheduler.step()
            #expect(bench.log.all == ["last"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRequestForWorkThatIsBeingDoneIsDoneAfterwards(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, _ in
                guard chore.name == "first" else { return }
                try await platform.enqueue([Chore(bench: chore.bench, name: "second")], unique: .once("k"))
            }
            try await platform.enqueue([bench.chore("first")], unique: .once("k"))
            while try await platform.runtime.scheduler.step() > 0 {}
            #expect(bench.log.all == ["first", "second"])
            #expect(try await platform.jobs().map(\.state) == [.done, .done])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func workThatFailsWhileTheSameWaitsIsSuperseded(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, _ in
                guard chore.name == "first" else { return }
                try await platform.enqueue([Chore(bench: chore.bench, name: "second")], unique: .once("k"))
                throw CancellationError()
            }
            try await platform.enqueue([bench.chore("first")], unique: .once("k"))
            while try await platform.runtime.scheduler.step() > 0 {}
            #expect(bench.log.all == ["first", "second"])
            #expect(try await platform.jobs().map(\.state) == [.superseded, .done])
        }
    }

    /// A job that waits must not begin between a request that joins it and that request's commit: it would not see what
    /// the request is about.
    @Test func aJobThatIsJoinedWaitsForTheCommit() async throws {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        try await withPlatform(.postgres, plugins: [Chores.self], setup: setup) { platform in
            let (joined, mayCommit) = (TestSignal(), TestSignal())
            let bench = Workbench()
            let joining = Command<Chore, Void>("chores.join", .signedIn) { chore, _, tx in
                try tx.enqueue(Chores.chore, chore, unique: .once("k"))
                joined.send()
                mayCommit.wait()
            }
            try await platform.enqueue([bench.chore("first")], unique: .once("k"))
            async let request: Void = platform.run(joining, of: Chores.id, bench.chore("second"))
            await joined.arrives()
            let meanwhile = try await platform.runtime.scheduler.step()
            mayCommit.send()
            try await request
            let afterwards = try await platform.runtime.scheduler.step()

            #expect(meanwhile == 0)
            #expect(afterwards == 1)
            #expect(bench.log.all == ["first"])
        }
    }
}
