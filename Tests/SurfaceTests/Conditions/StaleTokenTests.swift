import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// Clients send the access token they have also where another secret counts, and it has expired just then.
struct StaleTokenTests {
    private static let stale = "Bearer almanac_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    private func tokens(_ client: APIClient) async throws -> JSON {
        try await client.post(
            "/api/v1/auth/token",
            ["email": .string(TestMember.customer.email), "password": .string(TestMember.password)]
        ).expect(200)
    }

    @Test(arguments: TestEngine.allCases)
    func aStaleTokenDoesNotStandInTheWayOfARenewal(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            for header in [Self.stale, "Bearer nonsense", "Basic YTpi"] {
                var client = try await platform.client()
                client.headers.append(("Authorization", header))
                let first = try await self.tokens(client)
                let second = try await client.post(
                    "/api/v1/auth/refresh", ["refreshToken": first["refreshToken"] ?? .null]
                ).expect(200)
                try await client.post("/api/v1/auth/logout", ["refreshToken": second["refreshToken"] ?? .null])
                    .expect(200)
                try await client.post("/api/v1/auth/refresh", ["refreshToken": second["refreshToken"] ?? .null])
                    .expect(401)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStaleTokenAloneEndsNothingAndOpensNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            var client = try await platform.client()
            client.headers.append(("Authorization", Self.stale))

            try await client.post("/api/v1/auth/logout", [:]).expect(401)
            try await client.get("/api/v1/me").expect(401, code: "token_invalid")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenOfAnotherOrganizationDoesNotMoveASignIn(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let north = try await self.tokens(try await platform.client())["accessToken"]?.string ?? ""
            var client = try await platform.client(in: .south)
            client.headers.append(("Authorization", "Bearer \(north)"))

            let south = try await self.tokens(client)["accessToken"]?.string ?? ""
            var signedIn = try await platform.client(in: .south)
            signedIn.headers.append(("Authorization", "Bearer \(south)"))
            try await signedIn.get("/api/v1/me").expect(200)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsEndWithoutAVersion(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let client = try await platform.client(as: .customer)
            _ = try await platform.client(as: .customer)
            let items = try await client.get("/api/v1/me/sessions").expect(200)["items"]?.array ?? []
            let other = try #require(items.first { $0["current"]?.bool == false }?["id"]?.string)

            try await client.delete("/api/v1/me/sessions/\(other)").expect(200)
            try await client.delete("/api/v1/me/sessions").expect(200)
        }
    }
}
