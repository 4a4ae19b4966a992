import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacStorage

/// Reads that may be some seconds old, and a replica that answers them.
struct PostgresReplicaTests {
    /// A time that tests move; what is to happen later happens in real time.
    private final class Hours: Sendable {
        private let nanoseconds = Mutex<UInt64>(1 << 40)
        var alarm: PostgresAlarm {
            PostgresAlarm(now: { self.nanoseconds.withLock { $0 } }, after: PostgresAlarm.system.after)
        }
        func pass(_ seconds: UInt64) { self.nanoseconds.withLock { $0 += seconds * 1_000_000_000 } }
    }

    private static let isReplica = SQL(unsafeSQL: "SELECT pg_is_in_recovery()")
    private static let loophole: SQL =
        "SELECT label FROM \(Shop.shelves) WHERE organization_id = organization_id ORDER BY label"

    private struct Answer: Equatable, Sendable {
        var isReplica: Bool?
        var user: String?
        var labels: [String]
    }

    private static func ask(
        _ database: Database, _ freshness: Freshness = .stale(atMost: .seconds(10)),
        in organization: OrganizationID = Shop.north
    ) async throws -> Answer {
        try await database.read(freshness, in: .organization(organization)) { tx in
            Answer(
                isReplica: try tx.value(Self.isReplica), user: try tx.value(.currentUser),
                labels: try tx.values(Self.loophole))
        }
    }

    /// Asks until the replica has come so far that it answers, each time a second later.
    private static func settle(_ database: Database, _ hours: Hours) async throws -> Answer {
        for _ in 0..<2_000 {
            let answer = try await Self.ask(database)
            if answer.isReplica == true { return answer }
            hours.pass(1)
        }
        throw Mistake()
    }

    private func withReplica(
        _ body: (PostgresPair, Database, Hours) async throws -> Void
    ) async throws {
        try await withPostgresPair(isSynchronous: false) { pair in
            let hours = Hours()
            var configuration = PostgresConfiguration(url: pair.primary, poolSize: 2)
            configuration.replicaURL = pair.standby
            let engine = PostgresEngine(
                configuration, locking: AdvisoryLocking(), logger: SilentLog.logger, alarm: hours.alarm)
            let database = Database(
                engine: engine, namespace: Shop.room, clock: ManualClock(TestClock.start),
                ids: UUIDv7Generator(random: SeededRandom(seed: 7)))
            let result = await Result {
                _ = try await Migrator([Shop.history], roles: RoleSetup()).migrate(engine, now: TestClock.start)
                try await database.write(in: .organization(Shop.north)) { try $0.addShelf(1, "mine") }
                try await database.write(in: .organization(Shop.south)) { try $0.addShelf(1, "theirs", in: Shop.south) }
                try await body(pair, database, hours)
            }
            await engine.close()
            try result.get()
        }
    }

    @Test
    func anIdleReplicaStaysNewAndKeepsOrganizationsApart() async throws {
        try await self.withReplica { _, database, hours in
            let first = try await Self.settle(database, hours)
            #expect(first == Answer(isReplica: true, user: "postgres_shop", labels: ["mine"]))
            let other = try await Self.ask(database, in: Shop.south)
            #expect(other == Answer(isReplica: true, user: "postgres_shop", labels: ["theirs"]))

            // Nothing is written for an hour: by the time of its last transaction the replica would look old.
            hours.pass(3_600)
            let later = try await Self.settle(database, hours)
            #expect(later.labels == ["mine"])
            // Who does not allow it is answered by the primary.
            for freshness in [Freshness.current, .stale(atMost: .zero), .stale(atMost: .seconds(-1))] {
                let answer = try await Self.ask(database, freshness)
                #expect(answer.isReplica == false)
            }
        }
    }

    @Test
    func aReplicaThatTrailsAnswersOnlyWithinTheBound() async throws {
        try await self.withReplica { pair, database, hours in
            _ = try await Self.settle(database, hours)
            try await pair.setReplay(paused: true)
            try await database.write(in: .organization(Shop.north)) { try $0.addShelf(2, "new") }

            let within = try await Self.ask(database, .stale(atMost: .seconds(600)))
            #expect(within.isReplica == true)
            #expect(within.labels == ["mine"])
            // Whatever it is asked, it comes no further, and is too old in the end.
            hours.pass(601)
            for _ in 0..<20 {
                hours.pass(1)
                let beyond = try await Self.ask(database, .stale(atMost: .seconds(600)))
                #expect(beyond.isReplica == false)
                #expect(beyond.labels == ["mine", "new"])
            }
            try await pair.setReplay(paused: false)
            let settled = try await Self.settle(database, hours)
            #expect(settled.labels == ["mine", "new"])
        }
    }

    @Test
    func withoutTheReplicaThePrimaryAnswers() async throws {
        try await self.withReplica { pair, database, hours in
            _ = try await Self.settle(database, hours)
            try await pair.stopStandby()

            // Known to be new enough, but gone: and after that, not even tried for a while.
            for _ in 0..<5 {
                let answer = try await Self.ask(database)
                #expect(answer.isReplica == false)
                #expect(answer.labels == ["mine"])
                hours.pass(3)
            }
            await #expect(throws: Mistake()) {
                try await database.read(.stale(atMost: .seconds(10)), in: .organization(Shop.north)) { _ in
                    throw Mistake()
                }
            }
        }
    }

    @Test
    func aServerThatFollowsNobodyIsNoReplica() async throws {
        try await withShop(.postgres, rehearses: false) { shop in
            let hours = Hours()
            var configuration = PostgresConfiguration(url: try shop.url, poolSize: 2)
            configuration.replicaURL = try shop.url
            let engine = PostgresEngine(
                configuration, locking: AdvisoryLocking(), logger: SilentLog.logger, alarm: hours.alarm)
            let database = shop.database(on: engine, in: Shop.room)
            try await shop.write { try $0.addShelf(1, "mine") }
            for _ in 0..<3 {
                let answer = try await Self.ask(database)
                #expect(answer.labels == ["mine"])
                hours.pass(10)
            }
            await engine.close()
        }
    }
}
