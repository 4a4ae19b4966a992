import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Who is held off, and that it can be ended.
struct LimitBlockTests {
    private static let one = RateLimit(checked: 1, seconds: 3_600, burst: 1)

    private func withLimiter(
        _ engine: TestEngine, _ body: (RateLimiter, Database, OrganizationID, TestDatabase) async throws -> Void
    ) async throws {
        try await withTestDatabase(engine, migrations: [KernelSchema.history]) { test in
            let database = test.database(in: .kernel)
            let organization = try await Self.establish("alone", database)
            let rules = RateLimits.Rules(perUser: Self.one, perAddress: Self.one, perIdentifier: Self.one)
            let limiter = RateLimiter(
                RateLimits([.login: rules]), clock: test.clock, logger: SilentLog.logger, hosts: database)
            try await body(limiter, database, organization, test)
        }
    }

    private static func establish(_ slug: String, _ database: Database) async throws -> OrganizationID {
        try await Organizations(database: database).establish(
            slug: slug, name: slug, zone: try Zone("UTC"), locale: "en", currency: "EUR"
        ).id
    }

    private static let caller = LimitedCaller(
        address: NetworkAddress("2001:db8::7"), identifier: "anna@example.org")

    @Test(arguments: TestEngine.allCases)
    func namesWhoIsHeldOffUntilWhen(_ engine: TestEngine) async throws {
        try await self.withLimiter(engine) { limiter, database, organization, test in
            let before = try await database.read(in: .organization(organization)) { try limiter.visibleBlocks(in: $0) }
            #expect(await limiter.decide(.login, Self.caller).isAdmitted)

            let blocks = try await database.read(in: .organization(organization)) {
                try limiter.visibleBlocks(in: $0)
            }

            #expect(before.isEmpty)
            #expect(Set(blocks.map(\.policy)) == ["login-address", "login-identifier"])
            let address = try #require(blocks.first { $0.subject == .address })
            #expect(address.who == "2001:db8::/64")
            let identifier = try #require(blocks.first { $0.subject == .identifier })
            #expect(identifier.who.hasPrefix("sha256:"))
            #expect(!"\(blocks)".contains("anna"))
            let wait = address.until.microseconds(since: test.clock.now)
            #expect((3_500_000_000...3_600_000_000).contains(wait))
        }
    }

    /// An audit entry cannot be changed later: of an address it tells only the network.
    @Test(arguments: [
        ("203.0.113.77", "203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64", "2001:db8:1::/48"),
    ])
    func theAuditLogIsToldTheNetworkOfAnAddress(_ address: String, _ who: String, _ audited: String) throws {
        let policy = LimitPolicy(number: 0, name: "test-address", subject: .address, limit: Self.one)
        let block = LimitBlock(policy, try #require(NetworkAddress(address)).limitKey, until: TestClock.start)

        #expect(block.who == who)
        #expect(block.audited == audited)
    }

    @Test(arguments: TestEngine.allCases)
    func letsSomebodyInAgain(_ engine: TestEngine) async throws {
        try await self.withLimiter(engine) { limiter, database, organization, _ in
            _ = await limiter.decide(.login, Self.caller)
            #expect(await !limiter.decide(.login, Self.caller).isAdmitted)

            try await database.write(in: .organization(organization)) { tx in
                for block in try limiter.visibleBlocks(in: tx.reading) { try limiter.lift(block, in: tx) }
            }

            #expect(await limiter.decide(.login, Self.caller).isAdmitted)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLiftThatIsNotCommittedLiftsNothing(_ engine: TestEngine) async throws {
        struct Undone: Error {}
        try await self.withLimiter(engine) { limiter, database, organization, _ in
            _ = await limiter.decide(.login, Self.caller)
            await #expect(throws: Undone.self) {
                try await database.write(in: .organization(organization)) { tx in
                    for block in try limiter.visibleBlocks(in: tx.reading) { try limiter.lift(block, in: tx) }
                    throw Undone()
                }
            }
            #expect(await !limiter.decide(.login, Self.caller).isAdmitted)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aKeyIsSeenWhereItBelongs(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let admin = try await platform.client(as: .admin)
            let made = try await admin.post("/api/v1/api-keys", ["name": "Website", "scopes": ["*"]]).expect(201)
            let key = try #require(made["apiKey"]?["id"]?.string.flatMap { ID<APIKey>($0) })
            let limiter = RateLimiter(
                RateLimits([.reads: .init(perKey: Self.one)]), clock: platform.clock, logger: SilentLog.logger)
            let user = SignedInUser(
                id: ID(high: 0, low: 1), person: ID(high: 1, low: 1), session: nil, roles: [], grants: .none,
                apiKey: key)
            #expect(limiter.admit(.reads, LimitedCaller(user: user)).isAdmitted)
            #expect(!limiter.admit(.reads, LimitedCaller(user: user)).isAdmitted)

            var seen: [[String]] = []
            for place in [TestPlace.north, .south] {
                let scope = Scope.organization(try platform.organization(place).id)
                let blocks = try await platform.runtime.database.entering(.kernel).read(in: scope) {
                    try limiter.visibleBlocks(in: $0)
                }
                seen.append(blocks.map { "\($0.policy) \($0.who)" })
            }
            #expect(seen == [["reads-key \(key)"], []])
        }
    }

    /// Whose address it is nobody can say.
    @Test(arguments: TestEngine.allCases)
    func organizationsThatShareADeploymentSeeNoStrangers(_ engine: TestEngine) async throws {
        try await self.withLimiter(engine) { limiter, database, organization, _ in
            _ = await limiter.decide(.login, Self.caller)
            _ = await limiter.decide(.login, LimitedCaller(user: LimitFixture.user(7, .customer)))
            let other = try await Self.establish("other", database)
            for place in [organization, other] {
                let blocks = try await database.read(in: .organization(place)) { try limiter.visibleBlocks(in: $0) }
                #expect(blocks.isEmpty)
            }
            let all = try await database.read(in: .system(SystemScope("test"))) { try limiter.visibleBlocks(in: $0) }
            #expect(all.count >= 3)
        }
    }
}
