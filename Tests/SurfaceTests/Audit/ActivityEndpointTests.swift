import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// What users see of what was done with their accounts.
struct ActivityEndpointTests {
    private static func items(_ client: APIClient, _ query: String = "") async throws -> [JSON] {
        try await client.get("/api/v1/me/activity" + query).expect(200)["items"]?.array ?? []
    }

    private static func actions(_ items: [JSON]) -> [String?] { items.map { $0["action"]?.string } }

    @Test(
        "v5.0.0-7.5.2 users see when their account was signed in to, and from where",
        arguments: TestEngine.allCases, [0, 1_000])
    func usersSeeTheirSignIns(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            var client = try await platform.client(as: .customer)
            platform.clock.advance(seconds: 10)
            client.headers.append(
                ("User-Agent", "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"))
            _ = try await client.delete("/api/v1/me/sessions").expect(200)
            try await platform.seal(sealed, of: 10)
            let items = try await Self.items(client)

            #expect(Self.actions(items) == ["kernel.session.others-revoked", "kernel.session.created"])
            #expect(items.first?["device"] == "Firefox on Windows")
            #expect(items.first?["address"] == "192.0.2.1")
            #expect(items.first?["outcome"] == "success")
            #expect(items.last?["object"]?["type"] == "session")
            // What is for administrators is not among it.
            #expect(items.allSatisfy { $0["detail"] == nil && $0["changes"] == nil && $0["position"] == nil })
        }
    }

    /// Two organizations have members with the same addresses, and each has more than one member.
    @Test(arguments: TestEngine.allCases, [0, 1_000])
    func nobodySeesWhatOthersDo(_ engine: TestEngine, _ sealed: Int) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            _ = try await platform.client(as: .provider)
            _ = try await platform.client(as: .customer, in: .south)
            try await platform.seal(sealed, of: 11)
            let nobody = await (try await platform.client()).get("/api/v1/me/activity")

            #expect(Self.actions(try await Self.items(client)) == ["kernel.session.created"])
            #expect(try await Self.items(client, "?by=others").isEmpty)
            #expect(nobody.status == 401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWorkedInTheCallersNameIsSeen(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let admin = try await platform.client(as: .admin)
            let customer = try platform.user(.customer).id
            let lent = try await admin.post("/api/v1/users/\(customer)/impersonate", ["reason": "a call for help"])
                .expect(201)
            var borrowed = try await platform.client()
            borrowed.headers.append(("Authorization", "Bearer \(lent["accessToken"]?.string ?? "")"))
            _ = try await borrowed.post("/api/v1/auth/logout", [:]).expect(200)
            let client = try await platform.client(as: .customer)
            let others = try await Self.items(client, "?by=others")

            #expect(Self.actions(others) == ["kernel.session.ended"])
            // From where an administrator works is not the customer's to know.
            #expect(others.allSatisfy { $0["address"] == nil && $0["userAgent"] == nil && $0["device"] == nil })
            #expect(Self.actions(try await Self.items(client)) == ["kernel.session.created"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func pagesAreTheListInPieces(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            var client = try await platform.client(as: .customer)
            for _ in 0..<6 { client = try await platform.client(as: .customer) }
            let whole = try await Self.items(client).map { $0["id"]?.string }
            var pieces: [String?] = []
            var next: String? = ""
            while let cursor = next {
                let page = try await client.get(
                    "/api/v1/me/activity?limit=3" + (cursor.isEmpty ? "" : "&after=\(cursor)")
                ).expect(200)
                pieces += (page["items"]?.array ?? []).map { $0["id"]?.string }
                next = page["next"]?.string
            }

            #expect(whole.count == 7)
            #expect(pieces == whole)
        }
    }
}
