import AlmanacTestKit
import Foundation
import Synchronization
import Testing

@testable import AlmanacStorage

/// A server that dies, its standby that takes over, and an address that names both.
struct PostgresFailoverTests {
    /// What became of each write.
    private final class Ledger: Sendable {
        let confirmed = Mutex(Set<Int>())
        let doubtful = Mutex(Set<Int>())
        let codes = Mutex(Set<String>())
        let promotion = Mutex<ContinuousClock.Instant?>(nil)
        let isOver = Mutex(false)
    }

    private func database(_ engine: PostgresEngine) -> Database {
        Database(
            engine: engine, namespace: Shop.room, clock: ManualClock(TestClock.start),
            ids: UUIDv7Generator(random: SeededRandom(seed: 7)))
    }

    private func migrate(_ engine: PostgresEngine) async throws {
        _ = try await Migrator([Shop.history], roles: RoleSetup()).migrate(engine, now: TestClock.start)
    }

    @Test
    func whatWasConfirmedIsThereAfterAFailover() async throws {
        try await withPostgresPair { pair in
            let engine = PostgresEngine(
                PostgresConfiguration(url: try PostgresURL(pair.address), poolSize: 4), logger: SilentLog.logger)
            try await self.migrate(engine)
            let database = self.database(engine)
            let ledger = Ledger()
            let (warm, refused, back) = (TestSignal(), TestSignal(), TestSignal())

            try await withThrowingTaskGroup { group in
                for writer in 0..<4 {
                    group.addTask {
                        var number = writer
                        while !ledger.isOver.withLock({ $0 }) {
                            number += 4
                            let (id, began) = (number, ContinuousClock.now)
                            do {
                                try await database.write(in: .organization(Shop.north)) { tx in
                                    try tx.addShelf(id, "\(id)")
                                }
                                ledger.confirmed.withLock { _ = $0.insert(id) }
                                if ledger.confirmed.withLock(\.count) >= 40 { warm.send() }
                                if let since = ledger.promotion.withLock({ $0 }), began > since { back.send() }
                            } catch {
                                let code = try #require(error.storageError?.code, "\(error)")
                                ledger.codes.withLock { _ = $0.insert("\(code)") }
                                if code == .outcomeUnknown { ledger.doubtful.withLock { _ = $0.insert(id) } }
                                refused.send()
                            }
                        }
                    }
                }
                await warm.arrives()
                try await pair.killPrimary()
                await refused.arrives()
                let promoted = ContinuousClock.now
                ledger.promotion.withLock { $0 = promoted }
                try await pair.promote()
                await back.arrives()
                let gap = ContinuousClock.now - promoted
                ledger.isOver.withLock { $0 = true }
                try await group.waitForAll()
                #expect(gap < Duration.seconds(5).patiently)
                print("from promotion to the first write: \(gap)")
            }

            let found = try await database.read(in: .organization(Shop.north)) { tx in
                Set(
                    try tx.values(
                        "SELECT id FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)", as: Int.self))
            }
            await engine.close()
            // Nothing confirmed is lost; nothing is there that was refused without a doubt.
            #expect(ledger.confirmed.withLock { $0 }.subtracting(found).isEmpty)
            #expect(found.subtracting(ledger.confirmed.withLock { $0 }).isSubset(of: ledger.doubtful.withLock { $0 }))
            #expect(ledger.codes.withLock { $0 }.isSubset(of: ["unavailable", "outcomeUnknown"]))
        }
    }

    @Test
    func aServerThatTakesNoWritesIsGivenUp() async throws {
        try await withPostgresPair { pair in
            let primary = PostgresEngine(
                PostgresConfiguration(url: pair.primary, poolSize: 1), logger: SilentLog.logger)
            try await self.migrate(primary)
            try await self.database(primary).write(in: .organization(Shop.north)) { try $0.addShelf(1, "a") }
            await primary.close()

            let engine = PostgresEngine(PostgresConfiguration(url: pair.standby, poolSize: 1), logger: SilentLog.logger)
            let standby = self.database(engine)
            let attempts = TestLog()
            let error = await failure {
                try await standby.write(in: .organization(Shop.north)) { tx in
                    attempts.note("attempt")
                    try tx.addShelf(2, "b")
                }
            }
            #expect(storageCode(of: error) == .unavailable)
            #expect(message(of: error).contains("takes no writes"))
            #expect(attempts.all.count == 3)
            // It reads, and takes writes on the same address once it is promoted.
            try await pair.promote()
            try await standby.write(in: .organization(Shop.north)) { try $0.addShelf(2, "b") }
            let labels = try await standby.read(in: .organization(Shop.north)) { tx in
                try tx.values(
                    "SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north) ORDER BY id",
                    as: String.self)
            }
            await engine.close()
            #expect(labels == ["a", "b"])
        }
    }

    /// Connecting may take a minute, but who serves waits for the first word of each server only.
    @Test func serversThatSayNothingAreLeftOut() async throws {
        try await withShop(.postgres) { shop in
            let (first, second) = (try SilentServer(), try SilentServer())
            let server = try #require(ProcessInfo.processInfo.environment["ALMANAC_TEST_POSTGRES_URL"])
            let at = try #require(server.lastIndex(of: "@"))
            let slash = try #require(server[at...].firstIndex(of: "/"))
            let place = server[server.index(after: at)..<slash]
            let url = try PostgresURL(
                "\(server[...at])\(first.place),\(second.place),\(place)/postgres?target_session_attrs=read-write")
            var configuration = PostgresConfiguration(
                url: url.naming(database: try #require(try shop.url.database)), poolSize: 1)
            configuration.connectTimeout = .seconds(60)
            configuration.silenceTimeout = .milliseconds(300)
            let engine = PostgresEngine(configuration, logger: SilentLog.logger)
            let began = ContinuousClock.now
            try await shop.behind(engine).write { try $0.addShelf(1, "a") }
            let taken = ContinuousClock.now - began
            await engine.close()
            withExtendedLifetime((first, second)) {}

            #expect(taken >= .milliseconds(600) && taken < .seconds(30), "\(taken)")
        }
    }
}
