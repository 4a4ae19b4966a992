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

    // MARK: Accounts

    /// The token of the last mail.
    private static func mailedToken(_ platform: TestPlatform, _ mailbox: TestMailbox) async throws -> JSON {
        await platform.runtime.mail.deliver()
        let words = mailbox.mails.last?.text.split(whereSeparator: \.isWhitespace) ?? []
        return .string(String(try #require(words.first { $0.hasPrefix("almanac_mail_") })))
    }

    @Test(arguments: TestEngine.allCases)
    func aStaleTokenDoesNotStandInTheWayOfAnAccount(_ engine: TestEngine) async throws {
        let mailbox = TestMailbox()
        var setup = TestPlatform.Setup()
        setup.mail = mailbox
        try await withPlatform(engine, setup: setup) { platform in
            let auth = "/api/v1/auth"
            let first = JSON.string("vier alte Bäume im Garten")
            let second = JSON.string("und ein Teich voller Frösche")
            for (index, header) in [Self.stale, "Bearer nonsense", "Basic YTpi"].enumerated() {
                let email = JSON.string("newcomer-\(index)@example.org")
                var client = try await platform.client()
                client.headers.append(("Authorization", header))

                try await client.post("\(auth)/register", ["email": email]).expect(202)
                try await client.post("\(auth)/resend-verification", ["email": email]).expect(202)
                let made = try await Self.mailedToken(platform, mailbox)
                try await client.post("\(auth)/verify-email", ["token": made, "password": first]).expect(200)
                try await client.post("\(auth)/forgot-password", ["email": email]).expect(202)
                let reset = try await Self.mailedToken(platform, mailbox)
                try await client.post("\(auth)/reset-password", ["token": reset, "password": second]).expect(200)
                try await client.post("\(auth)/token", ["email": email, "password": second]).expect(200)
                try await client.post("\(auth)/token", ["email": email, "password": first]).expect(401)
                platform.clock.advance(seconds: 3_600)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aStaleTokenStandsForNoMailedOne(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let password = JSON.string("vier alte Bäume im Garten")
            for header in [nil, Self.stale] {
                var client = try await platform.client()
                if let header { client.headers.append(("Authorization", header)) }
                for path in ["verify-email", "reset-password"] {
                    try await client.post("/api/v1/auth/\(path)", ["token": "almanac_mail_x", "password": password])
                        .expect(422, code: "token_invalid")
                }
            }
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
