import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Many hands, one refresh token: the reason why it is exchanged by a compare-and-swap.
@Suite(.serialized)
struct RefreshRaceTests {
    private static let callers = 50

    private func withRace(_ engine: TestEngine, _ body: (SessionFixture) async throws -> Void) async throws {
        var setup = TestPlatform.Setup()
        // Two runs of each closure would only slow the race down.
        setup.rehearses = false
        setup.database.poolSize = 8
        try await withPlatform(engine, setup: setup) { try await body(SessionFixture(platform: $0)) }
    }

    @Test(arguments: TestEngine.allCases)
    func oneOfManyGetsTheSuccessor(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { sessions in
            var tokens = try await sessions.signIn()
            for _ in 0..<5 {
                let presented = tokens.refresh
                let (winners, refusals) = await withTaskGroup(of: Result<IssuedTokens, any Error>.self) { group in
                    for _ in 0..<Self.callers {
                        group.addTask {
                            do {
                                return .success(try await sessions.refresh(presented))
                            } catch {
                                return .failure(error)
                            }
                        }
                    }
                    return await group.reduce(into: ([IssuedTokens](), [String]())) { found, result in
                        switch result {
                        case .success(let issued): found.0.append(issued)
                        case .failure(let error): found.1.append((error as? Refusal)?.code ?? "\(error)")
                        }
                    }
                }
                #expect(refusals == Array(repeating: "refresh_superseded", count: Self.callers - 1))
                tokens = try #require(winners.first)
                #expect(winners.count == 1)
                #expect(try await sessions.works(tokens.access))
            }
            let entries = try await sessions.entries()
            let generation = try await sessions.platform.database.rows("SELECT generation FROM {kernel.session}")
            #expect(entries == Array(repeating: "kernel.session.renewed user:\(tokens.user) done", count: 5))
            #expect(generation == [["6"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func oneOfManyDetectsTheReuse(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { sessions in
            let first = try await sessions.signIn()
            _ = try await sessions.refresh(try await sessions.refresh(first.refresh).refresh)
            let codes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<Self.callers {
                    group.addTask { await sessions.refusalToRefresh(first.refresh) }
                }
                return await group.reduce(into: Set<String?>()) { $0.insert($1) }
            }
            let entries = try await sessions.entries()

            #expect(codes.isSubset(of: ["refresh_reused", "refresh_invalid"]))
            #expect(codes.contains("refresh_reused"))
            let renewed = "kernel.session.renewed user:\(first.user) done"
            #expect(
                entries == [
                    renewed, renewed, "kernel.session.reused anonymous refused",
                    "kernel.session.revoked system:identity done",
                ])
        }
    }

    /// How many of the callers believe to have exchanged the token when all have read the session before any writes.
    private func exchange(
        _ sessions: SessionFixture, by swap: @escaping @Sendable (SessionRenewal, RenewableSession, Instant) -> SQL
    ) async throws -> Int {
        let presented = try await sessions.signIn().refresh
        let organization = try sessions.platform.organization().id
        let database = sessions.platform.runtime.database
        let readers = TestLog()
        let everybodyHasRead = TestSignal()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<Self.callers {
                let random = SeededRandom(seed: UInt64(caller))
                let renewal = SessionRenewal(
                    of: presented, by: presented.successor(random: random), access: AccessToken(random: random),
                    in: organization, Identity.Policy(), SessionFixture.origin, SharedClock(database))
                group.addTask {
                    let seen = try await database.read(in: .organization(organization)) { tx in
                        try renewal.find(in: tx)
                    }
                    readers.note("\(caller)")
                    if readers.all.count == Self.callers { everybodyHasRead.send() }
                    await everybodyHasRead.arrives()
                    guard let seen else { return 0 }
                    return try await database.write(in: .organization(organization)) { tx in
                        try tx.execute(swap(renewal, seen, tx.now))
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSwapAloneDecides(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { sessions in
            let winners = try await self.exchange(sessions) { renewal, seen, now in
                renewal.swap(seen, SessionDeadlines(beginningAt: now, Identity.Policy()), at: now)
            }
            #expect(winners == 1)
        }
    }

    /// The negative control: the same exchange by a statement that does not ask which token is the present one.
    @Test(arguments: TestEngine.allCases)
    func withoutTheGuardEverybodyGetsASuccessor(_ engine: TestEngine) async throws {
        try await self.withRace(engine) { sessions in
            let organization = try sessions.platform.organization().id
            let winners = try await self.exchange(sessions) { _, seen, now in
                """
                UPDATE \(Session.table) SET generation = generation + 1, renewed_at = \(now)
                WHERE organization_id = \(organization) AND id = \(seen.id) AND revoked_at IS NULL
                """
            }
            #expect(winners == Self.callers)
        }
    }
}
