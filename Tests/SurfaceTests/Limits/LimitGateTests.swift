import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// Limits as a caller of the API meets them.
struct LimitGateTests {
    private static let two = RateLimit(requests: 2, seconds: 60)
    private static let three = RateLimit(requests: 3, seconds: 60)
    /// The address from which the in-memory client calls.
    private static let peer = "192.0.2.1"

    /// Runs `body` with a client of a platform with limits, which trusts the client's own address as a proxy.
    private func withLimits(
        _ limits: RateLimits, trusting proxies: [String] = [Self.peer],
        _ body: (APIClient, TestPlatform) async throws -> Void
    ) async throws {
        let trusted = try proxies.map { try NetworkBlock($0) }
        try await withPlatform(.sqlite) { platform in
            let api = try API(
                platform.runtime,
                settings: APISettings(title: "Test", version: "0", limits: limits, trustedProxies: trusted),
                logger: SilentLog.logger)
            try await body(APIClient(api, headers: [("Almanac-Organization", "north")]), platform)
        }
    }

    private static func signIn(
        _ client: APIClient, _ email: String, _ password: String = "wrong", from address: String = "203.0.113.1"
    ) async -> APIAnswer {
        await client.send(
            "POST", "/api/v1/auth/token", json: ["email": .string(email), "password": .string(password)],
            headers: [("X-Forwarded-For", address)])
    }

    @Test func saysHowManyAreLeftAndThenRefuses() async throws {
        try await self.withLimits(RateLimits([.login: .init(perIdentifier: Self.two)])) { client, platform in
            let first = await Self.signIn(client, "anna@example.org")
            let second = await Self.signIn(client, "anna@example.org")
            platform.clock.advance(microseconds: 1)
            let third = await Self.signIn(client, "ANNA@example.org", from: "203.0.113.2")

            #expect([first.status, second.status, third.status] == [401, 401, 429])
            #expect(first.response.header("ratelimit-policy") == #""login-identifier";q=2;w=60"#)
            #expect(first.response.header("ratelimit") == #""login-identifier";r=1;t=30"#)
            #expect(second.response.header("ratelimit") == #""login-identifier";r=0;t=30"#)
            #expect(second.response.header("retry-after") == nil)
            #expect(third.code == "rate_limited")
            #expect(third.response.header("content-type") == "application/problem+json")
            #expect(third.response.header("retry-after") == "30")
            #expect(third.response.header("ratelimit-policy") == #""login-identifier";q=2;w=60"#)
            #expect(third.response.header("ratelimit") == #""login-identifier";r=0;t=30"#)
            #expect(third.json["type"]?.string == "urn:almanac:problem:rate_limited")
            #expect(
                third.json["detail"]?.string
                    == "too many requests for this account: 2 in 60 seconds are allowed; try again in 30 seconds")
        }
    }

    @Test func letsInAgainAfterTheTimeItSaid() async throws {
        try await self.withLimits(RateLimits([.login: .init(perIdentifier: Self.two)])) { client, platform in
            for _ in 0..<2 { _ = await Self.signIn(client, TestMember.customer.email) }
            #expect(await Self.signIn(client, TestMember.customer.email, TestMember.password).status == 429)
            platform.clock.advance(seconds: 29)
            #expect(await Self.signIn(client, TestMember.customer.email, TestMember.password).status == 429)
            platform.clock.advance(seconds: 1)
            #expect(await Self.signIn(client, TestMember.customer.email, TestMember.password).status == 200)
        }
    }

    @Test func namesEveryPolicyThatApplies() async throws {
        let burst = RateLimit(requests: 60, seconds: 60, burst: 300)
        let limits = RateLimits([.login: .init(perAddress: burst, perIdentifier: Self.two)])
        try await self.withLimits(limits) { client, _ in
            let answer = await Self.signIn(client, "anna@example.org")

            #expect(
                answer.response.header("ratelimit-policy")
                    == #""login-address";q=60;w=60;almanac-burst=300, "login-identifier";q=2;w=60"#)
            #expect(answer.response.header("ratelimit") == #""login-address";r=299;t=1, "login-identifier";r=1;t=30"#)
        }
    }

    @Test func countsOnlyFailedSignInsForAnAddress() async throws {
        try await self.withLimits(RateLimits([.login: .init(perAddress: Self.two)])) { client, _ in
            for _ in 0..<5 {
                let answer = await Self.signIn(client, TestMember.customer.email, TestMember.password)
                #expect(answer.status == 200)
            }
            #expect(await Self.signIn(client, "a@example.org").status == 401)
            #expect(await Self.signIn(client, "b@example.org").status == 401)
            #expect(await Self.signIn(client, "c@example.org").status == 429)
            // Now also for whoever knows the password, but only there.
            let member = TestMember.customer
            #expect(await Self.signIn(client, member.email, TestMember.password).status == 429)
            #expect(await Self.signIn(client, member.email, TestMember.password, from: "203.0.113.2").status == 200)
        }
    }

    @Test func countsEverySignInForAnAccount() async throws {
        try await self.withLimits(RateLimits([.login: .init(perIdentifier: Self.two)])) { client, _ in
            let member = TestMember.customer
            #expect(await Self.signIn(client, member.email, TestMember.password).status == 200)
            #expect(await Self.signIn(client, member.email, TestMember.password, from: "203.0.113.2").status == 200)
            #expect(await Self.signIn(client, member.email, TestMember.password, from: "203.0.113.3").status == 429)
            #expect(await Self.signIn(client, TestMember.provider.email, TestMember.password).status == 200)
        }
    }

    @Test func aForgedHeaderMakesNoOtherCaller() async throws {
        let limits = RateLimits([.login: .init(perAddress: Self.two)])
        try await self.withLimits(limits, trusting: []) { client, _ in
            var statuses: [Int] = []
            for number in 1...4 {
                statuses.append(await Self.signIn(client, "a\(number)@example.org", from: "203.0.113.\(number)").status)
            }
            #expect(statuses == [401, 401, 429, 429])
        }
    }

    /// Only what reaches the passwords is held up by the account; what is no sign-in at all counts for the address.
    @Test func countsMalformedSignInsForTheAddress() async throws {
        try await self.withLimits(RateLimits([.login: .init(perAddress: Self.two)])) { client, _ in
            let statuses = [
                await client.send("POST", "/api/v1/auth/token", body: Array("{".utf8)).status,
                await client.post("/api/v1/auth/token", ["email": 1]).status,
                await client.post("/api/v1/auth/token", ["email": "a@example.org", "password": "x"]).status,
            ]
            #expect(statuses == [415, 422, 429])
        }
    }

    @Test func limitsUsersByRole() async throws {
        let roles: [RateLimits.RoleLimit] = [.init(.customer, Self.two), .init(.admin, nil)]
        let limits = RateLimits([.reads: .init(perUser: Self.three, perRole: roles)])
        try await self.withLimits(limits) { client, _ in
            var statuses: [TestMember: [Int]] = [:]
            for member in TestMember.allCases {
                let client = try await client.signedIn(member.email)
                for _ in 0..<5 { statuses[member, default: []].append(await client.get("/api/v1/me").status) }
            }
            #expect(
                statuses == [
                    .customer: [200, 200, 429, 429, 429],
                    // Another user of the same role, at the same address.
                    .otherCustomer: [200, 200, 429, 429, 429], .provider: [200, 200, 200, 429, 429],
                    .admin: [200, 200, 200, 200, 200],
                ])
        }
    }

    @Test func countsStrangersAndWrongTokensForTheirAddress() async throws {
        try await self.withLimits(RateLimits([.reads: .init(perAddress: Self.three)])) { client, _ in
            var stranger = client
            stranger.headers.append(("Authorization", "Bearer almanac_guess"))
            let statuses = [
                await client.get("/api/v1/me").status, await stranger.get("/api/v1/me").status,
                await stranger.get("/api/v1/me").status, await stranger.get("/api/v1/me").status,
                await client.get("/api/v1/me").status,
            ]
            #expect(statuses == [401, 401, 401, 429, 429])
        }
    }

    @Test func saysNothingWhereNothingIsLimited() async throws {
        try await self.withLimits(.standard) { client, _ in
            let answer = try await client.signedIn(TestMember.customer.email).get("/api/v1/me")

            #expect(answer.status == 200)
            #expect(answer.response.header("ratelimit") == nil)
            #expect(answer.response.header("ratelimit-policy") == nil)
            for target in ["/health/live", "/openapi.json", "/nowhere"] {
                #expect(await client.get(target).response.header("ratelimit") == nil)
            }
        }
    }

    /// A school behind one address: everybody signs in at eight.
    @Test func theUsualLimitsLetASchoolIn() async throws {
        try await self.withLimits(.standard) { client, _ in
            for _ in 0..<2 {
                for member in TestMember.allCases {
                    #expect(await Self.signIn(client, member.email, TestMember.password).status == 200)
                }
            }
            var refused = 0
            for number in 0..<310 where await Self.signIn(client, "guess\(number)@example.org").status == 429 {
                refused += 1
            }
            #expect(refused == 10)
        }
    }
}
