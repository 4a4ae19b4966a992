import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Who may begin a session, where, and how little is said to everybody else.
struct SignInTests {
    private let origin = Origin(.test, address: "192.0.2.7", requestID: "r")

    private func signIn(
        _ platform: TestPlatform, _ email: String, _ password: String = TestMember.password,
        in place: TestPlace? = .north
    ) async throws -> IssuedTokens {
        try await platform.runtime.identity.signIn(
            email: email, password: password, organization: try place.map { try platform.organization($0).id },
            origin: self.origin)
    }

    /// A user of one organization only.
    private func addNewcomer(_ platform: TestPlatform, password: String = "a long enough password") async throws {
        _ = try await platform.runtime.identity.createUser(
            email: EmailAddress("newcomer@example.org"), password: password, role: .customer,
            in: try platform.organization(.south).id, actor: .system("test"), origin: self.origin)
    }

    @Test(arguments: TestEngine.allCases)
    func theTokenBelongsToTheUserInTheirOrganization(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            for place in TestPlace.allCases {
                let issued = try await self.signIn(platform, "Provider@Example.ORG", in: place)
                let found = try #require(try await platform.runtime.identity.principal(for: issued.access))
                let expected = try platform.user(.provider, in: place)
                let organization = try platform.organization(place).id

                #expect(found.0 == organization)
                #expect(found.1.id == expected.id)
                #expect(found.1.person == expected.person)
                #expect(found.1.roles == [.provider])
                #expect(found.1.session != nil)
                #expect(issued.organization == organization)
                #expect(issued.expiresAt == TestClock.start.adding(seconds: 3_600))
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whateverIsWrongTheAnswerIsTheSame(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await self.addNewcomer(platform)
            try await platform.database.run(
                "UPDATE \(engine == .sqlite ? "kernel_user_account" : "kernel.user_account") SET is_active = "
                    + "\(engine == .sqlite ? "0" : "false") WHERE email = 'provider@example.org'")
            let attempts: [(String, String, TestPlace?)] = [
                ("customer@example.org", "wrong", .north), ("nobody@example.org", TestMember.password, .north),
                ("no address at all", TestMember.password, .north), ("", "", nil),
                ("customer@example.org", "", .north), ("customer@example.org", TestMember.password + "\0", .north),
                // Right, but elsewhere.
                ("newcomer@example.org", "a long enough password", .north),
                // Right, but switched off.
                ("provider@example.org", TestMember.password, .north),
            ]
            for (email, password, place) in attempts {
                let refused = await refusal { _ = try await self.signIn(platform, email, password, in: place) }
                #expect(refused?.kind == .unauthenticated, "\(email)")
                #expect(refused?.code == "invalid_credentials")
                #expect(refused?.message == "the e-mail address or the password is wrong")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutAnOrganizationTheOnlyOneIsMeant(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await self.addNewcomer(platform)
            let issued = try await self.signIn(platform, "newcomer@example.org", "a long enough password", in: nil)
            let several = await refusal { _ = try await self.signIn(platform, "customer@example.org", in: nil) }
            let south = try platform.organization(.south).id

            #expect(issued.organization == south)
            #expect(several?.code == "organization_required")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPersonWhoWasArchivedIsNoLongerThere(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let issued = try await self.signIn(platform, "customer@example.org")
            let person = try platform.person(.customer)
            let north = try platform.organization().id
            try await platform.runtime.database.write(in: .organization(north)) { tx in
                _ = try tx.execute(
                    """
                    UPDATE \(Person.table) SET archived_at = \(tx.now)
                    WHERE organization_id = \(north) AND id = \(person)
                    """)
            }
            let refused = await refusal { _ = try await self.signIn(platform, "customer@example.org") }
            let principal = try await platform.runtime.identity.principal(for: issued.access)

            #expect(refused?.code == "invalid_credentials")
            #expect(principal == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLongerTextThanThePasswordIsAnotherPassword(_ engine: TestEngine) async throws {
        let random = SeededRandom(seed: 7)
        let longest = String(
            decoding: random.bytes(PasswordRule.maximumBytes).map { UInt8(ascii: "a") + $0 % 26 }, as: UTF8.self)
        try await withPlatform(engine) { platform in
            try await self.addNewcomer(platform, password: longest)
            _ = try await self.signIn(platform, "newcomer@example.org", longest, in: .south)
            let refused = await refusal {
                _ = try await self.signIn(platform, "newcomer@example.org", longest + "y", in: .south)
            }
            #expect(refused?.code == "invalid_credentials")
        }
    }

    @Test("v5.0.0-16.3.1 signing in is recorded, whether it succeeds or not", arguments: TestEngine.allCases)
    func bothOutcomesAreInTheAuditLog(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            _ = try await self.signIn(platform, "customer@example.org")
            _ = await refusal { _ = try await self.signIn(platform, "customer@example.org", "wrong") }

            let user = try platform.user(.customer).id
            let rows = try await platform.database.rows(
                """
                SELECT action, actor FROM {kernel.audit_entry}
                WHERE action LIKE 'kernel.session.%' ORDER BY action
                """)
            #expect(
                rows == [
                    ["kernel.session.created", "user:\(user)"], ["kernel.session.refused", "anonymous"],
                ])
            #expect(
                try await platform.actions(from: "192.0.2.7") == ["kernel.session.created", "kernel.session.refused"])
        }
    }

    @Test(arguments: [
        ("fourteen chars", "password_too_short"), (String(repeating: "é", count: 14), "password_too_short"),
        (String(repeating: "e\u{301}", count: 14), "password_too_short"),
        (String(repeating: "x", count: 1_025), "password_too_long"),
    ])
    func passwordsAreLongButNotEndless(_ password: String, _ code: String) {
        let refused = #expect(throws: Refusal.self) { try PasswordRule.check(password) }
        #expect(refused?.code == code)
        #expect(refused?.fields.map(\.pointer) == ["/password"])
    }

    @Test(arguments: TestEngine.allCases)
    func aUserWhoIsThereAlreadyKeepsTheirPassword(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            try await self.addNewcomer(platform)
            let again = try await platform.runtime.identity.createUser(
                email: EmailAddress("NEWCOMER@example.org"), password: "quite another password", role: .provider,
                in: try platform.organization(.north).id, actor: .system("test"), origin: self.origin)
            let north = try await self.signIn(platform, "newcomer@example.org", "a long enough password")
            let found = try await platform.runtime.identity.principal(for: north.access)
            let refused = await refusal {
                _ = try await self.signIn(platform, "newcomer@example.org", "quite another password")
            }

            #expect(!again.isNew)
            #expect(found?.1.roles == [.provider])
            #expect(refused?.code == "invalid_credentials")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aPersonHasOneUserAndAUserIsOnePerson(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let identity = platform.runtime.identity
            let north = try platform.organization().id
            let customer = try platform.person(.customer)
            let taken = await refusal {
                _ = try await identity.createUser(
                    email: EmailAddress("newcomer@example.org"), password: "a long enough password", role: .customer,
                    in: north, person: customer, actor: .system("test"), origin: self.origin)
            }
            let provider = try platform.person(.provider)
            let twofold = await refusal {
                _ = try await identity.createUser(
                    email: EmailAddress(TestMember.customer.email), password: TestMember.password, role: .customer,
                    in: north, person: provider, actor: .system("test"), origin: self.origin)
            }
            #expect(taken?.code == "person_has_user")
            #expect(twofold?.code == "user_is_another_person")
        }
    }
}
