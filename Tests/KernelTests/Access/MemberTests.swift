import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The users of an organization, as its administrators see and change them.
struct MemberTests {
    private func emails(_ answer: APIAnswer) throws -> [String] {
        try answer.expect(200)["items"]?.array?.compactMap { $0["email"]?.string } ?? []
    }

    @Test(arguments: TestEngine.allCases)
    func membersAreListedSearchedAndPaged(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let all = try self.emails(await admin.get("/api/v1/users"))
            #expect(Set(all) == Set(TestMember.allCases.map(\.email)) && all.count == 4)

            var paged: [String] = []
            var next: String?
            repeat {
                let page = await admin.get("/api/v1/users?limit=1" + (next.map { "&after=\($0)" } ?? ""))
                paged += try self.emails(page)
                next = page.json["next"]?.string
            } while next != nil && paged.count < 10
            #expect(paged == all)

            #expect(try self.emails(await admin.get("/api/v1/users?q=PROVIDER")) == ["provider@example.org"])
            #expect(try self.emails(await admin.get("/api/v1/users?q=other.cust")) == ["other.customer@example.org"])
            // What would be a pattern to the database is plain text.
            #expect(try self.emails(await admin.get("/api/v1/users?q=%25")).isEmpty)
            #expect(try self.emails(await admin.get("/api/v1/users?q=o_her")).isEmpty)
            #expect(try self.emails(await admin.get("/api/v1/users?role=admin")) == ["admin@example.org"])
            #expect(try self.emails(await admin.get("/api/v1/users?status=disabled")).isEmpty)
        }
    }

    @Test("v5.0.0-8.4.1 users of other organizations do not exist", arguments: TestEngine.allCases)
    func usersOfOtherOrganizationsDoNotExist(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let southerner = try await access.platform.runtime.identity.createUser(
                email: EmailAddress("stranger@example.org"), password: TestMember.password, role: .customer,
                in: access.platform.organization(.south).id, actor: .system("test"), origin: Origin(.test)
            ).id
            let nobody = "01900000-0000-7000-8000-000000000000"
            let operations: [(String, String, JSON?)] = [
                ("GET", "", nil), ("PATCH", "", ["status": "disabled"]), ("DELETE", "", nil),
                ("PUT", "/roles", ["roles": ["customer"]]), ("POST", "/roles", ["role": "customer"]),
                ("DELETE", "/roles/customer", nil), ("GET", "/grants", nil),
                ("POST", "/grants", ["permission": "notes:read", "scope": "own", "reason": "x"]),
                ("DELETE", "/grants/\(nobody)", nil), ("GET", "/sessions", nil), ("DELETE", "/sessions", nil),
                ("DELETE", "/sessions/\(nobody)", nil),
            ]
            for (method, path, body) in operations {
                let there = await admin.send(method, "/api/v1/users/\(southerner)\(path)", json: body).response
                let nowhere = await admin.send(method, "/api/v1/users/\(nobody)\(path)", json: body).response
                func headers(_ response: APIResponse) -> [String] {
                    response.headers.filter { $0.name != "x-request-id" }.map { "\($0.name): \($0.value)" }
                }
                #expect(there.status == 404, "\(method) \(path)")
                #expect(there.status == nowhere.status && there.body == nowhere.body, "\(method) \(path)")
                #expect(headers(there) == headers(nowhere), "\(method) \(path)")
            }
            #expect(try self.emails(await admin.get("/api/v1/users?q=stranger")).isEmpty)
            #expect(try await access.entries().isEmpty)
        }
    }

    @Test("v5.0.0-8.2.1 only administrators look after users", arguments: TestEngine.allCases)
    func othersMayNot(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let customer = try await access.client(.customer)
            let own = "/api/v1/users/\(try access.id(.customer))"
            for (method, path, body) in [
                ("GET", "/api/v1/users", nil), ("GET", own, nil), ("PATCH", own, ["status": "active"]),
                ("PUT", own + "/roles", ["roles": ["admin"]]), ("POST", own + "/roles", ["role": "admin"]),
                ("GET", "/api/v1/roles", nil), ("POST", "/api/v1/roles", ["name": "a", "title": "a"]),
                ("GET", "/api/v1/permissions", nil), ("DELETE", own + "/sessions", nil),
            ] as [(String, String, JSON?)] {
                let answer = await customer.send(method, path, json: body)
                #expect(answer.status == 403 && answer.code == "forbidden", "\(answer)")
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMaySeeTheirOwnSeesThemselves(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            try await access.grant("users:read", "own", to: .customer, as: admin).expect(201)
            let customer = try await access.client(.customer)

            #expect(try self.emails(await customer.get("/api/v1/users")) == ["customer@example.org"])
            #expect(await customer.get("/api/v1/users/\(try access.id(.customer))").status == 200)
            #expect(await customer.get("/api/v1/users/\(try access.id(.admin))").status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rolesAreGivenAndTaken(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let user = "/api/v1/users/\(try access.id(.customer))"
            #expect(await admin.get(user).version == 1)

            let added = await admin.post(user + "/roles", ["role": "provider"])
            #expect(try added.expect(200)["roles"] == ["customer", "provider"])
            #expect(added.version == 2)
            #expect(await admin.post(user + "/roles", ["role": "provider"]).version == 2)
            #expect(await admin.post(user + "/roles", ["role": "wizard"]).fieldErrors == ["/roles unknown_role"])
            let removed = await admin.send("DELETE", user + "/roles/customer")
            #expect(try removed.expect(200)["roles"] == ["provider"])

            var plain = admin
            plain.headers.removeAll { $0.name == "If-Match" }
            #expect(await plain.delete(user + "/roles/provider", version: 2).status == 412)
            #expect(await plain.delete(user + "/roles/provider").status == 428)
            #expect(await plain.delete(user + "/roles/provider", version: 3).status == 200)
            #expect(
                try await access.entries() == [
                    "kernel.user.roles-changed", "kernel.user.unchanged", "kernel.user.roles-changed",
                    "kernel.user.roles-changed",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func somebodyAlwaysRunsTheOrganization(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let own = "/api/v1/users/\(try access.id(.admin))"

            #expect(await admin.patch(own, ["status": "disabled"]).code == "last_admin")
            #expect(await admin.send("DELETE", own).code == "last_admin")
            #expect(await admin.send("DELETE", own + "/roles/admin").code == "last_admin")
            #expect(try await access.setRoles(["customer"], of: .admin, as: admin).code == "last_admin")
            #expect(await admin.get("/api/v1/me").status == 200)

            // A second one who may not sign in does not count.
            try await access.setRoles(["admin"], of: .provider, as: admin).expect(200)
            let provider = "/api/v1/users/\(try access.id(.provider))"
            try await admin.patch(provider, ["status": "disabled"]).expect(200)
            #expect(await admin.send("DELETE", own + "/roles/admin").code == "last_admin")
            try await admin.patch(provider, ["status": "active"]).expect(200)
            #expect(await admin.send("DELETE", own + "/roles/admin").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsRemovedKeepsTheirAccountElsewhere(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let user = "/api/v1/users/\(try access.id(.customer))"
            try await access.grant("notes:read", "organization", to: .customer, as: admin).expect(201)
            let there = try await access.token(.customer, in: .south)

            try await admin.send("DELETE", user).expect(200)

            #expect(await admin.get(user).status == 404)
            #expect(await refusal { _ = try await access.token(.customer) }?.code == "invalid_credentials")
            #expect(try await access.grants(there)?.reach(Notes.canRead) == "own")
            let left = try await access.platform.database.rows(
                "SELECT count(*) FROM {kernel.user_grant} UNION ALL SELECT count(*) FROM {kernel.user_role}")
            #expect(left == [["0"], ["7"]])
            // Coming back brings nothing of what was.
            _ = try await access.platform.runtime.identity.createUser(
                email: EmailAddress(TestMember.customer.email), password: TestMember.password, role: .provider,
                in: access.platform.organization().id, actor: .system("test"), origin: Origin(.test))
            let token = try await access.token(.customer)
            #expect(try await access.grants(token)?.reach(Notes.canRead) == "assigned")
        }
    }

    @Test("v5.0.0-7.4.5 administrators end sessions of a user, one or all", arguments: TestEngine.allCases)
    func sessionsOfAUserAreListedAndEnded(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let tokens = [try await access.token(.customer), try await access.token(.customer)]
            let elsewhere = try await access.token(.customer, in: .south)
            let path = "/api/v1/users/\(try access.id(.customer))/sessions"
            let listed = try await admin.get(path).expect(200)["items"]?.array ?? []
            #expect(listed.count == 2)

            let latest = try #require(listed.first?["id"]?.string)
            #expect(await admin.send("DELETE", "\(path)/\(latest)").status == 200)
            #expect(await admin.send("DELETE", "\(path)/\(latest)").status == 404)
            #expect(try await access.grants(tokens[0]) != nil)
            #expect(try await access.grants(tokens[1]) == nil)
            #expect(try await admin.send("DELETE", path).expect(200)["revoked"]?.int == 1)
            #expect(try await access.grants(tokens[0]) == nil)
            #expect(try await access.grants(elsewhere) != nil)
            // Another member's session cannot be ended by way of this one.
            _ = try await access.token(.provider)
            let others = try await admin.get("/api/v1/users/\(try access.id(.provider))/sessions").expect(200)
            let other = try #require(others["items"]?[0]?["id"]?.string)
            #expect(await admin.send("DELETE", "\(path)/\(other)").status == 404)
        }
    }
}
