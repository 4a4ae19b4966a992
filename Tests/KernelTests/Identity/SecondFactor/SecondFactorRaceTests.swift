import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Many hands, one code: the reason why codes and tries are taken by guarded statements.
@Suite(.serialized)
struct SecondFactorRaceTests {
    private static let callers = 50

    /// How often signing in with a code led to what, when all callers send it at once.
    private func storm(_ factors: FactorFixture, _ code: String) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<Self.callers {
                group.addTask {
                    do {
                        try await factors.identity.secondFactor.require(
                            code, of: try factors.platform.user(.customer).id,
                            in: try factors.platform.organization().id, origin: FactorFixture.origin)
                        return "accepted"
                    } catch {
                        return (error as? Refusal)?.code ?? "\(error)"
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    @Test("v5.0.0-6.5.1 of fifty who send one code at once, one gets in", arguments: TestEngine.allCases)
    func oneOfManyGetsIn(_ engine: TestEngine) async throws {
        try await withFactors(engine, rehearses: false) { factors in
            let (app, _) = try await factors.enrol()
            for code in [app.code(at: factors.now, offset: 1), app.recovery[0]] {
                let outcomes = await self.storm(factors, code)
                #expect(outcomes["accepted"] == 1, "\(outcomes)")
                #expect(outcomes.values.reduce(0, +) == Self.callers)
                #expect(
                    Set(outcomes.keys).isSubset(of: ["accepted", "second_factor_invalid", "second_factor_blocked"]))
            }
        }
    }

    @Test("v5.0.0-6.6.3 of fifty guesses at once, ten are looked at", arguments: TestEngine.allCases)
    func tenGuessesAreLookedAt(_ engine: TestEngine) async throws {
        try await withFactors(engine, rehearses: false) { factors in
            let (app, _) = try await factors.enrol()
            let wrong = app.code(at: factors.now, offset: 50)
            let outcomes = await self.storm(factors, wrong)
            #expect(outcomes == ["second_factor_invalid": 10, "second_factor_blocked": 40])
        }
    }

    /// How many of the callers believe to have changed something when all have read before any writes.
    private func race(
        _ factors: FactorFixture, _ statement: @escaping @Sendable (TOTPFactor, Instant) -> SQL
    ) async throws -> Int {
        let database = factors.platform.runtime.database
        let user = try factors.platform.user(.customer).id
        let (readers, everybodyHasRead) = (TestLog(), TestSignal())
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<Self.callers {
                group.addTask {
                    let seen = try await database.read(in: .system(SystemScope("race"))) { tx in
                        try TOTPFactor.find(of: user, in: tx)
                    }
                    readers.note("\(caller)")
                    if readers.all.count == Self.callers { everybodyHasRead.send() }
                    await everybodyHasRead.arrives()
                    guard let seen else { return 0 }
                    return try await database.write(in: .system(SystemScope("race"))) { tx in
                        try tx.execute(statement(seen, tx.now))
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theGuardedUpdateAloneDecides(_ engine: TestEngine) async throws {
        try await withFactors(engine, rehearses: false) { factors in
            _ = try await factors.enrol()
            let step = OneTimeCode.step(at: factors.now) + 1
            #expect(try await self.race(factors) { seen, _ in seen.use(step: step) } == 1)
        }
    }

    /// The negative control: the same by a statement that does not ask which code was used last.
    @Test(arguments: TestEngine.allCases)
    func withoutTheGuardEverybodyGetsIn(_ engine: TestEngine) async throws {
        try await withFactors(engine, rehearses: false) { factors in
            _ = try await factors.enrol()
            let step = OneTimeCode.step(at: factors.now) + 1
            let winners = try await self.race(factors) { seen, _ in
                """
                UPDATE \(TOTPFactor.table) SET last_step = \(step)
                WHERE user_id = \(seen.user) AND confirmed_at IS NOT NULL
                """
            }
            #expect(winners == Self.callers)
        }
    }

    /// The negative control of counting tries: reading the count first and writing it later lets more through.
    @Test(arguments: TestEngine.allCases)
    func countingByReadingFirstLetsMoreThrough(_ engine: TestEngine) async throws {
        try await withFactors(engine, rehearses: false) { factors in
            _ = try await factors.enrol()
            let granted = try await self.race(factors) { seen, now in
                // Everybody has seen that nobody had tried yet.
                """
                INSERT INTO \(FactorAttempts.table) AS a (user_id, attempts, began_at) VALUES (\(seen.user), 1, \(now))
                ON CONFLICT (user_id) DO UPDATE SET attempts = 1
                """
            }
            #expect(granted > FactorAttempts.limit)
        }
    }
}
