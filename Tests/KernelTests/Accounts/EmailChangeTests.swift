import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Another address to sign in with.
struct EmailChangeTests {
    private static let new = "Clara.Neu@example.org"

    private func ask(
        _ fixture: AccountFixture, _ call: Call, for email: String = Self.new, _ password: String = TestMember.password
    ) async throws {
        try await fixture.accounts.requestEmailChange(to: EmailAddress(email), password: password, call)
    }

    @Test("v5.0.0-6.3.7 a new address is verified, and the old one is told", arguments: TestEngine.allCases)
    func aNewAddressIsVerified(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let other = try await fixture.sessions.signIn(in: .south)
            let call = try await fixture.signedIn()
            try await self.ask(fixture, call)
            let token = try await fixture.token()
            #expect(await fixture.refusalToSignIn(Self.new, TestMember.password) == "invalid_credentials")
            try await fixture.accounts.confirmEmail(token: token, call)

            #expect(await fixture.refusalToSignIn(Self.new, TestMember.password) == nil)
            #expect(
                await fixture.refusalToSignIn(TestMember.customer.email, TestMember.password) == "invalid_credentials")
            #expect(try await !fixture.sessions.works(other.access))
            let mails = await fixture.mails()
            #expect(
                mails.map { "\($0.recipient.text) \($0.kind)" } == [
                    "\(Self.new) kernel.email-verification", "customer@example.org kernel.email-changed",
                ])
            // In both organizations, and nobody else.
            let people = try await fixture.rows(
                "SELECT count(*) FROM {kernel.person} WHERE email_key = 'clara.neu@example.org' AND email = '\(Self.new)'"
            )
            #expect(people == ["2"])
            #expect(
                await refusal { try await fixture.accounts.confirmEmail(token: token, call) }?.code == "token_invalid")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func thePasswordIsNeeded(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            let refused = await refusal { try await self.ask(fixture, call, "a wrong password") }
            #expect(refused?.code == "password_wrong")
            #expect(refused?.fields.map(\.pointer) == ["/currentPassword"])
            #expect(await fixture.mails().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenIsForWhoAskedForIt(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            try await self.ask(fixture, call)
            let token = try await fixture.token()
            let other = try await fixture.signedIn(.otherCustomer)
            #expect(
                await refusal { try await fixture.accounts.confirmEmail(token: token, other) }?.code == "token_invalid")
            let stranger = try fixture.stranger()
            let refused = await refusal { try await fixture.accounts.confirmEmail(token: token, stranger) }
            #expect(refused?.code == "unauthenticated")
            try await fixture.accounts.confirmEmail(token: token, call)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theAddressOfAnotherAccountIsNotToBeHad(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            try await self.ask(fixture, call, for: "PROVIDER@example.org")
            let mails = await fixture.mails()
            #expect(mails.map { "\($0.recipient.text) \($0.kind)" } == ["provider@example.org kernel.email-taken"])
            // Free when it was asked for, and taken when it is confirmed.
            try await self.ask(fixture, call)
            let token = try await fixture.token()
            try await fixture.register(Self.new)
            try await fixture.complete(try await fixture.token())
            #expect(
                await refusal { try await fixture.accounts.confirmEmail(token: token, call) }?.code == "email_taken")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherSpellingOfTheOwnAddressIsTaken(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await fixture.signedIn()
            let same = await refusal { try await self.ask(fixture, call, for: TestMember.customer.email) }
            #expect(same?.code == "email_unchanged")
            try await self.ask(fixture, call, for: "Customer@Example.org")
            try await fixture.accounts.confirmEmail(token: try await fixture.token(), call)
            let stored = try await fixture.rows(
                "SELECT email FROM {kernel.user_account} WHERE email_key = 'customer@example.org'")
            #expect(stored == ["Customer@Example.org"])
        }
    }
}
