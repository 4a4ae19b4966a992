import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Accounts that are made for who comes from a provider for the first time.
struct OIDCRegistrationTests {
    private static func claims(_ email: String = "nora@example.org") -> [String: JSON] {
        [
            "email": .string(email), "email_verified": true, "given_name": "Nora", "family_name": "Berg",
            "locale": "de",
        ]
    }

    private func withPolicy(
        _ registration: AccountPolicy.Registration, _ engine: TestEngine, _ body: (OIDCFixture) async throws -> Void
    ) async throws {
        var setup = TestPlatform.Setup()
        setup.accounts.registration = registration
        try await withOIDC(engine, setup: setup, body)
    }

    @Test(arguments: TestEngine.allCases)
    func whoComesForTheFirstTimeGetsAnAccount(_ engine: TestEngine) async throws {
        try await self.withPolicy(.open, engine) { fixture in
            let begun = try await fixture.begin("open", returningTo: "/welcome")
            let first = try await fixture.finish(fixture.callback(begun, "open", claims: Self.claims()), "open")
            // From now on the subject counts, whatever the address becomes.
            let again = try await fixture.signIn("open", claims: Self.claims("admin@example.org"))

            #expect(first.effect == .registered)
            #expect(first.returnTo == "/welcome")
            #expect(again.user == first.tokens.user)
            #expect(try await fixture.links() == ["https://open.example sub-1 nora@example.org"])
            let people = try await fixture.platform.database.rows(
                """
                SELECT p.given_name, p.family_name, p.locale, p.email, r.role FROM {kernel.person} p
                JOIN {kernel.user_role} r ON r.user_id = p.user_id WHERE p.email = 'nora@example.org'
                """)
            #expect(people == [["Nora", "Berg", "de", "nora@example.org", "customer"]])
            #expect(await fixture.mails() == ["nora@example.org kernel.identity-registered"])
            #expect(try await fixture.entries(of: "kernel.user.registered").count == 1)
            // They are a member here only.
            #expect(await fixture.refusalToSignIn("open", in: .south, claims: Self.claims()) == "oidc_not_linked")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anAccountWithoutAPasswordIsOpenedByNone(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            _ = try await fixture.signIn("open", claims: Self.claims())
            let north = try fixture.platform.organization().id
            for password in ["", User.noPassword, " ", "sub-1"] {
                let code = await refusal {
                    _ = try await fixture.platform.runtime.identity.signIn(
                        email: "nora@example.org", password: password, organization: north, origin: OIDCFixture.origin)
                }?.code
                #expect(code == "invalid_credentials")
            }
            // One that is forgotten can be chosen by mail, as everywhere.
            try await fixture.platform.runtime.accounts.requestPasswordReset(
                EmailAddress("nora@example.org"), try fixture.call())
            #expect(await fixture.mails().last == "nora@example.org kernel.password-reset")
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        [
            ["email_verified": false], ["email_verified": "true"], ["email_verified": .null], ["email": "nora"],
            ["email": .null], ["email": "nor\u{FF41}@example.org"],
        ] as [[String: JSON]])
    func anAddressThatNobodyVouchesForMakesNoAccount(_ engine: TestEngine, changes: [String: JSON]) async throws {
        try await withOIDC(engine) { fixture in
            let users = try await fixture.users()
            let claims = Self.claims().merging(changes) { $1 }
            #expect(await fixture.refusalToSignIn("open", claims: claims) == "oidc_email_unverified")
            #expect(try await fixture.users() == users)
            #expect(try await fixture.links().isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProviderThatMakesNoAccountsMakesNone(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let users = try await fixture.users()
            #expect(await fixture.refusalToSignIn("plain", claims: Self.claims()) == "oidc_not_linked")
            #expect(try await fixture.users() == users)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereNobodyMayRegisterNobodyGetsAnAccount(_ engine: TestEngine) async throws {
        try await self.withPolicy(.closed, engine) { fixture in
            let users = try await fixture.users()
            #expect(await fixture.refusalToSignIn("open", claims: Self.claims()) == "oidc_not_linked")
            #expect(try await fixture.users() == users)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whereOnlyWhoIsOnFileMayRegisterNobodyElseGetsAnAccount(_ engine: TestEngine) async throws {
        try await self.withPolicy(.invitation, engine) { fixture in
            #expect(await fixture.refusalToSignIn("open", claims: Self.claims()) == "oidc_not_linked")
            // Whether somebody has an account is not told to who is not on file.
            let known = Self.claims("customer@example.org")
            #expect(await fixture.refusalToSignIn("open", claims: known) == "oidc_not_linked")
            let admin = try await fixture.platform.client(as: .admin)
            try await admin.post(
                "/api/v1/users/invitations", ["email": "nora@example.org", "givenName": "N.", "roles": ["provider"]]
            ).expect(201)
            // The other organization has not invited them.
            #expect(await fixture.refusalToSignIn("open", in: .south, claims: Self.claims()) == "oidc_not_linked")
            let tokens = try await fixture.signIn("open", claims: Self.claims())

            let principal = try await fixture.platform.runtime.identity.principal(for: tokens.access)
            #expect(principal?.1.roles == [.provider])
            let left = try await fixture.platform.database.rows("SELECT count(*) FROM {kernel.invitation}")
            #expect(left == [["0"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyFirstTimesOfOneIdentityMakeOneAccount(_ engine: TestEngine) async throws {
        try await withOIDCRace(engine) { fixture in
            let before = try await fixture.users()
            var callbacks: [OIDCSignIn.Callback] = []
            for _ in 0..<50 {
                callbacks.append(fixture.callback(try await fixture.begin("open"), "open", claims: Self.claims()))
            }
            let users = try await withThrowingTaskGroup(of: ID<User>.self) { group in
                for callback in callbacks {
                    group.addTask { try await fixture.finish(callback, "open").tokens.user }
                }
                return try await group.reduce(into: Set<ID<User>>()) { $0.insert($1) }
            }

            #expect(users.count == 1)
            #expect(try await fixture.users() == before + 1)
            #expect(await fixture.mails().count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyIdentitiesWithOneAddressMakeOneAccount(_ engine: TestEngine) async throws {
        try await withOIDCRace(engine) { fixture in
            let before = try await fixture.users()
            var callbacks: [OIDCSignIn.Callback] = []
            for number in 0..<50 {
                let begun = try await fixture.begin("open")
                callbacks.append(
                    fixture.callback(begun, "open", subject: "sub-\(number)", claims: Self.claims()))
            }
            let codes = await withTaskGroup(of: String?.self) { group in
                for callback in callbacks {
                    group.addTask { await fixture.refusalToFinish(callback, "open") }
                }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }

            #expect(codes.filter { $0 == nil }.count == 1)
            #expect(codes.filter { $0 == "oidc_account_exists" }.count == 49)
            #expect(try await fixture.users() == before + 1)
            #expect(try await fixture.links().count == 1)
        }
    }
}
