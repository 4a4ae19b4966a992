import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

/// Limits that all hosts of a deployment count together.
struct SharedLimitTests {
    /// What comes back within a test is next to nothing.
    private static let ten = RateLimit(checked: 10, seconds: 86_400, burst: 10)
    private static let twelve = RateLimit(checked: 12, seconds: 86_400, burst: 12)

    /// Two hosts over one database, each with a limiter and an engine of its own.
    private struct Hosts {
        let test: TestDatabase
        let first: RateLimiter
        let second: RateLimiter
        let rateClass: RateClass

        /// `skew` is how far the second host's clock is off, in seconds.
        init(
            _ test: TestDatabase, _ engine: any DatabaseEngine, _ rules: RateLimits.Rules, share: Bool = true,
            of rateClass: RateClass = .login, skew: Int64 = 0
        ) {
            self.test = test
            self.rateClass = rateClass
            func limiter(_ engine: any DatabaseEngine, _ clock: any WallClock) -> RateLimiter {
                let database = Database(engine: engine, namespace: .kernel, clock: clock, ids: test.ids)
                return RateLimiter(
                    RateLimits([rateClass: rules]), clock: clock, logger: SilentLog.logger,
                    hosts: share ? database : nil)
            }
            self.first = limiter(test.engine, test.clock)
            self.second = limiter(engine, ManualClock(test.clock.now.adding(microseconds: skew * 1_000_000)))
        }

        /// How many of `count` requests at once, half of them at each host, are let through.
        func admitted(_ count: Int, _ caller: LimitedCaller) async -> Int {
            await withTaskGroup(of: Bool.self) { group in
                for index in 0..<count {
                    let host = index % 2 == 0 ? self.first : self.second
                    group.addTask { await host.decide(self.rateClass, caller).isAdmitted }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
        }
    }

    private func withHosts(
        _ rules: RateLimits.Rules, of rateClass: RateClass = .login, share: Bool = true, skew: Int64 = 0,
        _ body: (Hosts) async throws -> Void
    ) async throws {
        try await withTestDatabase(.postgres, migrations: [KernelSchema.history]) { test in
            let engine = try test.openAgain()
            do {
                try await body(Hosts(test, engine, rules, share: share, of: rateClass, skew: skew))
                await engine.close()
            } catch {
                await engine.close()
                throw error
            }
        }
    }

    private static func caller(_ identifier: String, _ address: String = "192.0.2.1") -> LimitedCaller {
        LimitedCaller(address: NetworkAddress(address), identifier: identifier)
    }

    @Test(
        "v5.0.0-2.4.1 of fifty sign-ins at once on two hosts exactly as many pass as one host would let",
        arguments: [
            Int64(0), 30, -30,
        ])
    func exactlyTenOfFiftyPass(_ skew: Int64) async throws {
        try await self.withHosts(.init(perIdentifier: Self.ten), skew: skew) { hosts in
            #expect(await hosts.admitted(50, Self.caller("anna@example.org")) == 10)
            #expect(await hosts.admitted(50, Self.caller("ben@example.org")) == 10)
        }
    }

    /// The control: hosts that do not share let each as many through.
    @Test(arguments: [RateClass.login, .reset, .payment])
    func withoutTheTableEachHostLetsAsManyThrough(_ rateClass: RateClass) async throws {
        try await self.withHosts(.init(perIdentifier: Self.ten), of: rateClass, share: false) { hosts in
            #expect(await hosts.admitted(50, Self.caller("anna@example.org")) == 20)
        }
    }

    @Test("v5.0.0-2.4.1 mails with tokens are counted by both hosts together", arguments: [Int64(0), 30, -30])
    func exactlyTenOfFiftyMailsPass(_ skew: Int64) async throws {
        try await self.withHosts(.init(perIdentifier: Self.ten), of: .reset, skew: skew) { hosts in
            #expect(await hosts.admitted(50, Self.caller("anna@example.org")) == 10)
            #expect(await hosts.admitted(50, Self.caller("ben@example.org")) == 10)
        }
    }

    @Test("v5.0.0-2.4.1 payments are counted by both hosts together, for users and for addresses")
    func paymentsOfUsersAndGuestsAreShared() async throws {
        let rules = RateLimits.Rules(perUser: Self.ten, perAddress: Self.twelve)
        try await self.withHosts(rules, of: .payment) { hosts in
            let caller = LimitedCaller(user: LimitFixture.user(7), address: NetworkAddress("192.0.2.1"))
            #expect(await hosts.admitted(50, caller) == 10)
            // The forty refused ones have left their address two more, for a guest too.
            #expect(await hosts.admitted(10, LimitedCaller(address: NetworkAddress("192.0.2.1"))) == 2)
        }
    }

    @Test func blocksOfEachSharedClassAreSeenAndLiftedByTheOtherHost() async throws {
        for rateClass in [RateClass.login, .reset, .payment] {
            try await self.withHosts(.init(perIdentifier: Self.ten), of: rateClass) { hosts in
                #expect(await hosts.admitted(20, Self.caller("anna@example.org")) == 10)
                let (first, database) = (hosts.first, hosts.test.database(in: .kernel))
                let blocks = try await database.read(in: .system(SystemScope("test"))) { try first.blocks(in: $0) }
                #expect(blocks.map(\.policy) == ["\(rateClass.rawValue)-identifier"])
                try await database.write(in: .system(SystemScope("test"))) { tx in
                    for block in blocks { try first.lift(block, in: tx) }
                }
                #expect(await first.decide(rateClass, Self.caller("anna@example.org")).isAdmitted)
            }
        }
    }

    @Test func countsByAllLimitsOrByNone() async throws {
        let rules = RateLimits.Rules(perAddress: Self.twelve, perIdentifier: Self.ten)
        try await self.withHosts(rules) { hosts in
            #expect(await hosts.admitted(40, Self.caller("anna@example.org")) == 10)
            // The thirty refused ones have left the address two more, on whichever host.
            #expect(await hosts.admitted(10, Self.caller("ben@example.org")) == 2)
        }
    }

    @Test func givesBackToAllHosts() async throws {
        try await self.withHosts(.init(perAddress: Self.ten)) { hosts in
            for index in 0..<30 {
                let host = index % 2 == 0 ? hosts.first : hosts.second
                let admission = await host.decide(.login, Self.caller("anna@example.org"))
                #expect(admission.isAdmitted)
                await host.settle(admission, sparing: .address)
            }
            #expect(await hosts.admitted(20, Self.caller("anna@example.org")) == 10)
        }
    }

    @Test func saysHowTheCallerStandsWithAllHosts() async throws {
        try await self.withHosts(.init(perIdentifier: Self.ten)) { hosts in
            let caller = Self.caller("anna@example.org")
            for _ in 0..<9 { _ = await hosts.first.decide(.login, caller) }

            let last = await hosts.second.decide(.login, caller)
            let refused = await hosts.second.decide(.login, caller)

            #expect(last.standings.map(\.remaining) == [0])
            #expect(!refused.isAdmitted)
            #expect(refused.standings.map(\.remaining) == [0])
            // Each takes 8,640 seconds to come back.
            #expect((8_500...8_640).contains(refused.retryAfterSeconds))
            #expect(hosts.second.refusals == ["login-identifier": 1])
        }
    }

    @Test func aHostAloneDecidesWhenTheDatabaseDoesNotAnswer() async throws {
        try await withTestDatabase(.postgres, migrations: [KernelSchema.history]) { test in
            let engine = try test.openAgain()
            let hosts = Hosts(test, engine, .init(perIdentifier: Self.ten))
            await engine.close()
            var admitted = 0
            for _ in 0..<30 where await hosts.second.decide(.login, Self.caller("anna@example.org")).isAdmitted {
                admitted += 1
            }
            #expect(admitted == 10)
        }
    }

    @Test func otherClassesCostNoRoundTrip() async throws {
        try await withTestDatabase(.postgres, migrations: [KernelSchema.history]) { test in
            let engine = try #require(test.engine as? PostgresEngine)
            let limiter = RateLimiter(
                RateLimits([.public: .init(perAddress: Self.ten)]), clock: test.clock, logger: SilentLog.logger,
                hosts: test.database(in: .kernel))
            let before = engine.roundTrips
            for _ in 0..<20 { _ = await limiter.decide(.public, Self.caller("x")) }
            #expect(engine.roundTrips == before)
        }
    }

    @Test func takesOutWhatNobodyOwes() async throws {
        try await self.withHosts(.init(perIdentifier: Self.ten)) { hosts in
            for name in ["anna", "ben"] { _ = await hosts.first.decide(.login, Self.caller(name)) }
            try await hosts.test.run("UPDATE kernel.shared_limit SET arrival = 5 WHERE ctid = '(0,1)'")
            try await hosts.first.hosts?.sweep()
            #expect(try await hosts.test.rows("SELECT count(*) FROM kernel.shared_limit") == [["1"]])
        }
    }

    @Test func sqliteHasNothingToShare() async throws {
        try await withTestDatabase(.sqlite, migrations: [KernelSchema.history]) { test in
            #expect(SharedLimits(test.database(in: .kernel)) == nil)
        }
    }
}
