import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Very many who sign in at once.
@Suite(.serialized)
struct SignInStrainTests {
    @Test(
        "v5.0.0-6.3.1 five hundred who sign in at once neither fill the memory nor hold up others",
        arguments: TestEngine.allCases)
    func fiveHundredAtOnce(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let platform = fixture.platform
            // The cost of the product: 19 MiB and some 50 ms each.
            let hasher = PasswordHasher()
            let runtime = try Runtime(
                assembling: Assembler([]), enabled: [], database: platform.runtime.database, hasher: hasher,
                logger: SilentLog.logger)
            let north = try platform.organization().id
            let token = try await fixture.sessions.signIn().access
            let codes = TestLog()
            let reads = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<500 {
                    group.addTask {
                        let refused = await refusal {
                            _ = try await runtime.identity.signIn(
                                email: "n\(number)@example.org", password: "wrong", organization: north,
                                origin: Origin(.test, address: "203.0.113.\(number % 250)"))
                        }
                        codes.note(refused?.code ?? "none")
                        return 0
                    }
                }
                group.addTask {
                    var answered = 0
                    // As long as passwords are looked at, requests of others are answered.
                    while codes.all.count < 500 {
                        #expect(hasher.pending <= PasswordHasher.waitingLimit)
                        if hasher.pending > 0, try await platform.runtime.identity.principal(for: token) != nil {
                            answered += 1
                        }
                        await Task.yield()
                    }
                    return answered
                }
                return try await group.reduce(0, +)
            }
            let outcomes = codes.all
            #expect(outcomes.count { $0 == "invalid_credentials" } >= PasswordHasher.waitingLimit)
            #expect(outcomes.count { $0 == "too_many_sign_ins" } > 0)
            #expect(Set(outcomes) == ["invalid_credentials", "too_many_sign_ins"])
            // Far more than there were passwords to look at.
            #expect(reads > outcomes.count { $0 == "invalid_credentials" })
            #expect(hasher.pending == 0)
        }
    }
}
