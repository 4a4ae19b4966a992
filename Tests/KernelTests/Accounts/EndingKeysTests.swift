import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What another password ends besides sessions: API keys, and work as somebody else.
struct EndingKeysTests {
    private static let email = TestMember.admin.email

    private func key(_ fixture: AccountFixture, in place: TestPlace = .north) async throws -> APIKeyToken {
        try await self.key(fixture, try fixture.platform.call(as: .admin, in: place))
    }

    private func key(_ fixture: AccountFixture, _ call: Call) async throws -> APIKeyToken {
        try await fixture.platform.runtime.identity.apiKeys.create(
            APIKeys.Draft(name: "Website", scopes: ["audit:read"], days: 30), call
        ).token
    }

    private func works(_ fixture: AccountFixture, _ key: APIKeyToken) async throws -> Bool {
        try await fixture.platform.runtime.identity.principal(for: key) != nil
    }

    /// A call of an administrator beside the fixture's.
    private func other(_ fixture: AccountFixture) async throws -> Call {
        let email = "other-admin@example.org"
        _ = try await fixture.platform.runtime.identity.createUser(
            email: EmailAddress(email), password: TestMember.password, role: .admin,
            in: try fixture.platform.organization().id, actor: .system("test"), origin: SessionFixture.origin)
        return try await fixture.sessions.call(try await fixture.signIn(email, TestMember.password).access)
    }

    private func reset(_ fixture: AccountFixture) async throws {
        try await fixture.forgot(Self.email)
        try await fixture.reset(try await fixture.token())
    }

    @Test("v5.0.0-7.4.3 a password chosen anew by mail ends all API keys", arguments: TestEngine.allCases)
    func aResetEndsAllKeys(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let keys = [
                try await self.key(fixture), try await self.key(fixture), try await self.key(fixture, in: .south),
            ]
            let another = try await self.key(fixture, try await self.other(fixture))
            for key in keys + [another] { #expect(try await self.works(fixture, key)) }

            try await self.reset(fixture)

            for key in keys { #expect(try await !self.works(fixture, key)) }
            #expect(try await self.works(fixture, another), "somebody else's key is not concerned")
            let user = try fixture.platform.user(.admin).id
            let entry = "kernel.api-key.revoked user:\(user)"
            #expect(try await fixture.entries("kernel.api-key.revoked") == [entry, entry, entry])
            // Each is written down where the key was.
            let south = try await fixture.rows(
                """
                SELECT o.slug FROM {kernel.audit_entry} a JOIN {kernel.organization} o ON o.id = a.organization_id
                WHERE a.action = 'kernel.api-key.revoked' ORDER BY o.slug
                """)
            #expect(south == ["north", "north", "south"])
        }
    }

    @Test("v5.0.0-7.4.3 changing the password ends API keys where that is asked for", arguments: TestEngine.allCases)
    func aChangeEndsKeysWhenToldTo(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let keys = [try await self.key(fixture), try await self.key(fixture, in: .south)]
            var client = try await fixture.platform.client()
            client.headers = [("Almanac-Organization", TestPlace.north.slug)]
            client = try await client.signedIn(Self.email)
            let path = "/api/v1/me/password"

            try await client.post(
                path,
                [
                    "currentPassword": .string(TestMember.password),
                    "newPassword": .string(AccountFixture.nextPassword),
                ]
            ).expect(200)
            for key in keys { #expect(try await self.works(fixture, key)) }
            #expect(try await fixture.entries("kernel.api-key.revoked").isEmpty)

            try await client.post(
                path,
                [
                    "currentPassword": .string(AccountFixture.nextPassword),
                    "newPassword": .string(AccountFixture.password), "endApiKeys": true,
                ]
            ).expect(200)
            for key in keys { #expect(try await !self.works(fixture, key)) }
            #expect(try await fixture.entries("kernel.api-key.revoked").count == 2)
            #expect(await client.get("/api/v1/me").status == 200, "the session that asked goes on")
        }
    }

    @Test("v5.0.0-7.4.3 another password ends work as somebody else", arguments: TestEngine.allCases, [true, false])
    func anotherPasswordEndsImpersonation(_ engine: TestEngine, _ isReset: Bool) async throws {
        try await withAccounts(engine) { fixture in
            let identity = fixture.platform.runtime.identity
            let customer = try fixture.platform.user(.customer).id
            let call = try await fixture.signedIn(.admin)
            let working = try await identity.impersonate(customer, reason: "a call for help", call)
            let own = try await fixture.sessions.signIn(.customer)
            #expect(try await fixture.sessions.works(working.access))

            if isReset {
                try await self.reset(fixture)
            } else {
                try await fixture.accounts.changePassword(
                    from: TestMember.password, to: AccountFixture.nextPassword, call)
            }

            #expect(try await !fixture.sessions.works(working.access))
            #expect(try await fixture.sessions.works(own.access), "the user's own sessions are not concerned")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsTakenOutAndComesBackHasNoKeys(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            let call = try await self.other(fixture)
            let other = try #require(call.principal.user).id
            let key = try await self.key(fixture, call)
            let members = fixture.platform.runtime.access.members
            let removal = Command<ID<User>, Bool>("remove", .signedIn) { user, _, tx in
                try members.remove(user, in: tx)
                return true
            }
            _ = try await fixture.platform.run(removal, of: "kernel", other, as: .admin)

            _ = try await self.other(fixture)

            #expect(try await !self.works(fixture, key))
        }
    }

    // MARK: At the same moment

    @Test(arguments: TestEngine.allCases)
    func whoHasBeenSignedOutMakesNoKey(_ engine: TestEngine) async throws {
        try await withAccounts(engine) { fixture in
            // Let in before, decided after.
            let call = try await fixture.signedIn(.admin)
            try await self.reset(fixture)

            #expect(await refusal { _ = try await self.key(fixture, call) }?.code == "unauthenticated")
            #expect(try await fixture.rows("SELECT id FROM {kernel.api_key}").isEmpty)
        }
    }

    /// How many keys go on that were made while all access was being ended.
    private func survivors(_ fixture: AccountFixture) async throws -> Int {
        let user = try fixture.platform.user(.admin).id
        let database = fixture.platform.runtime.database.entering(.kernel)
        for _ in 0..<10 {
            let call = try await fixture.signedIn(.admin)
            await withTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        if number == 10 {
                            try? await database.write(in: .system(SystemScope("end access"))) { tx in
                                try Accounts.endAccess(
                                    of: user, except: nil, keys: .ending(by: "test", SessionFixture.origin), tx)
                            }
                        } else {
                            _ = try? await self.key(fixture, call)
                        }
                    }
                }
            }
        }
        return try await fixture.rows("SELECT id FROM {kernel.api_key} WHERE revoked_at IS NULL").count
    }

    @Test(arguments: TestEngine.allCases)
    func noKeyOutlivesTheSessionThatMadeIt(_ engine: TestEngine) async throws {
        try await withAccounts(engine, rehearses: false) { fixture in
            let survivors = try await self.survivors(fixture)
            let all = try await fixture.rows("SELECT id FROM {kernel.api_key}")
            #expect(survivors == 0)
            #expect(!all.isEmpty)
        }
    }

    /// The negative control; SQLite has one writer whatever is locked.
    @Test func withoutTheLockAKeyOutlivesTheSessionThatMadeIt() async throws {
        for _ in 0..<20 {
            var survivors = 0
            try await withAccounts(.postgres, rehearses: false, locking: NoLocking()) { fixture in
                survivors = try await self.survivors(fixture)
            }
            if survivors > 0 { return }
        }
        Issue.record("the test above shows nothing")
    }
}
