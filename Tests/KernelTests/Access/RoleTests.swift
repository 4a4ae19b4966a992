import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Roles that an organization makes for itself.
struct RoleTests {
    @Test(arguments: TestEngine.allCases)
    func aRoleIsMadeChangedAndDeleted(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            let made = try await access.makeRole("office", ["notes:*": "assigned"], parents: ["customer"], as: admin)
            #expect(try made.expect(201)["version"]?.int == 1)

            let read = await admin.get("/api/v1/roles/office")
            #expect(read.version == 1)
            #expect(
                read.json["grants"]?.array?.map { "\($0["permission"]?.string ?? "") \($0["scope"]?.string ?? "")" }
                    == ["notes:read assigned", "notes:write assigned"])

            let changed = await admin.patch("/api/v1/roles/office", ["title": "The office"])
            #expect(try changed.expect(200)["rules"]?.array?.count == 1)
            #expect(changed.version == 2)
            let stale = await admin.send(
                "PATCH", "/api/v1/roles/office", json: ["title": "x"], headers: [])
            #expect(stale.status == 200)

            #expect(await admin.send("DELETE", "/api/v1/roles/office").status == 200)
            #expect(await admin.get("/api/v1/roles/office").status == 404)
            #expect(
                try await access.entries() == [
                    "kernel.role.created", "kernel.role.changed", "kernel.role.changed", "kernel.role.deleted",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasSeenAnotherVersionIsRefused(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            try await access.makeRole("office", as: admin)
            var plain = admin
            plain.headers.removeAll { $0.name == "If-Match" }
            _ = await plain.patch("/api/v1/roles/office", ["title": "a"], version: 1)

            #expect(await plain.patch("/api/v1/roles/office", ["title": "b"], version: 1).status == 412)
            #expect(await plain.patch("/api/v1/roles/office", ["title": "b"]).status == 428)
            #expect(await plain.delete("/api/v1/roles/office", version: 1).status == 412)
            #expect(await plain.delete("/api/v1/roles/office", version: 2).status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func rolesAreListedPageByPage(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            for name in ["zebra", "office", "bureau"] { try await access.makeRole(name, as: admin) }
            _ = await admin.patch("/api/v1/roles/provider", ["title": "Teacher"])
            var names: [String] = []
            var next: String?
            repeat {
                let page = try await admin.get("/api/v1/roles?limit=2" + (next.map { "&after=\($0)" } ?? "")).expect(
                    200)
                names += page["items"]?.array?.compactMap { $0["name"]?.string } ?? []
                next = page["next"]?.string
            } while next != nil && names.count < 20

            #expect(names == ["admin", "customer", "provider", "bureau", "office", "zebra"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theBuiltInRolesStay(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()

            #expect(await admin.send("DELETE", "/api/v1/roles/customer").code == "role_fixed")
            #expect(await admin.patch("/api/v1/roles/admin", ["title": "x"]).code == "role_fixed")
            #expect(try await access.makeRole("customer", as: admin).code == "role_exists")

            let token = try await access.token(.customer)
            #expect(try await access.grants(token)?.reach(Notes.canRead) == "own")
            let widened = await admin.patch(
                "/api/v1/roles/customer", ["rules": AccessFixture.rules(["notes:read": "organization"])])
            #expect(widened.status == 200 && widened.version == 2)
            let grants = try await access.grants(token)
            #expect(grants?.reach(Notes.canRead) == "organization")
            #expect(grants?.reach(Notes.canWrite) == "own")
            // What plugins declare stays when the organization's own rules go.
            _ = await admin.patch("/api/v1/roles/customer", ["rules": []])
            #expect(try await access.grants(token)?.reach(Notes.canRead) == "own")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func badRolesAreRefused(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()

            #expect(try await access.makeRole("Office", as: admin).fieldErrors == ["/name role_name"])
            #expect(
                try await access.makeRole("a", parents: ["nobody"], as: admin).fieldErrors == ["/parents unknown_role"])
            #expect(
                try await access.makeRole("a", ["notes:raed": "own"], as: admin).fieldErrors == [
                    "/rules/0/permission unknown_permission"
                ])
            #expect(
                try await access.makeRole("a", ["notes": "own"], as: admin).fieldErrors == [
                    "/rules/0/permission permission_pattern"
                ])
            #expect(await admin.get("/api/v1/roles/a").status == 404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func noRoleInheritsFromItself(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            try await access.makeRole("a", as: admin)
            try await access.makeRole("b", parents: ["a"], as: admin)
            try await access.makeRole("c", parents: ["b"], as: admin)

            for (role, parent) in [("a", "a"), ("a", "b"), ("a", "c"), ("b", "c")] {
                let answer = await admin.patch("/api/v1/roles/\(role)", ["parents": [.string(parent)]])
                #expect(answer.fieldErrors == ["/parents role_cycle"], "\(role) from \(parent): \(answer)")
            }
            #expect(await admin.patch("/api/v1/roles/customer", ["parents": ["c"]]).status == 200)
            #expect(await admin.patch("/api/v1/roles/a", ["parents": ["customer"]]).code == "role_cycle")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRoleInUseIsNotDeleted(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let admin = try await access.client()
            try await access.makeRole("a", as: admin)
            try await access.makeRole("b", parents: ["a"], as: admin)
            #expect(try await access.setRoles(["b"], of: .customer, as: admin).status == 200)

            #expect(await admin.send("DELETE", "/api/v1/roles/a").code == "role_in_use")
            #expect(await admin.send("DELETE", "/api/v1/roles/b").code == "role_in_use")
            #expect(try await access.setRoles([], of: .customer, as: admin).status == 200)
            #expect(await admin.send("DELETE", "/api/v1/roles/b").status == 200)
            #expect(await admin.send("DELETE", "/api/v1/roles/a").status == 200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func organizationsDoNotShareRoles(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access async throws in
            let north = try await access.client()
            let south = try await access.client(in: .south)
            try await access.makeRole("office", ["notes:*": "organization"], as: north)
            #expect(try await access.setRoles(["office"], of: .customer, as: north).status == 200)

            #expect(try await access.setRoles(["office"], of: .customer, as: south).code == "unknown_role")
            let there = await south.get("/api/v1/roles/office").response
            let nowhere = await south.get("/api/v1/roles/absent").response
            #expect(there.status == 404 && there.body == nowhere.body)
            let token = try await access.token(.customer, in: .south)
            #expect(try await access.grants(token)?.reach(Notes.canRead) == "own")
            // The same name may mean something else there.
            #expect(try await access.makeRole("office", ["notes:read": "own"], as: south).status == 201)
            let northern = try await access.token(.customer)
            #expect(try await access.grants(northern)?.reach(Notes.canWrite) == "organization")
        }
    }
}
