import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What a token is worth, and when it stops.
struct AccessTokenTests {
    private func signIn(_ platform: TestPlatform) async throws -> IssuedToken {
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
            #expect(stored == [issued.token.digest])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionEndsAtItsInstantAndNotBefore(_ engine: TestEngine) async throws {
        var setup = TestPlatform.Setup()
        setup.sessions = Identity.Policy(sessionSeconds: 60)
        try await withPlatform(engine, setup: setup) { platform in
            let issued = try await self.signIn(platform)
            let identity = platform.runtime.identity
            let atOnce = try await identity.principal(for: issued.token)
            platform.clock.set(issued.expiresAt.adding(microseconds: -1))
            let justBefore = try await identity.principal(for: issued.token)
            // Answered from memory or not: both look at the clock.
            platform.clock.set(issued.expiresAt)
            let atTheEnd = try await identity.principal(for: issued.token)

            #expect(issued.expiresAt == TestClock.start.adding(seconds: 60))
            #expect(atOnce != nil)
            #expect(justBefore != nil)
            #expect(atTheEnd == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func signingOutIsSeenByTheNextRequest(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let identity = platform.runtime.identity
            let (first, second) = (try await self.signIn(platform), try await self.signIn(platform))
            let before = try await identity.principal(for: first.token)
            try await identity.signOut(first.token)
            let after = try await identity.principal(for: first.token)
            let other = try await identity.principal(for: second.token)

            #expect(before != nil)
            #expect(after == nil)
            #expect(other != nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAnotherHostRevokedIsSeenWithinASecond(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let identity = platform.runtime.identity
            let issued = try await self.signIn(platform)
            _ = try await identity.principal(for: issued.token)
            let digest = issued.token.digest
            try await platform.runtime.database.write(in: .system(SystemScope("another host"))) { tx in
                _ = try tx.execute("UPDATE \(Session.table) SET revoked_at = \(tx.now) WHERE token_hash = \(digest)")
            }
            let remembered = try await identity.principal(for: issued.token)
            platform.clock.advance(microseconds: 1_000_001)
            let later = try await identity.principal(for: issued.token)

            #expect(remembered != nil)
            #expect(later == nil)
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
