import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Explanations of decisions.
struct ExplanationTests {
    private func explain(
        _ client: APIClient, _ access: AccessFixture, _ permission: String, object: String? = nil
    ) async throws -> JSON {
        let rest = object.map { "&object=\($0)" } ?? ""
        return try await client.get(
            "/api/v1/access/explain?user=\(try access.id(.customer))&permission=\(permission)\(rest)"
        ).expect(200)
    }

    @Test(arguments: TestEngine.allCases)
    func theWayThatDecidesComesFirst(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.makeRole("base", ["*:read": "organization"], as: admin).expect(201)
            try await access.makeRole("middle", parents: ["base"], as: admin).expect(201)
            try await access.makeRole("top", ["notes:*": "own"], parents: ["middle"], as: admin).expect(201)
            try await access.setRoles(["customer", "top"], of: .customer, as: admin).expect(200)

            let read = try await self.explain(admin, access, "notes:read")
            #expect(read["allowed"] == true && read["scope"] == "organization")
            let first = try #require(read["reasons"]?[0])
            #expect(first["path"] == ["top", "middle", "base"])
            #expect(first["rule"]?["permission"] == "*:read")
            #expect(read["reasons"]?.array?.count == 3)
            #expect(read["text"]?[1] == "decided by role top → middle → base, rule *:read (organization)")
            let nothing = try await self.explain(admin, access, "roles:manage")
            #expect(nothing["allowed"] == false && nothing["scope"] == nil)
            #expect(
                nothing["text"]?[1] == "no role and no direct grant of the user gives roles:manage")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func grantsThatAreOverAreNamedAndDoNotCount(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let end = access.platform.clock.now.adding(seconds: 60)
            try await access.grant("users:*", "organization", to: .customer, until: end, as: admin).expect(201)
            #expect(try await self.explain(admin, access, "users:read")["allowed"] == true)

            access.platform.clock.advance(seconds: 60)

            let over = try await self.explain(try await access.client(), access, "users:read")
            #expect(over["allowed"] == false)
            #expect(over["reasons"]?[0]?["inForce"] == false)
            #expect(over["text"]?[2]?.string?.hasPrefix("no longer given by direct grant users:*") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func objectsAreReachedOrNot(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            try await access.grant("users:read", "own", to: .customer, as: admin).expect(201)
            let own = try await self.explain(
                admin, access, "users:read", object: "user:\(try access.id(.customer))")
            let other = try await self.explain(admin, access, "users:read", object: "user:\(try access.id(.provider))")

            #expect(own["allowed"] == true && own["object"]?["reach"] == "owner")
            #expect(other["allowed"] == false && other["object"]?["reach"] == "nothing")
            #expect(other["text"]?[2] == "the user is not reached: it does not belong to the user")
            try await admin.patch("/api/v1/users/\(try access.id(.customer))", ["status": "disabled"]).expect(200)
            let disabled = try await self.explain(admin, access, "users:read")
            #expect(disabled["allowed"] == false && disabled["scope"] == "own")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func questionsThatMakeNoSenseAreRefused(_ engine: TestEngine) async throws {
        try await withAccess(engine) { access in
            let admin = try await access.client()
            let user = try access.id(.customer)
            let path = "/api/v1/access/explain?permission=notes:read&user="
            let nobody = "01900000-0000-7000-8000-000000000000"

            #expect(await admin.get("\(path)\(nobody)").code == "not_found")
            #expect(
                await admin.get("/api/v1/access/explain?permission=notes:raed&user=\(user)").fieldErrors == [
                    "/permission unknown_permission"
                ])
            #expect(await admin.get("\(path)\(user)&object=dragon:\(nobody)").code == "unknown_object_type")
            #expect(await admin.get("\(path)\(user)&object=user").code == "object_form")
            #expect(await admin.get("\(path)\(user)&object=user:\(nobody)").code == "not_found")
            #expect(await (try access.client(.customer)).get("\(path)\(user)").code == "forbidden")
        }
    }
}
