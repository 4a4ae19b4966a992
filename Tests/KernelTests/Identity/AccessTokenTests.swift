import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a token is worth, and when it stops.
struct AccessTokenTests {
    private func signIn(_ platform: TestPlatform) async throws -> IssuedTokens {
        try await platform.runtime.identity.signIn(
            email: TestMember.customer.email, password: TestMember.password,
            organization: try platform.organization().id, origin: Origin(.test))
    }

    @Test func aTokenIsRecognizableLongAndSilent() throws {
        let token = AccessToken(random: SeededRandom(seed: 1))
        let text = token.reveal()

        #expect(text.hasPrefix("almanac_"))
        #expect(text.utf8.count == 51)
        #expect("\(token)" == "almanac_…")
        #expect(String(reflecting: token) == "almanac_…")
        #expect(AccessToken(text)?.digest == token.digest)
        #expect(token.digest.count == 32)
    }

    @Test(arguments: [
        "", "almanac_", "almanac_" + String(repeating: "A", count: 42), String(repeating: "A", count: 51),
    ])
    func whatIsNoTokenIsNotLookedUp(_ text: String) {
        #expect(AccessToken(text) == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func onlyTheDigestIsStored(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let issued = try await self.signIn(platform)
            let stored = try await platform.runtime.database.read(in: .system(SystemScope("look"))) { tx in
                try tx.values("SELECT token_hash FROM \(Session.table)", as: [UInt8].self)
            }
            #expect(stored == [issued.access.digest])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func itEndsAtItsInstantAndNotBefore(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.sessions = Identity.Policy(accessSeconds: 60)
        try await withPlatform(engine, setup: setup) { platform in
            let issued = try await self.signIn(platform)
            let identity = platform.runtime.identity
            let atOnce = try await identity.principal(for: issued.access)
            platform.clock.set(issued.expiresAt.adding(microseconds: -1))
            let justBefore = try await identity.principal(for: issued.access)
            // Answered from memory or not: both look at the clock.
            platform.clock.set(issued.expiresAt)
            let atTheEnd = try await identity.principal(for: issued.access)

            #expect(issued.expiresAt == TestClock.start.adding(seconds: 60))
            #expect(atOnce != nil)
            #expect(justBefore != nil)
            #expect(atTheEnd == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAnotherHostRevokedIsSeenWithinASecond(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let identity = platform.runtime.identity
            let issued = try await self.signIn(platform)
            _ = try await identity.principal(for: issued.access)
            let digest = issued.access.digest
            try await platform.runtime.database.write(in: .system(SystemScope("another host"))) { tx in
                _ = try tx.execute("UPDATE \(Session.table) SET revoked_at = \(tx.now) WHERE token_hash = \(digest)")
            }
            let remembered = try await identity.principal(for: issued.access)
            platform.clock.advance(microseconds: 1_000_001)
            let later = try await identity.principal(for: issued.access)

            #expect(remembered != nil)
            #expect(later == nil)
        }
    }

    /// Sessions were not renewed once; those that were begun then have no refresh token.
    @Test(arguments: TestEngine.allCases)
    func aSessionWithoutRefreshTokenEndsWithItsAccessToken(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let token = AccessToken(random: SeededRandom(seed: 7))
            let organization = try sessions.platform.organization().id
            let user = try sessions.platform.user(.customer).id
            let end = TestClock.start.adding(seconds: 50)
            try await sessions.platform.runtime.database.write(in: .organization(organization)) { tx in
                _ = try tx.execute(
                    """
                    INSERT INTO \(Session.table) (organization_id, id, user_id, token_hash, created_at, expires_at)
                    VALUES (\(organization), \(tx.id(Session.self)), \(user), \(token.digest), \(tx.now), \(end))
                    """)
            }
            let call = try await sessions.call(token)
            await sessions.identity.activity.settle()
            let query = Query<Void, [Sessions.Live]>("list", .signedIn) { _, _, tx in
                try sessions.identity.sessions.list(after: nil, limit: 10, in: tx)
            }
            let listed = try await sessions.platform.runtime.invoker.run(query, of: "kernel", (), as: call)
            sessions.platform.clock.set(end)

            #expect(listed.map(\.lastSeenAt) == [TestClock.start])
            #expect(try await !sessions.works(token))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anUnknownTokenBelongsToNobody(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let found = try await platform.runtime.identity.principal(for: AccessToken(random: SeededRandom(seed: 99)))
            #expect(found == nil)
        }
    }

    @Test func nothingReadBeforeARevocationIsRememberedAfterIt() throws {
        let cache = PrincipalCache()
        let user = SignedInUser(
            id: ID(high: 1, low: 1), person: ID(high: 1, low: 2), session: nil, roles: [], grants: .none)
        let now = TestClock.start
        let entry = PrincipalCache.Entry(
            organization: ID(high: 1, low: 3), user: user, expiresAt: now.adding(seconds: 60), loadedAt: now)

        let epoch = cache.currentEpoch
        cache.empty()
        cache.remember(entry, for: [1], readAt: epoch)
        #expect(cache.find([1], at: now) == nil)

        cache.remember(entry, for: [1], readAt: cache.currentEpoch)
        #expect(cache.find([1], at: now)?.user == user)
        #expect(cache.find([1], at: now.adding(seconds: -1)) == nil, "a clock that was set back")
    }
}
