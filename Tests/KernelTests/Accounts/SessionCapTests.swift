import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// How many sessions a user has at a time.
@Suite(.serialized)
struct SessionCapTests {
    private static let policy = Identity.Policy(maximumSessions: 3)

    private func live(_ fixture: AccountFixture) async throws -> [String] {
        try await fixture.rows(
            """
            SELECT o.slug, count(*) FROM {kernel.session} s JOIN {kernel.organization} o ON o.id = s.organization_id
            WHERE s.revoked_at IS NULL GROUP BY o.slug ORDER BY o.slug
            """)
    }

    @Test("v5.0.0-7.1.2 the oldest session ends for one too many", arguments: TestEngine.allCases)
    func theOldestSessionEnds(_ engine: TestEngine) async throws {
        try await withAccounts(engine, sessions: Self.policy) { fixture in
            let elsewhere = try await fixture.sessions.signIn(in: .south)
            let other = try await fixture.sessions.signIn(.otherCustomer)
            var all: [IssuedTokens] = []
            for _ in 0..<5 {
                fixture.platform.clock.advance(seconds: 1)
                all.append(try await fixture.sessions.signIn())
                #expect(try await fixture.sessions.works(all[all.count - 1].access))
            }
            var works: [Bool] = []
            for tokens in all { works.append(try await fixture.sessions.works(tokens.access)) }
            #expect(works == [false, false, true, true, true])
            #expect(try await fixture.sessions.works(elsewhere.access))
            #expect(try await fixture.sessions.works(other.access))
            #expect(
                try await fixture.sessions.entries()
                    == Array(repeating: "kernel.session.displaced system:identity done", count: 2))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsThatHaveEndedDoNotCount(_ engine: TestEngine) async throws {
        try await withAccounts(engine, sessions: Self.policy) { fixture in
            let first = try await fixture.sessions.signIn()
            for _ in 0..<4 {
                let next = try await fixture.sessions.signIn()
                try await fixture.sessions.identity.signOut(try await fixture.sessions.call(next.access))
            }
            #expect(try await fixture.sessions.works(first.access))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyWhoSignInAtOnceGetNoMore(_ engine: TestEngine) async throws {
        try await withAccounts(engine, sessions: Self.policy, rehearses: false) { fixture in
            let codes = await outcomes(of: 50) { _ in _ = try await fixture.sessions.signIn() }
            // The tries of one account are counted before its passwords are looked at, so some have to wait.
            #expect(codes.count { $0 == nil } >= 4)
            let live = try await self.live(fixture)
            #expect(live == ["north 3"])
        }
    }

    /// The negative control: where sessions are made without the lock, each transaction misses those of the others.
    @Test func withoutTheLockThereAreMore() async throws {
        try await withAccounts(.postgres, sessions: Self.policy, rehearses: false, locking: NoLocking()) { fixture in
            var most = 0
            for _ in 0..<20 where most <= 3 {
                let user = try fixture.platform.user(.customer).id
                let north = try fixture.platform.organization().id
                _ = await outcomes(of: 50) { _ in
                    _ = try await fixture.sessions.identity.beginSession(of: user, in: north, SessionFixture.origin)
                }
                let count = try await self.live(fixture).first?.split(separator: " ").last.flatMap { Int($0) }
                most = max(most, count ?? 0)
            }
            #expect(most > 3)
        }
    }
}
