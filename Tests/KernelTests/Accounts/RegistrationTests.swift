import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Accounts for who shows that a mailbox is theirs.
struct RegistrationTests {
    private static let key = "nora.berg@example.org"

    private func people(_ fixture: AccountFixture) async throws -> [String] {
        try await fixture.rows(
            """
            SELECT o.slug, p.given_name, p.family_name, r.role FROM {kernel.person} p
            JOIN {kernel.organization} o ON o.id = p.organization_id
            LEFT JOIN {kernel.user_role} r ON r.organization_id = p.organization_id AND r.user_id = p.user_id
            WHERE p.email_key = '\(Self.key)' ORDER BY o.slug, p.id
            """)
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasTheMailBecomesACustomer(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.register()
            #expect(try await self.people(fixture) == [])
            #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.password) == "invalid_credentials")
            let mail = try #require(await fixture.mails().first)
            #expect(mail.recipient.text == AccountFixture.newcomer)
            #expect(mail.kind == "kernel.registration")
            try await fixture.complete(try await fixture.token())

            let tokens = try await fixture.signIn(Self.key, AccountFixture.password)
            let principal = try await fixture.platform.runtime.identity.principal(for: tokens.access)
            #expect(principal?.1.roles == [.customer])
            #expect(try await self.people(fixture) == ["north Nora Berg customer"])
            #expect(
                await fixture.refusalToSignIn(Self.key, AccountFixture.password, in: .south) == "invalid_credentials")
            let verified = try await fixture.rows(
                "SELECT count(email_verified_at) FROM {kernel.user_account} WHERE email_key = '\(Self.key)'")
            #expect(verified == ["1"])
            let entries = try await fixture.entries("kernel.")
            #expect(entries.contains("kernel.registration.requested anonymous"))
            #expect(entries.contains("kernel.user.registered user:\(tokens.user)"))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWasInvitedBecomesWhatTheInvitationSays(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let admin = try await fixture.platform.client(as: .admin)
            try await admin.post(
                "/api/v1/users/invitations", ["email": .string(AccountFixture.newcomer), "roles": ["provider"]]
            ).expect(201)
            let mail = try #require(await fixture.mails().first)
            #expect(mail.kind == "kernel.invitation")
            #expect(mail.recipient.text == AccountFixture.newcomer)
            #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.password) == "invalid_credentials")

            try await fixture.register()
            try await fixture.complete(try await fixture.token())

            let tokens = try await fixture.signIn(Self.key, AccountFixture.password)
            #expect(try await fixture.platform.runtime.identity.principal(for: tokens.access)?.1.roles == [.provider])
            #expect(try await fixture.rows("SELECT count(*) FROM {kernel.invitation}") == ["0"])
        }
    }

    /// The way in which booking platforms were taken over: an address that anybody can type names a person on file.
    @Test(arguments: TestEngine.allCases)
    func anAddressThatSomebodyTypedOpensNothing(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let person = try await fixture.person(named: "Nora", "Berg", AccountFixture.newcomer)
            try await fixture.register("NORA.BERG@example.org")
            let linked = "SELECT count(user_id) FROM {kernel.person} WHERE email_key = '\(Self.key)'"
            // Registered, and not verified: no user, no person, no way in.
            #expect(try await fixture.rows(linked) == ["0"])
            #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.password) == "invalid_credentials")
            // A profile does not take an address either, and tokens are not guessed.
            for token in ["", "almanac_mail_" + String(repeating: "A", count: 43)] {
                #expect(await refusal { try await fixture.complete(token) }?.code == "token_invalid")
            }
            #expect(try await fixture.rows(linked) == ["0"])
            // Only who reads the mail becomes the person.
            try await fixture.complete(try await fixture.token())
            let tokens = try await fixture.signIn(Self.key, AccountFixture.password)
            let principal = try await fixture.platform.runtime.identity.principal(for: tokens.access)
            #expect(principal?.1.person == person)
            #expect(try await self.people(fixture) == ["north Nora Berg customer"])
        }
    }

    /// Pre-hijacking: who registers somebody else's address must not know the password when the owner opens the mail.
    @Test(arguments: TestEngine.allCases)
    func thePasswordIsChosenByWhoReadsTheMail(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.register()
            let attackers = try await fixture.token()
            try await fixture.register()
            let owners = try await fixture.token()
            try await fixture.complete(owners)
            // The token of the other registration makes nothing more: there is an account by now.
            let refused = await refusal { try await fixture.complete(attackers, AccountFixture.nextPassword) }
            #expect(refused?.code == "password_wrong")
            #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.password) == nil)
            #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.nextPassword) == "invalid_credentials")
        }
    }

    @Test("v5.0.0-6.3.8 who registers learns nothing of who has an account", arguments: TestEngine.allCases)
    func whoRegistersLearnsNothing(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let client = try await fixture.platform.client()
            var answers: [String] = []
            for email in [TestMember.customer.email, "nobody@example.org"] {
                for path in ["register", "resend-verification", "forgot-password"] {
                    let answer = await client.post("/api/v1/auth/\(path)", ["email": .string(email)])
                    let headers = answer.headers.filter { $0.name != "x-request-id" && $0.name != "ratelimit" }
                    answers.append(
                        "\(path) \(answer.status) \(headers.map { "\($0.name): \($0.value)" }) \(answer.body)")
                }
            }
            #expect(Array(answers[0..<3]) == Array(answers[3..<6]))
            #expect(answers[0].hasPrefix("register 202 "))
            let mails = await fixture.mails()
            #expect(
                mails.map { "\($0.recipient.text) \($0.kind)" } == [
                    "customer@example.org kernel.registration-known", "customer@example.org kernel.registration-known",
                    "customer@example.org kernel.password-reset",
                    "nobody@example.org kernel.registration", "nobody@example.org kernel.registration",
                ])
        }
    }

    @Test(
        "v5.0.0-6.3.8 requests by mail run the same statements whoever has the address", arguments: TestEngine.allCases)
    func theSameStatementsRun(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let platform = fixture.platform
            let log = TestLog()
            let database = Database(
                engine: platform.database.engine, namespace: .kernel, clock: platform.clock,
                ids: platform.database.ids, observer: { log.note($0.text) })
            let runtime = try Runtime(
                assembling: Assembler([]), enabled: [], database: database,
                hasher: PasswordHasher(cost: .forTests), logger: SilentLog.logger)
            let call = try fixture.stranger()
            _ = try await runtime.organizations.all()
            // The first stranger of a month makes the key of audit entries, whoever they are.
            try await runtime.accounts.requestPasswordReset(EmailAddress("first@example.org"), call)
            var traces: [[String]] = []
            for email in [TestMember.customer.email, "nobody@example.org"] {
                let address = try EmailAddress(email)
                for number in 0..<3 {
                    let before = log.all.count
                    switch number {
                    case 0: try await runtime.accounts.register(RegistrationDraft(email: address), call)
                    case 1: try await runtime.accounts.resendVerification(address, call)
                    default: try await runtime.accounts.requestPasswordReset(address, call)
                    }
                    traces.append(Array(log.all[before...]))
                }
            }
            #expect(traces.allSatisfy { $0.count > 3 })
            #expect(Array(traces[0..<3]) == Array(traces[3..<6]))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aUserOfAnotherOrganizationJoinsWithTheirPassword(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.register(in: .south)
            try await fixture.complete(try await fixture.token(), in: .south)
            try await fixture.register(in: .north)
            let token = try await fixture.token()
            let other = await refusal { try await fixture.complete(token, AccountFixture.nextPassword) }
            #expect(other?.code == "password_wrong")
            try await fixture.complete(token, AccountFixture.password)

            for place in TestPlace.allCases {
                #expect(await fixture.refusalToSignIn(Self.key, AccountFixture.password, in: place) == nil)
            }
            #expect(
                try await self.people(fixture) == ["north Nora Berg customer", "south Nora Berg customer"])
            let users = try await fixture.rows(
                "SELECT count(*) FROM {kernel.user_account} WHERE email_key = '\(Self.key)'")
            #expect(users == ["1"])
        }
    }

    @Test("v5.0.0-6.2.4 the password of a registration is checked", arguments: TestEngine.allCases)
    func thePasswordIsChecked(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            try await fixture.register()
            let token = try await fixture.token()
            for (password, code) in [
                ("short", "password_too_short"), ("passwordpassword", "password_common"),
                ("nora.berg@example.org", "password_guessable"), ("Nora Berg 19991231", "password_guessable"),
            ] {
                #expect(await refusal { try await fixture.complete(token, password) }?.code == code, "\(password)")
            }
            try await fixture.complete(token)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRegistrationIsMailedOnceMoreForADay(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let address = try EmailAddress(AccountFixture.newcomer)
            let call = try fixture.stranger()
            try await fixture.accounts.resendVerification(address, call)
            #expect(await fixture.mails().isEmpty)
            try await fixture.register()
            let late = try await fixture.token()
            fixture.platform.clock.advance(seconds: AccountToken.lifetimeSeconds)
            #expect(await refusal { try await fixture.complete(late) }?.code == "token_invalid")
            try await fixture.accounts.resendVerification(address, call)
            try await fixture.complete(try await fixture.token())
            #expect(try await self.people(fixture) == ["north Nora Berg customer"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereRegistrationIsClosedNobodyRegisters(_ engine: TestEngine) async throws {
        try await withAccounts(engine, policy: AccountPolicy(registration: .closed)) { fixture in
            let refused = await refusal { try await fixture.register() }
            #expect(refused?.code == "registration_closed")
            #expect(await refusal { try await fixture.complete("x") }?.code == "registration_closed")
            #expect(await fixture.mails().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func byInvitationOnlyThoseOnFileRegister(_ engine: TestEngine) async throws {
        try await withAccounts(engine, policy: AccountPolicy(registration: .invitation)) { fixture in
            try await fixture.register()
            #expect(await fixture.mails().isEmpty)
            _ = try await fixture.person(named: "Nora", "Berg", "nora.berg@EXAMPLE.org")
            try await fixture.register(in: .south)
            #expect(await fixture.mails().isEmpty)
            try await fixture.register()
            // To the address on file, however it was typed.
            #expect(await fixture.mails().map(\.recipient.text) == ["nora.berg@EXAMPLE.org"])
            try await fixture.complete(try await fixture.token())
            #expect(try await self.people(fixture) == ["north Nora Berg customer"])
        }
    }
}

extension AccountFixture {
    /// A person of the first organization whom the staff has written down.
    func person(named given: String, _ family: String, _ email: String) async throws -> ID<Person> {
        var draft = PersonDraft(givenName: given, familyName: family)
        draft.email = try EmailAddress(email)
        let command = Command<PersonDraft, ID<Person>>("test.person", .signedIn) { draft, _, tx in
            try People().create(draft, in: tx)
        }
        return try await self.platform.run(command, of: "kernel", draft)
    }
}
