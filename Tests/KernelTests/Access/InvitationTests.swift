import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// People who are asked to join, by an address that somebody has typed.
struct InvitationTests {
    /// An account that only the south knows.
    private func stranger(_ access: AccessFixture, _ email: String) async throws -> ID<User> {
        try await access.platform.runtime.identity.createUser(
            email: EmailAddress(email), password: TestMember.password, role: .customer,
            in: access.platform.organization(.south).id, actor: .system("test"), origin: Origin(.test)
        ).id
    }

    /// What verifying an address does at its end.
    private func prove(_ user: ID<User>, _ email: String, _ access: AccessFixture) async throws -> [OrganizationID] {
        let acceptance = InvitationAcceptance(user: user, email: try EmailAddress(email), origin: Origin(.test))
        return try await access.platform.runtime.database.write(in: .system(SystemScope("verify an address"))) { tx in
            try acceptance.perform(in: tx)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theAnswerDoesNotTellWhoHasAnAccount(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            _ = try await self.stranger(access, "known@example.org")
            let admin = try await access.client()
            func invite(_ email: String) async -> (status: Int, body: String) {
                let answer = await admin.post(
                    "/api/v1/users/invitations", ["email": .string(email), "givenName": "Eve", "roles": ["customer"]])
                let id = answer.json["id"]?.string ?? "?"
                // All that may differ is what was typed and which invitation it is.
                let body = String(decoding: answer.response.body, as: UTF8.self)
                return (
                    answer.status, body.split(separator: id).joined(separator: "#").split(separator: email).joined()
                )
            }

            let known = await invite("known@example.org")
            let unknown = await invite("nobody@example.org")

            #expect(known.status == 201)
            #expect(known == unknown)
            let listed = try await admin.get("/api/v1/users?q=known").expect(200)["items"]
            #expect(listed?.array?.isEmpty == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoProvesTheAddressJoinsWithTheirOwnAccount(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let user = try await self.stranger(access, "known@example.org")
            let admin = try await access.client()
            try await admin.post("/api/v1/users/invitations", ["email": "Known@example.org", "roles": ["provider"]])
                .expect(201)
            func signIn() async throws -> AccessToken {
                try await access.platform.runtime.identity.signIn(
                    email: "known@example.org", password: TestMember.password,
                    organization: access.platform.organization().id, origin: Origin(.test)
                ).access
            }
            // Being invited is no membership yet.
            #expect(await refusal { _ = try await signIn() }?.code == "invalid_credentials")

            #expect(try await self.prove(user, "known@example.org", access).count == 1)

            // With the password as it was.
            #expect(try await access.grants(try await signIn())?.reach(Notes.canRead) == "assigned")
            #expect(await admin.get("/api/v1/users/\(user)").json["roles"] == ["provider"])
            #expect(await admin.get("/api/v1/users/invitations").json["items"]?.array?.isEmpty == true)
            #expect(try await self.prove(user, "known@example.org", access).isEmpty)
            #expect(
                await admin.post("/api/v1/users/invitations", ["email": "known@example.org"]).code == "already_member")
            #expect(try await access.entries() == ["kernel.invitation.created", "kernel.invitation.accepted"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherAddressDoesNotTakeItUp(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let user = try await self.stranger(access, "mallory@example.org")
            let admin = try await access.client()
            try await admin.post("/api/v1/users/invitations", ["email": "victim@example.org", "roles": ["admin"]])
                .expect(201)

            #expect(try await self.prove(user, "mallory@example.org", access).isEmpty)
            #expect(await admin.get("/api/v1/users/\(user)").status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func invitationsEnd(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let user = try await self.stranger(access, "known@example.org")
            let admin = try await access.client()
            let made = try await admin.post("/api/v1/users/invitations", ["email": "known@example.org"]).expect(201)
            #expect(
                await admin.post("/api/v1/users/invitations", ["email": "KNOWN@example.org"]).code == "already_invited")
            let id = try #require(made["id"]?.string)
            let south = try await access.client(in: .south)
            #expect(await south.send("DELETE", "/api/v1/users/invitations/\(id)").status == 404)
            #expect(await admin.send("DELETE", "/api/v1/users/invitations/\(id)").status == 200)
            #expect(await admin.send("DELETE", "/api/v1/users/invitations/\(id)").status == 404)
            #expect(try await self.prove(user, "known@example.org", access).isEmpty)

            try await admin.post("/api/v1/users/invitations", ["email": "known@example.org"]).expect(201)
            access.platform.clock.advance(seconds: Invitations.seconds)
            #expect(try await self.prove(user, "known@example.org", access).isEmpty)
            let later = try await access.client()
            #expect(await later.get("/api/v1/users/invitations").json["items"]?.array?.isEmpty == true)
            #expect(await later.post("/api/v1/users/invitations", ["email": "known@example.org"]).status == 201)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoInvitesGivesOnlyWhatTheyHave(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.makeRole("host", ["users:manage": "organization"], as: admin).expect(201)
            try await access.makeRole(
                "office", ["users:manage": "organization", "roles:manage": "organization"], parents: ["customer"],
                as: admin
            ).expect(201)
            try await access.setRoles(["host"], of: .customer, as: admin).expect(200)
            try await access.setRoles(["office"], of: .provider, as: admin).expect(200)
            let host = try await access.client(.customer)
            let office = try await access.client(.provider)
            func invite(_ client: APIClient, _ email: String, _ roles: JSON) async -> APIAnswer {
                await client.post("/api/v1/users/invitations", ["email": .string(email), "roles": roles])
            }

            #expect(await invite(host, "a@example.org", []).status == 201)
            #expect(await invite(host, "b@example.org", ["customer"]).code == "forbidden")
            #expect(await invite(office, "b@example.org", ["customer"]).status == 201)
            #expect(await invite(office, "c@example.org", ["admin"]).code == "exceeds_own_access")
            #expect(await invite(office, "c@example.org", ["absent"]).code == "unknown_role")
            #expect(await invite(office, "no address", []).status == 422)
        }
    }
}
