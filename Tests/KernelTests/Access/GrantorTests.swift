import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Nobody gives what they have not got.
struct GrantorTests {
    /// The provider, who may look after roles and users and read all notes, but write only those assigned to them.
    private func withOffice(
        _ engine: TestEngine, _ body: (AccessFixture, _ admin: APIClient, _ office: APIClient) async throws -> Void
    ) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.makeRole(
                "office",
                [
                    "roles:manage": "organization", "roles:read": "organization", "users:read": "organization",
                    "users:manage": "organization", "notes:read": "organization", "notes:write": "assigned",
                ], as: admin
            ).expect(201)
            try await access.setRoles(["office"], of: .provider, as: admin).expect(200)
            try await body(access, admin, try await access.client(.provider))
        }
    }

    private static let refused = "exceeds_own_access"

    @Test(arguments: TestEngine.allCases)
    func rolesAreGivenOnlyWhatTheirMakerHas(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            #expect(try await access.makeRole("reader", ["notes:read": "organization"], as: office).status == 201)
            #expect(try await access.makeRole("a", ["notes:write": "organization"], as: office).code == Self.refused)
            #expect(
                try await access.makeRole("a", ["users:impersonate": "organization"], as: office).code == Self.refused)
            #expect(try await access.makeRole("a", parents: ["admin"], as: office).code == Self.refused)
            let widened = await office.patch(
                "/api/v1/roles/reader", ["rules": AccessFixture.rules(["notes:write": "organization"])])
            #expect(widened.code == Self.refused)
            #expect(await office.patch("/api/v1/roles/reader", ["parents": ["admin"]]).code == Self.refused)
            #expect(
                await office.patch(
                    "/api/v1/roles/customer", ["rules": AccessFixture.rules(["users:impersonate": "own"])]
                ).code == Self.refused)
            #expect(await office.get("/api/v1/roles/a").status == 404)
            #expect(await office.get("/api/v1/roles/reader").json["rules"]?.array?.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func wildcardsAreGivenOnlyByWhoHasThem(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            // All that notes:* means today is held, but not what it may mean tomorrow.
            #expect(try await access.makeRole("a", ["notes:*": "assigned"], as: office).code == Self.refused)
            try await access.grant("notes:*", "assigned", to: .provider, as: admin).expect(201)
            #expect(try await access.makeRole("a", ["notes:*": "assigned"], as: office).status == 201)
            #expect(try await access.makeRole("b", ["notes:*": "organization"], as: office).code == Self.refused)
            #expect(try await access.makeRole("b", ["*:*": "own"], as: office).code == Self.refused)
            #expect(try await access.makeRole("c", ["*:*": "organization"], as: admin).status == 201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func usersAreGivenOnlyWhatTheGiverHas(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            #expect(try await access.setRoles(["admin"], of: .provider, as: office).code == Self.refused)
            #expect(try await access.setRoles(["admin"], of: .customer, as: office).code == Self.refused)
            #expect(try await access.setRoles(["customer", "office"], of: .customer, as: office).status == 200)
            #expect(
                try await access.grant("notes:write", "organization", to: .provider, as: office).code == Self.refused)
            #expect(try await access.grant("*:*", "own", to: .customer, as: office).code == Self.refused)
            #expect(try await access.grant("notes:read", "organization", to: .customer, as: office).status == 201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsHeldForATimeIsGivenForNoLonger(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            let end = access.platform.clock.now.adding(minutes: 60)
            try await access.grant("notes:write", "organization", to: .provider, until: end, as: admin).expect(201)
            func give(until: Instant?) async throws -> String? {
                try await access.grant("notes:write", "organization", to: .customer, until: until, as: office).code
            }

            #expect(try await give(until: nil) == Self.refused)
            #expect(try await give(until: end.adding(microseconds: 1)) == Self.refused)
            #expect(try await give(until: end) == nil)
            #expect(try await access.makeRole("a", ["notes:write": "organization"], as: office).code == Self.refused)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayDoMoreIsNotChangedByWhoMayDoLess(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            let target = "/api/v1/users/\(try access.id(.admin))"

            #expect(await office.patch(target, ["status": "disabled"]).code == Self.refused)
            #expect(await office.send("DELETE", target).code == Self.refused)
            #expect(await office.send("DELETE", target + "/sessions").code == Self.refused)
            #expect(try await access.setRoles([], of: .admin, as: office).code == Self.refused)
            #expect(try await access.grant("notes:read", "own", to: .admin, as: office).code == Self.refused)
            #expect(await admin.get("/api/v1/me").status == 200)
            try await access.makeRole("chief", ["notes:write": "organization"], as: admin).expect(201)
            #expect(await office.patch("/api/v1/roles/chief", ["rules": []]).code == Self.refused)
            #expect(await office.send("DELETE", "/api/v1/roles/chief").code == Self.refused)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasJustBeenLostIsNotPassedOn(_ engine: TestEngine) async throws {
        try await self.withOffice(engine) { access, admin, office async throws in
            // A host that has not noticed yet: its principal still says that notes may be read.
            let token = try await access.token(.provider)
            let stale = try #require(try await access.platform.runtime.identity.principal(for: token)).1
            _ = await admin.patch(
                "/api/v1/roles/office",
                ["rules": AccessFixture.rules(["roles:manage": "organization", "users:read": "organization"])])
            let call = Call(
                organization: try access.platform.organization().id, principal: .user(stale), origin: Origin(.test))
            let roles = access.platform.runtime.access.roles
            let command = Command<String, Int>("test.make", .permission(.manageRoles)) { name, _, tx in
                let rule = AccessRule(PermissionPattern(Notes.canRead), .organization)
                return try roles.create(Role(name), title: "a", summary: "", parents: [], rules: [rule], in: tx).version
            }

            let refused = await refusal {
                _ = try await access.platform.runtime.invoker.run(command, of: "kernel", "late", as: call)
            }
            #expect(refused?.code == Self.refused)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyGivesWhatTheirCredentialsDoNotCarry(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try access.platform.user(.admin)
            let narrow = SignedInUser(
                id: admin.id, person: admin.person, session: nil, roles: admin.roles,
                grants: Grants([Notes.canRead: .organization]))
            let organization = try access.platform.organization().id
            let reader = access.platform.runtime.access.reader(for: organization)
            let database = access.platform.runtime.database.entering(.kernel)

            let codes = try await database.write(in: .organization(organization)) { tx -> [String?] in
                var codes: [String?] = []
                for user in [narrow, admin] {
                    let holdings = try Holdings(of: .user(user), reader, in: tx)
                    do {
                        try holdings.check(giving: [AccessRule(PermissionPattern(Notes.canWrite), .own)], "/rules")
                        codes.append(nil)
                    } catch let refusal as Refusal {
                        codes.append(refusal.code)
                    }
                }
                return codes
            }

            #expect(codes == ["exceeds_own_access", nil])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatSomebodyCouldDoForATimeCountsNoLonger(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let office = [
                "users:manage": "organization", "users:read": "organization", "notes:read": "own", "notes:write": "own",
            ]
            try await access.makeRole("office", office, as: admin).expect(201)
            try await access.setRoles(["office"], of: .provider, as: admin).expect(200)
            let end = access.platform.clock.now.adding(seconds: 30)
            try await access.grant("notes:write", "organization", to: .customer, until: end, as: admin).expect(201)
            let clerk = try await access.client(.provider)
            let user = "/api/v1/users/\(try access.id(.customer))"

            #expect(await clerk.patch(user, ["status": "disabled"]).code == "exceeds_own_access")
            access.platform.clock.set(end)
            #expect(await clerk.patch(user, ["status": "disabled"]).status == 200)
        }
    }
}
