import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

@testable import AlmanacKernel

/// Policies check under locks that are taken together, before any of them judges.
struct PolicyLockTests {
    private enum Thing {}

    private struct Offer: PolicySubject {
        static let name = "market.offer"
        let buyers: [ID<Thing>]
    }

    private struct Settled: PolicySubject {
        static let name = "market.settled"
        static let allowsLocks = false
    }

    private static let offers = Table(Namespace("market"), "offer")

    /// Nobody gets more than three offers.
    private struct Market: BarePlugin {
        static let declaration = Declaration(
            id: "market", version: "1.0.0", summary: "M",
            migrations: [
                Migration(1, "offers") {
                    CreateTable(PolicyLockTests.offers) {
                        Column("id", .uuid)
                        Column("buyer_id", .uuid)
                        PrimaryKey("id")
                    }
                }
            ])

        var contributions: Contributions {
            Policy(
                "three-a-buyer", for: Offer.self, locks: { offer, _ in offer.buyers.map { LockKey("buyer", $0) } },
                { offer, tx in
                    for buyer in offer.buyers {
                        guard let organization = tx.scope.organization else { return }
                        let count =
                            try tx.value(
                                """
                                SELECT count(*) FROM \(PolicyLockTests.offers)
                                WHERE organization_id = \(organization) AND buyer_id = \(buyer)
                                """, as: Int.self) ?? 0
                        guard count < 3 else { throw Refusal(.conflict, "too_many_offers", "three are enough") }
                    }
                })
        }
    }

    /// Locks other things, which sort before some of the market's and behind others.
    private struct Bargains: BarePlugin {
        static let declaration = Declaration(id: "bargains", version: "1.0.0", summary: "B", needs: ["market"])
        var contributions: Contributions {
            Policy(
                "one-at-a-time", for: Offer.self, locks: { offer, _ in offer.buyers.map { LockKey("bargain", $0) } },
                { offer, tx in
                    for buyer in offer.buyers {
                        guard tx.holds(LockKey("bargain", buyer)), tx.holds(LockKey("buyer", buyer)) else {
                            throw Refusal(.conflict, "not_locked", "a lock is missing")
                        }
                    }
                })
        }
    }

    private struct Late: BarePlugin {
        static let declaration = Declaration(id: "late", version: "1.0.0", summary: "L")
        var contributions: Contributions {
            Policy("locks", for: Settled.self, locks: { _, _ in [] }, { _, _ in })
        }
    }

    private static func insert(_ buyer: ID<Thing>, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        try tx.execute(
            """
            INSERT INTO \(Self.offers) (organization_id, id, buyer_id)
            VALUES (\(organization), \(tx.id(Thing.self)), \(buyer))
            """)
    }

    private static let sell = Command<ID<Thing>, Void>("market.sell", .signedIn) { buyer, _, tx in
        var offer = Offer(buyers: [buyer])
        try tx.decide(&offer)
        try Self.insert(buyer, in: tx)
    }

    /// How many of fifty sales at once were made.
    private func race(_ engine: TestEngine, isLocked: Bool) async throws -> Int {
        var setup = TestPlatform.Setup()
        setup.rehearses = false
        if !isLocked { setup.database.locking = NoLocking() }
        return try await withPlatform(engine, plugins: [Market.self, Bargains.self], setup: setup) { platform in
            let buyer = ID<Thing>(high: 7, low: 7)
            return await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<50 {
                    group.addTask { (try? await platform.run(Self.sell, of: "market", buyer)) != nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofFiftyAtOnceThreeAreMade(_ engine: TestEngine) async throws {
        #expect(try await self.race(engine, isLocked: true) == 3)
    }

    /// The negative control.
    ///
    /// SQLite has one writer: there it cannot fail.
    @Test
    func withoutLocksMoreAreMade() async throws {
        var most = 0
        for _ in 0..<5 where most <= 3 { most = max(most, try await self.race(.postgres, isLocked: false)) }
        #expect(most > 3)
    }

    /// Two that lock several things each, in any order, never wait for each other.
    @Test(arguments: TestEngine.allCases)
    func locksOfAllPoliciesAreTakenTogetherInOrder(_ engine: TestEngine) async throws {
        let sell = Command<[ID<Thing>], Void>("market.sell-many", .signedIn) { buyers, _, tx in
            var offer = Offer(buyers: buyers)
            try tx.decide(&offer)
        }
        try await withPlatform(engine, plugins: [Market.self, Bargains.self]) { platform in
            let buyers = (1...6).map { ID<Thing>(high: UInt64($0), low: 1) }
            let failures = await withTaskGroup(of: String?.self) { group in
                for round in 0..<40 {
                    group.addTask {
                        let own = Array((buyers + buyers)[(round % 6)...].prefix(4))
                        do {
                            try await platform.run(
                                sell, of: "market", round.isMultiple(of: 2) ? own : own.reversed())
                            return nil
                        } catch { return "\(error)" }
                    }
                }
                return await group.reduce(into: [String]()) { all, next in if let next { all.append(next) } }
            }
            #expect(failures.isEmpty, "\(failures)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aCommandThatLocksItselfMustTakeThePoliciesLocksAlong(_ engine: TestEngine) async throws {
        let buyers = (1...6).map { ID<Thing>(high: UInt64($0), low: 1) }
        let command = { (takesAlong: Bool) in
            Command<ID<Thing>, Void>("market.sell-locked", .signedIn) { buyer, _, tx in
                var offer = Offer(buyers: [buyer])
                try tx.lock([LockKey("stall", buyer)] + (takesAlong ? tx.locks(for: [offer]) : []))
                try tx.decide(&offer)
            }
        }
        try await withPlatform(engine, plugins: [Market.self, Bargains.self]) { platform in
            for buyer in buyers {
                try await platform.run(command(true), of: "market", buyer)
                // Always, not only where a key happens to sort before the one that is held.
                await #expect(throws: UndeclaredUse.self) {
                    try await platform.run(command(false), of: "market", buyer)
                }
            }
        }
    }

    @Test
    func locksWhereNoneCanBeTakenDoNotAssemble() throws {
        let database = Database(
            engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start), ids: UUIDv7Generator())
        let error = #expect(throws: Problems.self) {
            try Runtime(
                assembling: Assembler([Late.self]), enabled: [EnabledPlugin("late")], database: database,
                logger: SilentLog.logger)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains("names locks"))
    }
}
