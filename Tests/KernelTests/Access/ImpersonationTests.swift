import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Administrators who work as somebody else for a while.
struct ImpersonationTests {
    /// A client that works as a member, begun by another client.
    private func working(
        as member: TestMember, by client: APIClient, _ access: AccessFixture
    ) async throws -> (client: APIClient, token: AccessToken) {
        let answer = await client.post(
            "/api/v1/users/\(try access.id(member))/impersonate", ["reason": "a call for help"])
        let token = try #require(try answer.expect(201)["accessToken"]?.string)
        var other = client
        other.headers.removeAll { $0.name == "Authorization" }
        other.headers.append(("Authorization", "Bearer \(token)"))
        return (other, try #require(AccessToken(token)))
    }

    @Test(arguments: TestEngine.allCases)
    func tracesNameBoth(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let (client, token) = try await self.working(as: .customer, by: admin, access)
            let me = try await client.get("/api/v1/me").expect(200)
            #expect(me["user"]?.string == (try access.id(.customer)))
            #expect(me["impersonator"]?.string == (try access.id(.admin)))

            let (organization, user) = try #require(try await access.platform.runtime.identity.principal(for: token))
            let call = Call(organization: organization, principal: .user(user), origin: Origin(.test))
            _ = try await access.platform.runtime.invoker.run(
                Notes.write, of: Notes.id, Notes.Draft(text: "for them", owner: user.person), as: call)

            let text = try await access.platform.runtime.database.read(in: .organization(organization)) { tx in
                try tx.value(
                    """
                    SELECT canonical FROM \(AuditTrail.table)
                    WHERE organization_id = \(organization) AND action = 'notes.write'
                    """, as: [UInt8].self)
            }
            let entry = try JSON(parsing: try #require(text))
            #expect(entry["actor"]?.string == "user:\(try access.id(.admin))")
            #expect(entry["onBehalfOf"]?.string == "user:\(try access.id(.customer))")
            #expect(try await access.entries() == ["kernel.user.impersonated", "notes.write"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func onlyDownward(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let office = [
                "users:impersonate": "organization", "notes:read": "organization", "notes:write": "own",
            ]
            try await access.makeRole("office", office, as: admin).expect(201)
            try await access.setRoles(["office"], of: .otherCustomer, as: admin).expect(200)
            let clerk = try await access.client(.otherCustomer)
            func code(_ client: APIClient, _ member: TestMember) async throws -> String? {
                await client.post("/api/v1/users/\(try access.id(member))/impersonate", ["reason": "x"]).code
            }

            #expect(try await code(clerk, .customer) == nil)
            // A provider may write what is assigned to them, an administrator everything.
            #expect(try await code(clerk, .provider) == "exceeds_own_access")
            #expect(try await code(clerk, .admin) == "exceeds_own_access")
            #expect(try await code(clerk, .otherCustomer) == "impersonate_self")
            try await access.setRoles(["admin"], of: .provider, as: admin).expect(200)
            #expect(try await code(admin, .provider) == "exceeds_own_access")
            #expect(try await code(try await access.client(.customer), .otherCustomer) == "forbidden")
            try await admin.patch("/api/v1/users/\(try access.id(.customer))", ["status": "disabled"]).expect(200)
            #expect(try await code(admin, .customer) == "user_disabled")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSessionCannotChangeWhatIsPersonal(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            // Somebody who may look after users, below the administrator.
            let powers = ["users:manage", "users:read", "roles:manage", "roles:read", "users:impersonate"]
            try await access.makeRole(
                "office", Dictionary(uniqueKeysWithValues: powers.map { ($0, "organization") }), as: admin
            ).expect(201)
            try await access.setRoles(["office"], of: .provider, as: admin).expect(200)
            let own = try await access.client(.provider)
            #expect(await own.get("/api/v1/users").status == 200)
            let (client, _) = try await self.working(as: .provider, by: admin, access)
            let user = "/api/v1/users/\(try access.id(.customer))"

            #expect(await client.get("/api/v1/users").status == 200)
            #expect(await client.patch(user, ["status": "disabled"]).code == "forbidden")
            #expect(await client.post(user + "/roles", ["role": "customer"]).code == "forbidden")
            #expect(await client.post("/api/v1/roles", ["name": "a", "title": "a"]).code == "forbidden")
            #expect(await client.post(user + "/impersonate", ["reason": "x"]).code == "forbidden")
            #expect(await client.send("DELETE", "/api/v1/me/sessions").code == "impersonated_session")
            #expect(await own.get("/api/v1/me").status == 200)
            // Ending it is always possible.
            #expect(await client.post("/api/v1/auth/logout", [:]).status == 200)
            #expect(await client.get("/api/v1/me").status == 401)
            #expect(await admin.get("/api/v1/me").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theSessionIsShort(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let (_, token) = try await self.working(as: .customer, by: admin, access)

            access.platform.clock.advance(seconds: 30 * 60 - 1)
            #expect(try await access.grants(token) != nil)
            access.platform.clock.advance(seconds: 1)
            #expect(try await access.grants(token) == nil)
        }
    }

    enum Way: String, CaseIterable, Sendable {
        case userIsDisabled, adminIsDisabled, adminLosesThePermission, userBecomesAdmin
    }

    @Test(arguments: TestEngine.allCases, Way.allCases)
    func theSessionEndsWithWhatItRestsOn(_ engine: TestEngine, _ way: Way) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.setRoles(["admin"], of: .provider, as: admin).expect(200)
            let (_, token) = try await self.working(as: .customer, by: try await access.client(.provider), access)
            #expect(try await access.grants(token) != nil)
            let provider = "/api/v1/users/\(try access.id(.provider))"

            switch way {
            case .userIsDisabled:
                try await admin.patch("/api/v1/users/\(try access.id(.customer))", ["status": "disabled"]).expect(200)
            case .adminIsDisabled: try await admin.patch(provider, ["status": "disabled"]).expect(200)
            case .adminLosesThePermission: try await admin.send("DELETE", provider + "/roles/admin").expect(200)
            case .userBecomesAdmin: try await access.setRoles(["admin"], of: .customer, as: admin).expect(200)
            }

            #expect(try await access.grants(token) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatTheUserGainsMeanwhileIsNotTheAdministrators(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.makeRole(
                "office", ["users:impersonate": "organization", "notes:read": "own", "notes:write": "own"], as: admin
            ).expect(201)
            try await access.setRoles(["office"], of: .provider, as: admin).expect(200)
            let (_, token) = try await self.working(as: .customer, by: try await access.client(.provider), access)

            try await access.grant("notes:write", "organization", to: .customer, as: admin).expect(201)

            #expect(try await access.grants(token)?.reach(Notes.canWrite) == "own")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theEndNamesBoth(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let (client, _) = try await self.working(as: .customer, by: try await access.client(), access)
            try await client.post("/api/v1/auth/logout", [:]).expect(200)
            let own = try await access.client(.customer)
            try await own.post("/api/v1/auth/logout", [:]).expect(200)

            let organization = try access.platform.organization().id
            let entries = try await access.platform.runtime.database.read(in: .organization(organization)) { tx in
                try tx.values(
                    """
                    SELECT canonical FROM \(AuditTrail.table)
                    WHERE organization_id = \(organization) AND action = 'kernel.session.ended' ORDER BY id
                    """, as: [UInt8].self)
            }.map { try JSON(parsing: $0) }
            let (admin, customer) = ("user:\(try access.id(.admin))", "user:\(try access.id(.customer))")
            #expect(entries.map { $0["actor"]?.string } == [admin, customer])
            #expect(entries.map { $0["onBehalfOf"]?.string } == [customer, nil])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProgramCannotBeginIt(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let platform = access.platform
            let identity = platform.runtime.identity
            let target = try platform.user(.customer).id
            let issued = try await identity.apiKeys.create(
                APIKeys.Draft(name: "everything", scopes: ["*"], days: 1), try platform.call(as: .admin))
            let (organization, program) = try #require(try await identity.principal(for: issued.token))
            let admin = try platform.user(.admin)
            // As if the permission were not withheld from keys: that the caller is a program is reason enough.
            let mighty = SignedInUser(
                id: admin.id, person: admin.person, session: nil, roles: admin.roles, grants: admin.grants,
                apiKey: issued.key.id)

            var codes: [String?] = []
            for user in [program, mighty] {
                let call = Call(organization: organization, principal: .user(user), origin: Origin(.test))
                codes.append(await refusal { _ = try await identity.impersonate(target, reason: "x", call) }?.code)
            }

            #expect(codes == ["forbidden", "api_key_not_allowed"])
            #expect(try await access.entries() == ["kernel.api-key.created"])
            let sessions = try await platform.database.rows(
                "SELECT id FROM {kernel.session} WHERE impersonator_id IS NOT NULL")
            #expect(sessions.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWorksAsSomebodyElseDoesNotGoOnToAThird(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try access.platform.user(.admin)
            // As if the permission were not withheld from such sessions: working as somebody else is reason enough.
            let mighty = SignedInUser(
                id: admin.id, person: admin.person, session: nil, roles: admin.roles, grants: admin.grants,
                impersonator: try access.platform.user(.provider).id)
            let call = Call(
                organization: try access.platform.organization().id, principal: .user(mighty), origin: Origin(.test))
            let target = try access.platform.user(.customer).id

            let refused = await refusal {
                _ = try await access.platform.runtime.identity.impersonate(target, reason: "x", call)
            }

            #expect(refused?.code == "impersonated_session")
        }
    }
}
