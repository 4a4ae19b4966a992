import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Another password for who has forgotten the present one and has the mailbox.
struct PasswordResetTests {
    private static let email = TestMember.customer.email

    @Test("v5.0.0-6.4.3 a forgotten password is chosen anew by mail", arguments: TestEngine.allCases)
    func aForgottenPasswordIsChosenAnew(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let sessions = [try await fixture.sessions.signIn(), try await fixture.sessions.signIn(in: .south)]
            try await fixture.forgot("CUSTOMER@example.ORG")
            let token = try await fixture.token()
            try await fixture.reset(token)

            #expect(await fixture.refusalToSignIn(Self.email, TestMember.password) == "invalid_credentials")
            #expect(await fixture.refusalToSignIn(Self.email, AccountFixture.nextPassword) == nil)
            for tokens in sessions { #expect(try await !fixture.sessions.works(tokens.access)) }
            let mails = await fixture.mails()
            #expect(mails.map(\.kind) == ["kernel.password-reset", "kernel.password-changed"])
            #expect(mails.allSatisfy { $0.recipient.text == Self.email })
            let user = try fixture.platform.user(.customer).id
            #expect(
                try await fixture.entries("kernel.password") == [
                    "kernel.password.reset-requested anonymous", "kernel.password.reset user:\(user)",
                ])
        }
    }

    @Test("v5.0.0-6.6.3 a token works once", arguments: TestEngine.allCases)
    func aTokenWorksOnce(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let first = try await fixture.token()
            try await fixture.forgot(Self.email)
            let second = try await fixture.token()
            try await fixture.reset(second)

            for token in [second, first, first + "x", "almanac_mail_", ""] {
                let refused = await refusal { try await fixture.reset(token) }
                #expect(refused?.code == "token_invalid", "\(token)")
                #expect(refused?.fields.map(\.pointer) == ["/token"])
            }
        }
    }

    @Test("v5.0.0-6.6.2 a token works for ten minutes", arguments: TestEngine.allCases)
    func aTokenWorksForTenMinutes(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            for (seconds, code) in [(599, nil), (600, "token_invalid")] as [(Int64, String?)] {
                try await fixture.forgot(Self.email)
                let token = try await fixture.token()
                fixture.platform.clock.advance(seconds: seconds)
                #expect(await refusal { try await fixture.reset(token) }?.code == code)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenIsForOneOrganizationAndOnePurpose(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let reset = try await fixture.token()
            #expect(await refusal { try await fixture.reset(reset, in: .south) }?.code == "token_invalid")
            #expect(await refusal { try await fixture.complete(reset) }?.code == "token_invalid")
            try await fixture.register()
            let registration = try await fixture.token()
            #expect(await refusal { try await fixture.reset(registration) }?.code == "token_invalid")
            #expect(await refusal { try await fixture.complete(registration, in: .south) }?.code == "token_invalid")
            try await fixture.reset(reset)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPasswordThatWillNotDoLeavesTheToken(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let token = try await fixture.token()
            #expect(await refusal { try await fixture.reset(token, "short") }?.code == "password_too_short")
            #expect(await refusal { try await fixture.reset(token, "customercustomer") }?.code == "password_guessable")
            try await fixture.reset(token)
        }
    }

    @Test("v5.0.0-6.3.8 who asks learns nothing of who has an account", arguments: TestEngine.allCases)
    func whoAsksLearnsNothing(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            _ = try await fixture.platform.runtime.identity.createUser(
                email: EmailAddress("elsewhere@example.org"), password: TestMember.password, role: .customer,
                in: try fixture.platform.organization(.south).id, actor: .system("test"), origin: SessionFixture.origin)
            let off = fixture.platform.engine == .sqlite ? "kernel_user_account" : "kernel.user_account"
            let no = fixture.platform.engine == .sqlite ? "0" : "false"
            try await fixture.platform.database.run(
                "UPDATE \(off) SET is_active = \(no) WHERE email = 'provider@example.org'")
            // Nobody, somebody of another organization, somebody who was switched off.
            for email in ["nobody@example.org", "elsewhere@example.org", TestMember.provider.email] {
                try await fixture.forgot(email)
            }
            #expect(await fixture.mails().isEmpty)
            let stored = try await fixture.rows("SELECT count(*), count(user_id) FROM {kernel.account_token}")
            #expect(stored == ["3 0"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func mailGoesToTheAddressOfTheAccountAndNoLookAlike(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            // A dotless i, a ligature, a Kelvin sign, wide letters: the keys are those of other mailboxes.
            let pairs = [
                ("mike@example.org", "m\u{131}ke@example.org"), ("fish@example.org", "\u{FB01}sh@example.org"),
                ("kai@example.org", "\u{212A}ai@example.org"), ("wide@example.org", "ｗｉｄｅ@example.org"),
            ]
            for (own, lookAlike) in pairs {
                try await fixture.register(own)
                try await fixture.complete(try await fixture.token())
                try await fixture.forgot(lookAlike)
                #expect(await fixture.mails().last?.recipient.text == own)
                try await fixture.register(lookAlike)
                let mail = try #require(await fixture.mails().last)
                #expect(mail.recipient.text == own)
                #expect(mail.kind == "kernel.registration-known")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func mailboxesAreNotFilled(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let codes = await outcomes(of: 20) { _ in try await fixture.forgot(Self.email) }
            #expect(codes.allSatisfy { $0 == nil })
            #expect(await fixture.mails().count == AccountToken.limitPerAddress)
            fixture.platform.clock.advance(seconds: AccountToken.lifetimeSeconds)
            try await fixture.forgot(Self.email)
            #expect(await fixture.mails().count == AccountToken.limitPerAddress + 1)
        }
    }

    @Test("v5.0.0-14.2.1 tokens stand in mails and nowhere else", arguments: TestEngine.allCases)
    func tokensStandNowhereElse(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let token = try await fixture.token()
            let secret = String(token.dropFirst("almanac_mail_".count))
            var text = try await fixture.rows("SELECT * FROM {kernel.account_token}").joined()
            text += try await fixture.rows("SELECT * FROM {kernel.audit_entry}").joined()
            #expect(!text.isEmpty)
            #expect(!text.contains(secret))
            #expect("\(MailedToken(token).map { "\($0)" } ?? "")" == "almanac_mail_…")
            #expect(String(reflecting: MailedToken(token)).contains(secret) == false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenForAnAddressThatWasChangedIsVoid(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let token = try await fixture.token()
            let call = try await fixture.signedIn()
            try await fixture.accounts.requestEmailChange(
                to: EmailAddress("moved@example.org"), password: TestMember.password, call)
            try await fixture.accounts.confirmEmail(token: try await fixture.token(), call)
            #expect(await refusal { try await fixture.reset(token) }?.code == "token_invalid")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenOfSomebodyWhoWasSwitchedOffIsVoid(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.forgot(Self.email)
            let token = try await fixture.token()
            let user = try fixture.platform.user(.customer).id
            try await fixture.platform.runtime.database.write(in: .system(SystemScope("switch off"))) { tx in
                _ = try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE id = \(user)")
            }

            #expect(await refusal { try await fixture.reset(token) }?.code == "token_invalid")
        }
    }
}
