import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// When a session was last used: roughly, and without making anybody wait.
struct SessionActivityTests {
    private func lastSeen(_ sessions: SessionFixture) async throws -> [Instant] {
        try await sessions.platform.runtime.database.read(in: .system(SystemScope("look"))) { tx in
            try tx.values("SELECT last_seen_at FROM \(Session.table) ORDER BY id", as: Instant.self)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func useIsWrittenDownOnceAMinute(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let tokens = try await sessions.signIn()
            var seen: [[Instant]] = []
            for seconds in [2, 59, 61, 90, 120, 122] as [Int64] {
                sessions.platform.clock.set(TestClock.start.adding(seconds: seconds))
                #expect(try await sessions.works(tokens.access))
                await sessions.identity.activity.settle()
                seen.append(try await self.lastSeen(sessions))
            }
            let expected = [0, 0, 61, 61, 61, 122] as [Int64]
            #expect(seen == expected.map { [TestClock.start.adding(seconds: $0)] })
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manySessionsAreNotedTogether(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let first = try await sessions.signIn(in: .north)
            let second = try await sessions.signIn(in: .south)
            let idle = try await sessions.signIn(.provider)
            sessions.platform.clock.advance(seconds: 300)
            for tokens in [first, second] { #expect(try await sessions.works(tokens.access)) }
            await sessions.identity.activity.settle()
            let now = sessions.platform.clock.now
            let seen = try await self.lastSeen(sessions)

            #expect(seen == [now, now, TestClock.start])
            #expect(idle.expiresAt > now)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatAnotherHostHasJustSeenIsNotWrittenAgain(_ engine: TestEngine) async throws {
        try await withSessions(engine) { sessions in
            let tokens = try await sessions.signIn()
            let call = try await sessions.call(tokens.access)
            let session = try #require(call.principal.user?.session)
            let now = TestClock.start.adding(seconds: 59)
            // As if read long ago: the row says otherwise by now.
            sessions.identity.activity.note(session, of: call.organization, lastSeenAt: nil, at: now)
            await sessions.identity.activity.settle()
            let seen = try await self.lastSeen(sessions)

            #expect(seen == [TestClock.start])
        }
    }
}
