import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Operators look at jobs and steer them, and leave a trace of it.
struct JobDeskTests {
    private func run(
        _ command: Command<ID<StoredJob>, StoredJob>, _ id: ID<StoredJob>, _ platform: TestPlatform,
        in place: TestPlace = .north
    ) async throws -> StoredJob {
        let call = Call(
            organization: try platform.organization(place).id, principal: .system("jobs"), origin: Origin(.cli))
        return try await platform.runtime.invoker.run(command, of: .kernel, id, as: call)
    }

    private func trail(_ platform: TestPlatform) async throws -> [String] {
        try await platform.database.rows(
            "SELECT action, object_id FROM {kernel.audit_entry} WHERE action LIKE 'kernel.job.%' ORDER BY id"
        ).map { row in row.map { $0 ?? "" }.joined(separator: " ") }
    }

    @Test(arguments: TestEngine.allCases)
    func aDeadJobIsTriedAgainWithAllItsAttempts(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { _, context in
                #expect(context.attempt == 1)
                throw JobFailure.permanent("broken")
            }
            let id = try #require(try await platform.enqueue([bench.chore("dishes")]).first)
            try await platform.runtime.scheduler.step()
            let retried = try await self.run(JobDesk.retry, id, platform)
            #expect(retried.state == .waiting)
            #expect(retried.lastError == "broken")
            #expect(retried.finishedAt == nil)
            try await platform.runtime.scheduler.step()

            #expect(bench.log.all.count == 2)
            #expect(try await platform.jobs().map(\.attempts) == [1])
            #expect(try await self.trail(platform) == ["kernel.job.retried \(id)"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobThatWaitsIsCancelledAndHastened(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let later = TestClock.start.adding(minutes: 60)
            let ids = try await platform.enqueue([bench.chore("a"), bench.chore("b")], at: later)
            _ = try await self.run(JobDesk.cancel, ids[0], platform)
            _ = try await self.run(JobDesk.hasten, ids[1], platform)
            #expect(try await platform.runtime.scheduler.drain() == 1)

            #expect(bench.log.all == ["b"])
            #expect(try await platform.jobs().map(\.state) == [.cancelled, .done])
            let trail = try await self.trail(platform)
            #expect(trail == ["kernel.job.cancelled \(ids[0])", "kernel.job.hastened \(ids[1])"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatMakesNoSenseIsRefused(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            let ids = try await platform.enqueue([bench.chore("done")])
            try await platform.runtime.scheduler.step()
            let south = try await platform.enqueue([bench.chore("waits")], in: .south)
            for command in [JobDesk.retry, JobDesk.cancel, JobDesk.hasten] {
                let refused = await refusal { _ = try await self.run(command, ids[0], platform) }
                #expect(refused?.code == "job_state")
                // Whose organization is not the job's finds none.
                let strange = await refusal { _ = try await self.run(command, south[0], platform) }
                #expect(strange?.kind == .notFound)
            }
            #expect(await refusal { _ = try await self.run(JobDesk.retry, south[0], platform, in: .south) } != nil)
            #expect(try await self.trail(platform).isEmpty)
            #expect(try await platform.jobs().map(\.state) == [.done, .waiting])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aJobIsNotTriedAgainBesideOneOfItsKey(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench { chore, _ in if chore.name == "bad" { throw JobFailure.permanent("bad") } }
            let ids = try await platform.enqueue([bench.chore("bad")], unique: .once("k"))
            try await platform.runtime.scheduler.step()
            try await platform.enqueue([bench.chore("good")], unique: .once("k"))
            let refused = await refusal { _ = try await self.run(JobDesk.retry, ids[0], platform) }
            #expect(refused?.code == "job_waiting")
            #expect(try await platform.jobs().map(\.state) == [.dead, .waiting])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsAreFilteredAndCounted(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Chores.self]) { platform in
            let bench = Workbench()
            try await platform.enqueue([bench.chore("a"), bench.chore("b")])
            try await platform.runtime.scheduler.step()
            try await platform.enqueue([bench.chore("c")], Chores.urgent, in: .south)
            let desk = platform.runtime.jobs
            var filter = JobDesk.Filter()
            let all = try await desk.list(filter)
            filter.state = .done
            let done = try await desk.list(filter)
            filter.organization = try platform.organization(.south).id
            let none = try await desk.list(filter)
            filter = JobDesk.Filter()
            filter.name = "chores.urgent-chore"
            filter.limit = 1
            let urgent = try await desk.list(filter)

            #expect(all.map { $0.input["name"]?.string } == ["c", "b", "a"])
            #expect(done.count == 2)
            #expect(none.isEmpty)
            #expect(urgent == Array(all.prefix(1)))
            let tallies = try await desk.tallies().map { "\($0.name) \($0.state) \($0.count)" }
            #expect(tallies == ["chores.chore done 2", "chores.urgent-chore waiting 1"])
        }
    }
}
