import AlmanacTestKit
import Logging
import ServiceLifecycle
import Testing

@testable import AlmanacKernel
@testable import AlmanacStorage

/// Which processes serve, and whether they do the same.
struct HostPresenceTests {
    private static func description(
        _ process: Int, version: String = "1.0.0", manifest: String = "aa"
    ) -> ServingHost.Description {
        ServingHost.Description(machine: "web", process: process, version: version, manifest: manifest)
    }

    private func withDatabase(_ engine: TestEngine, _ body: (Database) async throws -> Void) async throws {
        try await withTestDatabase(engine, migrations: [KernelSchema.history]) { test in
            try await body(test.database(in: .kernel))
        }
    }

    /// Lets a host be silent for so many seconds; the database's own clock cannot be moved.
    private func silence(_ process: Int, for seconds: Int, _ database: Database) async throws {
        try await database.write(in: .system(SystemScope("test"))) { tx in
            try tx.execute(
                """
                UPDATE \(HostRegistry.table) SET seen_at = seen_at - \(seconds * 1_000_000) WHERE process = \(process)
                """)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsWhoServesAndForgetsWhoLeaves(_ engine: TestEngine) async throws {
        try await self.withDatabase(engine) { database in
            let log = TestLog()
            let first = HostPresence(Self.description(1), database, logger: log.logger)
            let second = HostPresence(Self.description(2), database, logger: log.logger)
            try await first.step()
            try await first.step()
            let both = try await second.step()
            try await first.leave()
            let rest = try await HostRegistry(database).hosts()

            #expect(both.map(\.description) == [Self.description(1), Self.description(2)])
            #expect(both.allSatisfy { $0.isAlive })
            #expect(rest.map(\.description.process) == [2])
            #expect(log.all.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aHostIsListedAsLongAsItRuns(_ engine: TestEngine) async throws {
        try await self.withDatabase(engine) { database in
            let logger = Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() }
            let presence = HostPresence(Self.description(1), database, logger: logger)
            let group = ServiceGroup(services: [presence], logger: logger)
            let registry = HostRegistry(database)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                while try await registry.hosts().isEmpty { await Task.yield() }
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
            let rest = try await registry.hosts()
            #expect(rest.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func warnsOnceOfEachHostThatDiffers(_ engine: TestEngine) async throws {
        try await self.withDatabase(engine) { database in
            let log = TestLog()
            let own = HostPresence(Self.description(1), database, logger: log.logger)
            let silent = TestLog()
            let manifest = HostPresence(Self.description(2, manifest: "bb"), database, logger: silent.logger)
            let program = HostPresence(Self.description(3, version: "2.0.0"), database, logger: silent.logger)
            try await own.step()
            try await manifest.step()
            for _ in 0..<3 { try await own.step() }
            #expect(log.all.count == 1)
            #expect(log.all.first?.contains("differs=manifest") == true)
            #expect(log.all.first?.contains("process=2") == true)

            try await program.step()
            for _ in 0..<3 { try await own.step() }
            #expect(log.all.count == 2)
            #expect(log.all.last?.contains("differs=program") == true)
            // It comes back after it was silent: that is news.
            try await self.silence(2, for: 100, database)
            try await own.step()
            try await manifest.step()
            try await own.step()
            #expect(log.all.count == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSilentHostIsNotCountedOnAndThenForgotten(_ engine: TestEngine) async throws {
        try await self.withDatabase(engine) { database in
            let log = TestLog()
            let own = HostPresence(Self.description(1), database, logger: log.logger)
            try await HostPresence(Self.description(2, manifest: "bb"), database, logger: log.logger).step()
            try await self.silence(2, for: 61, database)
            let known = try await own.step()
            #expect(known.first { $0.description.process == 2 }?.isAlive == false)
            #expect(log.all.isEmpty)

            try await self.silence(2, for: 300, database)
            let rest = try await own.step()
            #expect(rest.map(\.description.process) == [1])
        }
    }

    /// Times are the database's: a host whose clock is an hour off takes nobody for gone, and is not taken for gone.
    @Test(arguments: [Int64(3_600), -3_600])
    func aHostWhoseClockIsOffIsCountedOnAsAnyOther(_ skew: Int64) async throws {
        try await self.withDatabase(.postgres) { database in
            let other = Database(
                engine: database.engine, namespace: .kernel,
                clock: ManualClock(database.clock.now.adding(seconds: skew)),
                ids: UUIDv7Generator(random: SeededRandom(seed: 11)))
            let log = TestLog()
            let punctual = HostPresence(Self.description(1), database, logger: log.logger)
            let odd = HostPresence(Self.description(2), other, logger: log.logger)
            try await punctual.step()
            try await odd.step()
            let seen = [try await punctual.step(), try await odd.step()]

            for hosts in seen {
                #expect(hosts.map(\.description.process).sorted() == [1, 2])
                #expect(hosts.allSatisfy { $0.isAlive })
            }
        }
    }
}
