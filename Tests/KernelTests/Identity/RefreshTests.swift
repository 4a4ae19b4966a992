import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How a session is renewed, and when it ends.
struct RefreshTests {
    @Test(arguments: TestEngine.allCases)
    func theNextPairTakesThePlaceOfTheLast(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            let before = try #require(try await sessions.identity.principal(for: first.access))
            sessions.platform.clock.advance(seconds: 1_800)
            let second = try await sessions.refresh(first.refresh)
            let after = try #require(try await sessions.identity.principal(for: second.access))
            let stillWorks = try await sessions.works(first.access)

            #expect(second.user == first.user)
            #expect(second.organization == first.organization)
            #expect(after.1.session == before.1.session)
            #expect(second.access.digest != first.access.digest)
            #expect(second.refresh.digest != first.refresh.digest)
            #expect(second.expiresAt == TestClock.start.adding(seconds: 1_800 + 3_600))
            #expect(second.refreshExpiresAt == TestClock.start.adding(seconds: 1_800 + 30 * 86_400))
            // Requests under way need not fail because another one renewed the session.
            #expect(stillWorks)
            sessions.platform.clock.set(first.expiresAt)
            #expect(try await !sessions.works(first.access))
            #expect(try await sessions.works(second.access))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyDigestsAreStored(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            let second = try await sessions.refresh(first.refresh)
            let columns: [Columns] = [
                ["family_hash"], ["refresh_hash"], ["previous_refresh_hash"], ["token_hash"], ["previous_token_hash"],
            ]
            let stored = try await sessions.platform.runtime.database.read(in: .system(SystemScope("look"))) { tx in
                var found: [[UInt8]?] = []
                for column in columns { found.append(try tx.value("SELECT \(column) FROM \(Session.table)")) }
                return found
            }
            #expect(
                stored == [
                    first.refresh.familyDigest, second.refresh.digest, first.refresh.digest, second.access.digest,
                    first.access.digest,
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func thePredecessorIsForgivenForTenSeconds(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            let second = try await sessions.refresh(first.refresh)
            let atOnce = await refusal { _ = try await sessions.refresh(first.refresh) }
            sessions.platform.clock.advance(microseconds: 10_000_000)
            let late = await sessions.refusalToRefresh(first.refresh)
            let works = try await sessions.works(second.access)
            let entries = try await sessions.entries()
            let third = try await sessions.refresh(second.refresh)

            #expect(atOnce?.kind == .conflict)
            #expect(atOnce?.code == "refresh_superseded")
            #expect(late == "refresh_superseded")
            #expect(works)
            #expect(entries == ["kernel.session.renewed user:\(first.user) done"])
            #expect(try await sessions.works(third.access))
        }
    }

    @Test(
        "v5.0.0-10.4.5 v5.0.0-16.3.3 a refresh token that was exchanged earlier ends the session",
        arguments: TestEngine.allCases)
    func thePredecessorEndsTheSessionAfterwards(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let other = try await sessions.signIn()
            let first = try await sessions.signIn()
            let second = try await sessions.refresh(first.refresh)
            #expect(try await sessions.works(second.access))
            sessions.platform.clock.advance(microseconds: 10_000_001)
            let reused = await refusal { _ = try await sessions.refresh(first.refresh) }

            #expect(reused?.kind == .unauthenticated)
            #expect(reused?.code == "refresh_reused")
            try await self.expectEnded(sessions, [first, second])
            let entries = try await sessions.entries()
            #expect(
                entries == [
                    "kernel.session.renewed user:\(first.user) done", "kernel.session.reused anonymous refused",
                    "kernel.session.revoked system:identity done",
                ])
            #expect(try await sessions.works(other.access))
            #expect(await sessions.refusalToRefresh(other.refresh) == nil)
        }
    }

    @Test("v5.0.0-10.4.5 an older refresh token ends the session at once", arguments: TestEngine.allCases)
    func anOlderTokenEndsTheSessionAtOnce(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            let second = try await sessions.refresh(first.refresh)
            let third = try await sessions.refresh(second.refresh)
            let reused = await sessions.refusalToRefresh(first.refresh)

            #expect(reused == "refresh_reused")
            try await self.expectEnded(sessions, [first, second, third])
        }
    }

    /// No token of the session works, and showing one again changes nothing any more.
    private func expectEnded(_ sessions: SessionFixture, _ issued: [IssuedTokens]) async throws {
        let before = try await sessions.entries()
        for tokens in issued {
            #expect(try await !sessions.works(tokens.access))
            #expect(await sessions.refusalToRefresh(tokens.refresh) == "refresh_invalid")
        }
        let after = try await sessions.entries()
        #expect(after == before)
    }

    @Test("v5.0.0-7.3.1 a session that is not renewed ends", arguments: TestEngine.allCases)
    func anIdleSessionEnds(_ engine: TestEngine) async throws {
        try await withSessions(engine, policy: Identity.Policy(idleSeconds: 7_200)) { sessions in
            let first = try await sessions.signIn()
            #expect(first.refreshExpiresAt == TestClock.start.adding(seconds: 7_200))
            sessions.platform.clock.set(first.refreshExpiresAt.adding(microseconds: -1))
            let second = try await sessions.refresh(first.refresh)
            sessions.platform.clock.set(second.refreshExpiresAt)

            #expect(second.refreshExpiresAt > first.refreshExpiresAt)
            #expect(await sessions.refusalToRefresh(second.refresh) == "refresh_invalid")
            // Nor does a token from before make more of it than it is.
            #expect(await sessions.refusalToRefresh(first.refresh) == "refresh_invalid")
            #expect(try await !sessions.works(second.access))
        }
    }

    @Test("v5.0.0-7.3.2 a session ends however often it is renewed", arguments: TestEngine.allCases)
    func everySessionEnds(_ engine: TestEngine) async throws {
        let policy = Identity.Policy(accessSeconds: 100, idleSeconds: 300, absoluteSeconds: 1_000)
        try await withSessions(engine, policy: policy) { sessions in
            let end = TestClock.start.adding(seconds: 1_000)
            var tokens = try await sessions.signIn()
            for seconds in [250, 500, 750, 950] as [Int64] {
                sessions.platform.clock.set(TestClock.start.adding(seconds: seconds))
                tokens = try await sessions.refresh(tokens.refresh)
            }

            #expect(tokens.refreshExpiresAt == end)
            #expect(tokens.expiresAt == end)
            sessions.platform.clock.set(end)
            #expect(await sessions.refusalToRefresh(tokens.refresh) == "refresh_invalid")
            #expect(try await !sessions.works(tokens.access))
        }
    }

    @Test("v5.0.0-7.4.2 the sessions of a disabled account are of no use", arguments: TestEngine.allCases)
    func aDisabledUserCannotGoOn(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            try await sessions.platform.runtime.database.write(in: .system(SystemScope("disable"))) { tx in
                _ = try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE id = \(first.user)")
            }

            #expect(await sessions.refusalToRefresh(first.refresh) == "refresh_invalid")
            #expect(try await !sessions.works(first.access))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenIsUnknownInAnotherOrganization(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let north = try await sessions.signIn(in: .north)

            #expect(await sessions.refusalToRefresh(north.refresh, in: .south) == "refresh_invalid")
            #expect(await sessions.refusalToRefresh(RefreshToken(random: SeededRandom(seed: 9))) == "refresh_invalid")
            #expect(await sessions.refusalToRefresh(north.refresh) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSessionThatGoesOnElsewhereIsNoted(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn()
            var program = SessionFixture.origin
            program.fingerprint = ClientFingerprint(userAgent: nil, languages: "en")
            let second = try await sessions.refresh(first.refresh, origin: program)
            let quiet = try await sessions.entries()
            var otherProgram = program
            otherProgram.fingerprint = ClientFingerprint(userAgent: nil, languages: "de")
            let third = try await sessions.refresh(second.refresh, origin: otherProgram)
            let elsewhere = Origin(.test, address: "198.51.100.9", userAgent: "Phone", requestID: "r")
            _ = try await sessions.refresh(third.refresh, origin: elsewhere)
            let entries = try await sessions.entries()

            #expect(quiet == ["kernel.session.renewed user:\(first.user) done"])
            let moved = "kernel.session.moved user:\(first.user) done"
            #expect(entries == quiet + [moved, moved])
        }
    }
}
