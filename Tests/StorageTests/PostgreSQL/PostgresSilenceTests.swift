import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Nobody waits for a server that hangs, and nobody is told that nothing was written when that is not known.
struct PostgresSilenceTests {
    private static let note = Table(.kernel, "note", ownership: .deployment)

    /// How long waiting for a server that hangs may take: a second and a half, and what a busy machine adds.
    private static let soon = Duration.seconds(4).patiently

    private func withDatabase(
        poolSize: Int = 4, _ body: (PostgresCluster, Database) async throws -> Void
    ) async throws {
        try await withPostgresCluster { cluster in
            let configuration = PostgresConfiguration(url: cluster.url, poolSize: poolSize, usesRoles: false)
            let engine = PostgresEngine(configuration, logger: SilentLog.logger)
            try await engine.maintain { connection in
                try connection.run("CREATE SCHEMA kernel; CREATE TABLE kernel.note (number bigint PRIMARY KEY)")
            }
            let database = Database(
                engine: engine, namespace: .kernel, clock: ManualClock(TestClock.start),
                ids: UUIDv7Generator(random: SeededRandom(seed: 1)))
            let result = await Result { try await body(cluster, database) }
            cluster.resume()
            await engine.close()
            try result.get()
        }
    }

    private static let scope = Scope.system(SystemScope("try a server that hangs"))

    private static func numbers(_ database: Database) async throws -> [Int] {
        try await database.read(in: self.scope) { tx in
            try tx.values("SELECT number FROM \(self.note) ORDER BY number", as: Int.self)
        }
    }

    private static func write(_ number: Int, _ database: Database) async throws {
        try await database.write(in: self.scope) { tx in
            _ = try tx.execute("INSERT INTO \(self.note) (number) VALUES (\(number))")
        }
    }

    private static func code(_ body: () async throws -> Void) async -> StorageError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return error.storageError?.code
        }
    }

    /// Opens all connections of a pool, by having them all at once.
    private static func openAll(_ count: Int, _ database: Database) async throws {
        let (begun, go) = ((0..<count).map { _ in TestSignal() }, TestSignal())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for signal in begun {
                group.addTask {
                    try await database.read(in: Self.scope) { tx in
                        _ = try tx.value("SELECT 1", as: Int.self)
                        signal.send()
                        go.wait()
                    }
                }
            }
            for signal in begun { await signal.arrives() }
            go.send()
            try await group.waitForAll()
        }
    }

    @Test
    func everybodyIsRefusedSoonWhileItHangsAndServedOnceItGoesOn() async throws {
        try await self.withDatabase { cluster, database in
            // Whoever connects to a server that was heard of a moment ago does not ask it first.
            try await Self.openAll(4, database)
            try await Self.write(1, database)
            cluster.pause()

            // More than there are connections: those who have one, and those who wait for one.
            let start = ContinuousClock.now
            let codes = await withTaskGroup(of: StorageError.Code?.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        await Self.code {
                            if number.isMultiple(of: 2) {
                                _ = try await Self.numbers(database)
                            } else {
                                try await Self.write(100 + number, database)
                            }
                        }
                    }
                }
                return await group.reduce(into: [StorageError.Code?]()) { $0.append($1) }
            }
            #expect(codes.allSatisfy { $0 == .unavailable }, "\(codes)")
            #expect(start.duration(to: .now) < Self.soon)

            cluster.resume()
            let again = ContinuousClock.now
            while await Self.code({ try await Self.write(2, database) }) != nil {
                try #require(again.duration(to: .now) < Duration.seconds(10).patiently, "it is not found again")
                await Task.yield()
            }
            #expect(again.duration(to: .now) < Duration.seconds(5).patiently)
            // What was refused was not written.
            #expect(try await Self.numbers(database) == [1, 2])
        }
    }

    @Test
    func aCommitThatIsNotAnsweredHasAnUnknownOutcome() async throws {
        try await self.withDatabase(poolSize: 1) { cluster, database in
            let start = ContinuousClock.now
            let code = await Self.code {
                try await database.write(in: Self.scope) { tx in
                    _ = try tx.execute("INSERT INTO \(Self.note) (number) VALUES (1)")
                    // What follows is the commit.
                    cluster.pause()
                }
            }
            #expect(code == .outcomeUnknown)
            #expect(start.duration(to: .now) < Self.soon)

            // Here it happened, though nobody heard of it.
            cluster.resume()
            let again = ContinuousClock.now
            while (try? await Self.numbers(database)) != [1] {
                try #require(again.duration(to: .now) < Duration.seconds(10).patiently)
                await Task.yield()
            }
        }
    }

    /// A statement may take longer than the server may be silent: the server says that it is there.
    @Test
    func whoeverWaitsForALongStatementIsNotSentAway() async throws {
        try await self.withDatabase { _, database in
            let value = try await database.read(in: Self.scope) { tx in
                try tx.value("SELECT 1 FROM (SELECT pg_sleep(2.5)) AS nap", as: Int.self)
            }
            #expect(value == 1)
        }
    }
}
