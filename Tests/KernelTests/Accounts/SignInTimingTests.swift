import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacKernel

/// What the time of a refusal tells: nothing.
@Suite(.serialized)
struct SignInTimingTests {
    /// Those who are refused: whoever does not exist, has another password, was switched off, or has none.
    private static let refused = [
        "nobody@example.org", TestMember.customer.email, TestMember.provider.email, TestMember.otherCustomer.email,
        "no address at all",
    ]

    private func prepare(_ fixture: AccountFixture) async throws {
        let isSQLite = fixture.platform.engine == .sqlite
        let table = isSQLite ? "kernel_user_account" : "kernel.user_account"
        try await fixture.platform.database.run(
            "UPDATE \(table) SET is_active = \(isSQLite ? "0" : "false") WHERE email = '\(TestMember.provider.email)'")
        try await fixture.platform.database.run(
            "UPDATE \(table) SET password_hash = '' WHERE email = '\(TestMember.otherCustomer.email)'")
    }

    @Test(
        "v5.0.0-6.3.8 each refusal runs the same statements and computes as many hashes", arguments: TestEngine.allCases
    )
    func eachRefusalCostsTheSame(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await self.prepare(fixture)
            let platform = fixture.platform
            let log = TestLog()
            let database = Database(
                engine: platform.database.engine, namespace: .kernel, clock: platform.clock,
                ids: platform.database.ids, observer: { log.note($0.text) })
            let hasher = PasswordHasher(cost: .forTests)
            let runtime = try Runtime(
                assembling: Assembler([]), enabled: [], database: database, hasher: hasher, logger: SilentLog.logger)
            let north = try platform.organization().id
            // The first refusal of its kind is written down at once, those behind it are counted.
            _ = await refusal {
                _ = try await runtime.identity.signIn(
                    email: "first@example.org", password: "wrong", organization: north, origin: SessionFixture.origin)
            }
            let device = "almanac_device_" + String(repeating: "A", count: 43)
            for (password, shown) in [("wrong", nil), (TestMember.password + "!", device), ("caf\u{65}\u{301}", nil)] {
                var traces: Set<[String]> = []
                for email in Self.refused {
                    let (statements, hashes) = (log.all.count, hasher.computations)
                    let refused = await refusal {
                        _ = try await runtime.identity.signIn(
                            email: email, password: password, organization: north, origin: SessionFixture.origin,
                            device: shown)
                    }
                    #expect(refused?.code == "invalid_credentials")
                    traces.insert(Array(log.all[statements...]) + ["\(hasher.computations - hashes) hashes"])
                }
                #expect(traces.count == 1, "\(traces)")
                #expect(
                    traces.first?.last == (password.utf8.count == password.unicodeScalars.count ? "1" : "2") + " hashes"
                )
            }
        }
    }

    /// 400 pairs, interleaved, at the cost of the product: no kind of refusal is faster than another more often than
    /// chance has it.
    ///
    /// By the sign test: of 400 pairs the slower one is of either kind 200 times, give or take 10 for one standard
    /// deviation. Four of them are left for a busy machine; a path without its hash would win all 400.
    @Test(
        "v5.0.0-6.3.8 refusals take the same time: 400 interleaved pairs",
        .enabled(if: ProcessInfo.processInfo.environment["ALMANAC_LONG"] != nil))
    func refusalsTakeTheSameTime() async throws {
        try await withAccounts(.sqlite, rehearses: false) { fixture in
            // The fixture's own hashes cost next to nothing, and a hash is checked at the cost it was made with.
            let hasher = PasswordHasher()
            let hash = try await hasher.hash(TestMember.password)
            try await fixture.platform.database.run("UPDATE kernel_user_account SET password_hash = '\(hash)'")
            try await self.prepare(fixture)
            let platform = fixture.platform
            let runtime = try Runtime(
                assembling: Assembler([]), enabled: [], database: platform.runtime.database, hasher: hasher,
                logger: SilentLog.logger)
            let north = try platform.organization().id
            let clock = ContinuousClock()
            func time(_ email: String, _ number: Int) async -> Duration {
                // A day later each time, so that nobody is slowed down.
                platform.clock.advance(seconds: 31 * 86_400)
                return await clock.measure {
                    _ = await refusal {
                        _ = try await runtime.identity.signIn(
                            email: email, password: "wrong \(number)", organization: north,
                            origin: SessionFixture.origin)
                    }
                }
            }
            for email in Self.refused.dropFirst() {
                var slower = 0
                for number in 0..<400 {
                    // Who comes first changes, so that warm caches favor nobody.
                    let known: Duration
                    let unknown: Duration
                    if number.isMultiple(of: 2) {
                        known = await time(email, number)
                        unknown = await time(Self.refused[0], number)
                    } else {
                        unknown = await time(Self.refused[0], number)
                        known = await time(email, number)
                    }
                    if known > unknown { slower += 1 }
                }
                #expect((160...240).contains(slower), "\(email): slower in \(slower) of 400")
            }
        }
    }
}
