import AlmanacStorage
import AlmanacTestKit
import Testing

/// Limits over the wire.
///
/// What is used up here comes back after hours, so that no test can be too slow for it.
struct LimitTests {
    private static func signIn(
        _ server: SchoolServer, _ email: String, from address: String? = nil
    ) async throws -> LoopbackResponse {
        var request = LoopbackRequest(
            "POST", "/api/v1/auth/token", json: ["email": .string(email), "password": "a wrong password"])
        if let address { request.headers.append(("X-Forwarded-For", address)) }
        return try await server.client.send(request)
    }

    @Test("v5.0.0-2.4.1 signing in is limited") func signingInIsLimited() async throws {
        try await withSchoolServer(.sqlite, rest: "limits: {login: {perIdentifier: 3/day}}") { server in
            var answers: [LoopbackResponse] = []
            for email in [School.customer, "CLARA@example.org", " clara@example.org", School.customer] {
                answers.append(try await Self.signIn(server, email))
            }
            let refused = try #require(answers.last)

            #expect(answers.map(\.status) == [401, 401, 401, 429])
            #expect(try refused.problemCode() == "rate_limited")
            #expect(try #require(refused.header("retry-after").flatMap { Int($0) }) > 28_000)
            let policy = try #require(refused.header("ratelimit-policy"))
            #expect(policy.hasSuffix(#""login-identifier";q=3;w=86400"#))
            #expect(try #require(refused.header("ratelimit")).contains(#""login-identifier";r=0;t="#))
            // Others go on, and so does everything else.
            #expect(try await Self.signIn(server, School.otherCustomer).status == 401)
            let token = try await server.token(of: School.otherCustomer)
            #expect(try await server.client.get("/api/v1/me", token: token).status == 200)
            #expect(server.process.errors.contains("rate limit reached"))
            #expect(!server.process.errors.contains("clara"))
        }
    }

    @Test("v5.0.0-4.1.3 a forged address does not help") func aForgedAddressDoesNotHelp() async throws {
        try await withSchoolServer(.sqlite, rest: "limits: {login: {perAddress: 3/day}}") { server in
            var statuses: [Int] = []
            for number in 1...5 {
                let email = "guess\(number)@example.org"
                statuses.append(try await Self.signIn(server, email, from: "203.0.113.\(number)").status)
            }

            #expect(statuses == [401, 401, 401, 429, 429])
            #expect(server.process.errors.contains("server.trustedProxies"))
        }
    }

    @Test("v5.0.0-15.3.4 the address that a trusted proxy passes on counts") func aTrustedProxyIsBelieved() async throws
    {
        let rest = """
            server: {trustedProxies: [127.0.0.1]}
            limits: {login: {perAddress: 2/day}}
            """
        try await withSchoolServer(.sqlite, rest: rest) { server in
            var statuses: [Int] = []
            let headers = ["203.0.113.1", "203.0.113.1", "1.1.1.1, 203.0.113.1", "203.0.113.2"]
            for (number, address) in headers.enumerated() {
                statuses.append(try await Self.signIn(server, "guess\(number)@example.org", from: address).status)
            }

            #expect(statuses == [401, 401, 429, 401])
        }
    }

    @Test func ofManySignInsAtOnceExactlyTheLimitPasses() async throws {
        try await withSchoolServer(.sqlite, rest: "limits: {login: {perIdentifier: 5/day}}") { server in
            let request = LoopbackRequest(
                "POST", "/api/v1/auth/token", json: ["email": "nobody@example.org", "password": "a wrong password"])
            let answers = try await server.client.simultaneously(Array(repeating: request, count: 50))

            #expect(answers.count { $0.status == 401 } == 5)
            #expect(answers.count { $0.status == 429 } == 45)
        }
    }

    @Test func nonsenseIsNamedWithItsPlace() async throws {
        try await withProgramStorage(.sqlite) { storage in
            let manifest = School.manifest(storage.section, rest: "limits: {login: {perAddress: ten}}")
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                let result = try await program.run(["check", "--manifest", program.manifest])

                #expect(result.exitCode == 2)
                #expect(result.errors.contains("limits.login.perAddress: expected how many"), "\(result)")
            }
        }
    }
}
