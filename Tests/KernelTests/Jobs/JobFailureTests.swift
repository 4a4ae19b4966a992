import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// What fails is tried again after growing pauses, and then no more.
struct JobFailureTests {
    private struct Secretive: Error, CustomStringConvertible { let description = "password=hunter2" }

    @Test(arguments: TestEngine.allCases)
    func aFailureIsTriedAgainAfterGrowingPausesAndThenDead(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { _, context in
                if context.attempt == 3 { #expect(context.isLastAttempt) }
                throw Secretive()
            }
            try await platform.enqueue([bench.chore("dishes")])
            let scheduler = platform.runtime.scheduler
            var pauses: [Int64] = []
            for _ in 0..<2 {
                try await scheduler.step()
                let job = try #require(try await platform.jobs().first)
                #expect(job.state == .waiting)
                #expect(job.lastError == "Secretive")
                pauses.append(job.runAt.microseconds(since: platform.clock.now))
                platform.clock.advance(microseconds: pauses.last.map { $0 - 1 } ?? 0)
                #expect(try await scheduler.step() == 0)
                platform.clock.advance(microseconds: 1)
            }
            try await scheduler.step()
            platform.clock.advance(seconds: 86_400)
            #expect(try await scheduler.step() == 0)

            let job = try #require(try await platform.jobs().first)
            #expect((5_000_000...10_000_000).contains(pauses[0]))
            #expect((10_000_000...20_000_000).contains(pauses[1]))
            #expect(job.state == .dead)
            #expect(job.attempts == 3)
            #expect(bench.log.all.count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobMayKnowBetterThanItsPolicy(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, _ in
                if chore.name == "never" { throw JobFailure.permanent("no such account") }
                throw JobFailure.retry(after: .seconds(1_234), "come back later")
            }
            try await platform.enqueue([bench.chore("never"), bench.chore("later")])
            try await platform.runtime.scheduler.step()

            let jobs = try await platform.jobs()
            #expect(jobs.map(\.state) == [.dead, .waiting])
            #expect(jobs.map(\.lastError) == ["no such account", "come back later"])
            #expect(jobs[1].runAt == TestClock.start.adding(seconds: 1_234))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func longReasonsAreCutOff(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { _, _ in throw JobFailure.permanent(String(repeating: "ü", count: 9_999)) }
            try await platform.enqueue([bench.chore("x")])
            try await platform.runtime.scheduler.step()
            #expect(try await platform.jobs().first?.lastError == String(repeating: "ü", count: 500))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPoisonousJobHoldsNobodyUp(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("poison"), bench.chore("dishes")])
            try await platform.tamper(
                """
                UPDATE {kernel.job} SET input = '["no chore"]'
                WHERE id IN (SELECT id FROM {kernel.job} ORDER BY id LIMIT 1)
                """)
            try await platform.runtime.scheduler.step()

            let jobs = try await platform.jobs()
            #expect(jobs.map(\.state) == [.dead, .done])
            #expect(jobs[0].lastError == "the input cannot be read as Chore")
            #expect(bench.log.all == ["dishes"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatTakesTooLongIsCancelledAndTriedAgain(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { _, _ in
                await untilCancelled()
                throw CancellationError()
            }
            try await platform.enqueue([bench.chore("slow")], Chores.brief)
            try await platform.runtime.scheduler.step()

            let job = try #require(try await platform.jobs().first)
            #expect(job.state == .waiting)
            #expect(job.attempts == 1)
            #expect(job.lastError == "it took longer than 0.02 seconds")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsDoneInSpiteOfItsCancellationIsDone(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { _, _ in await untilCancelled() }
            try await platform.enqueue([bench.chore("slow")], Chores.brief)
            try await platform.runtime.scheduler.step()
            #expect(try await platform.jobs().map(\.state) == [.done])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatFinishedItselfIsDoneWhateverItThrowsAfterwards(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, context in
                try await context.finish { tx in try Chores.write(chore.name, context.organization, tx) }
                throw Secretive()
            }
            try await platform.enqueue([bench.chore("dishes")])
            try await platform.runtime.scheduler.step()
            #expect(try await platform.jobs().map(\.state) == [.done])
            #expect(try await platform.written() == ["dishes"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatFailsWhileItFinishesHasNotHappened(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, context in
                try await context.finish { tx in
                    try Chores.write(chore.name, context.organization, tx)
                    if context.attempt == 1 { throw Secretive() }
                }
            }
            try await platform.enqueue([bench.chore("dishes")])
            try await platform.runtime.scheduler.step()
            #expect(try await platform.jobs().map(\.state) == [.waiting])
            #expect(try await platform.written().isEmpty)
            platform.clock.advance(seconds: 60)
            try await platform.runtime.scheduler.step()
            #expect(try await platform.written() == ["dishes"])
        }
    }
}
