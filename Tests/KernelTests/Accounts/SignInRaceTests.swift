import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Many tries at once: the reason why a try is counted before its password is looked at, by one guarded statement.
@Suite(.serialized)
struct SignInRaceTests {
    private static let callers = 50

    @Test(arguments: TestEngine.allCases)
    func noMorePasswordsAreLookedAtThanAllowed(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let hasher = fixture.platform.runtime.identity.hasher
            let before = hasher.computations
            let codes = await outcomes(of: Self.callers) { number in
                _ = try await fixture.signIn(
                    TestMember.customer.email, "wrong \(number)", from: "203.0.113.\(number)")
            }
            #expect(codes.count { $0 == "invalid_credentials" } == 10)
            #expect(codes.count { $0 == "too_many_attempts" } == Self.callers - 10)
            #expect(hasher.computations - before == 10)
        }
    }

    /// How many of the callers believe that they may try.
    private func count(
        _ fixture: AccountFixture, by statement: @escaping @Sendable (SignInPace.Subject, Instant) -> SQL
    ) async throws -> Int {
        let subject = SignInPace.Subject.stranger(FoldKey("anna@example.org"))
        let database = fixture.platform.runtime.database
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.callers {
                group.addTask {
                    try await database.write(in: .system(SystemScope("count tries"))) { tx in
                        try tx.execute(statement(subject, tx.now))
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theStatementAloneDecides(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let tries = try await self.count(fixture) { SignInPace.count($0, at: $1) }
            #expect(tries == 10)
        }
    }

    /// The negative control: the same by a statement that counts without asking whether the time has come.
    @Test(arguments: TestEngine.allCases)
    func withoutTheGuardEverybodyTries(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let tries = try await self.count(fixture) { subject, now in
                """
                INSERT INTO \(SignInPace.table) AS p (subject, attempts, open_at, forget_at)
                VALUES (\(subject.digest), \(1), \(now), \(now))
                ON CONFLICT (subject) DO UPDATE SET attempts = p.attempts + 1
                """
            }
            #expect(tries == Self.callers)
        }
    }
}
