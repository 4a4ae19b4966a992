import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Many hands, one token: the reason why it is used up by one guarded statement.
@Suite(.serialized)
struct TokenRaceTests {
    private static let callers = 50

    @Test(arguments: TestEngine.allCases)
    func ofManyResetsOneHappens(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            try await fixture.forgot(TestMember.customer.email)
            let token = try await fixture.token()
            let codes = await outcomes(of: Self.callers) { number in
                try await fixture.reset(token, "\(AccountFixture.password) \(number)")
            }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == "token_invalid" } == Self.callers - 1)
            #expect(await fixture.mails().count { $0.kind == "kernel.password-changed" } == 1)
            #expect(try await fixture.entries("kernel.password.reset ").isEmpty)
            let resets = try await fixture.entries("kernel.password").filter { $0.hasPrefix("kernel.password.reset u") }
            #expect(resets.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofManyCompletionsOneMakesAnAccount(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            try await fixture.register()
            let token = try await fixture.token()
            let codes = await outcomes(of: Self.callers) { _ in try await fixture.complete(token) }
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.count { $0 == "token_invalid" } == Self.callers - 1)
            let made = try await fixture.rows(
                "SELECT count(*) FROM {kernel.person} WHERE email_key = 'nora.berg@example.org'")
            #expect(made == ["1"])
        }
    }

    /// How many of the callers believe to have used the token up when all have found it before any writes.
    private func use(
        _ fixture: AccountFixture,
        by statement: @escaping @Sendable (ID<AccountTokenRow>, OrganizationID, Instant) -> SQL
    ) async throws -> Int {
        try await fixture.forgot(TestMember.customer.email)
        let token = try #require(MailedToken(try await fixture.token()))
        let organization = try fixture.platform.organization().id
        let database = fixture.platform.runtime.database
        let row = try #require(
            try await database.read(in: .organization(organization)) { tx in
                try AccountTokenRow.find(token, .reset, in: organization, tx)
            })
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.callers {
                group.addTask {
                    try await database.write(in: .organization(organization)) { tx in
                        try tx.execute(statement(row.id, organization, tx.now))
                    }
                }
            }
            return try await group.reduce(0, +)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theStatementAloneDecides(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let winners = try await self.use(fixture) { AccountToken.use($0, .reset, in: $1, at: $2) }
            #expect(winners == 1)
        }
    }

    /// The negative control: the same by a statement that does not ask whether the token has been used.
    @Test(arguments: TestEngine.allCases)
    func withoutTheGuardEverybodyUsesIt(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let winners = try await self.use(fixture) { token, organization, now in
                """
                UPDATE \(AccountToken.table) SET used_at = \(now)
                WHERE organization_id = \(organization) AND id = \(token)
                """
            }
            #expect(winners == Self.callers)
        }
    }

    /// Tokens that are over are not found in the first place; this is about what runs out before it is used up.
    @Test("v5.0.0-6.6.2 a token that runs out meanwhile is of no use", arguments: TestEngine.allCases)
    func aTokenThatRunsOutMeanwhileIsOfNoUse(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let north = try fixture.platform.organization().id
            let database = fixture.platform.runtime.database.entering(.kernel)
            try await fixture.forgot(TestMember.customer.email)
            let token = try #require(MailedToken(try await fixture.token()))
            let row = try await database.read(in: .organization(north)) { tx in
                try AccountTokenRow.find(token, .reset, in: north, tx)
            }
            let found = try #require(row)
            fixture.platform.clock.advance(seconds: AccountToken.lifetimeSeconds)

            let used = try await database.write(in: .organization(north)) { tx in
                try tx.execute(AccountToken.use(found.id, .reset, in: north, at: tx.now))
            }

            #expect(used == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func ofManyRegistrationsWithOneAddressOneChoosesThePassword(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            var tokens: [String] = []
            for _ in 0..<AccountToken.limitPerAddress {
                try await fixture.register()
                tokens.append(try await fixture.token())
            }
            let all = tokens

            let codes = await outcomes(of: all.count) { number in
                try await fixture.complete(all[number], "\(AccountFixture.password) \(number)")
            }

            // Who comes when the account is there needs its password.
            #expect(codes.count { $0 == nil } == 1)
            #expect(codes.allSatisfy { [nil, "token_invalid", "password_wrong"].contains($0) }, "\(codes)")
        }
    }
}
