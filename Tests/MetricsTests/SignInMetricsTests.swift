import AlmanacMetrics
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Every way to sign in is counted, by means and outcome.
struct SignInMetricsTests {
    /// A platform whose mails are kept, with a client of a stranger and what has been counted.
    private func withSchool(
        _ engine: TestEngine, _ body: (APIClient, TestPlatform, TestMailbox, Counts) async throws -> Void
    ) async throws {
        let mailbox = TestMailbox()
        var setup = TestPlatform.Setup()
        setup.mail = mailbox
        try await withPlatform(engine, setup: setup) { platform in
            let registry = PrometheusRegistry()
            var settings = APISettings(title: "Test", version: "0", limits: .none)
            settings.metrics = registry
            let api = try API(platform.runtime, settings: settings, logger: SilentLog.logger)
            let client = APIClient(api, headers: [("Almanac-Organization", "north")])
            try await body(client, platform, mailbox, Counts(registry: registry))
        }
    }

    private struct Counts {
        let registry: PrometheusRegistry

        /// What is not zero, as `password success 1`.
        func all() throws -> Set<String> {
            let start = "almanac_sign_ins_total{means=\""
            let found = try PrometheusParser(self.registry.text()).values.filter {
                $0.key.hasPrefix(start) && $0.value > 0
            }
            return Set(
                found.map { name, value in
                    let words = name.dropFirst(start.count).split(separator: "\"")
                    return "\(words[0]) \(words[2]) \(Int(value))"
                })
        }
    }

    private static func credentials(_ code: String? = nil) -> JSON {
        var members: JSONObject = [
            "email": .string(TestMember.customer.email), "password": .string(TestMember.password),
        ]
        if let code { members["code"] = .string(code) }
        return .object(members)
    }

    private func token(_ platform: TestPlatform, _ mailbox: TestMailbox) async throws -> JSON {
        _ = await platform.runtime.mail.deliver()
        let words = mailbox.mails.last?.text.split(whereSeparator: \.isWhitespace) ?? []
        return .string(String(try #require(words.first { $0.hasPrefix("almanac_mail_") })))
    }

    @Test(arguments: TestEngine.allCases)
    func countsSecondFactorsAndRecoveryCodesApart(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { client, platform, _, counts in
            let own = try await client.signedIn(TestMember.customer.email)
            let enrolment = try await own.post("/api/v1/me/totp", ["password": .string(TestMember.password)])
                .expect(201)
            let secret = try #require(enrolment["secret"]?.string.flatMap { Self.bytes($0) })
            let (app, step) = (OneTimeCode(secret: secret), OneTimeCode.step(at: platform.clock.now))
            let confirmed = try await own.post("/api/v1/me/totp/confirm", ["code": .string(app.code(at: step))])
                .expect(200)
            let recovery = try #require(confirmed["recoveryCodes"]?[0]?.string)

            let token = "/api/v1/auth/token"
            try await client.post(token, Self.credentials()).expect(401)
            try await client.post(token, Self.credentials("000000")).expect(401)
            try await client.post(token, Self.credentials(app.code(at: step + 1))).expect(200)
            try await client.post(token, Self.credentials(recovery)).expect(200)

            #expect(
                try counts.all() == [
                    "password success 1", "second_factor second_factor_required 1",
                    "second_factor second_factor_invalid 1", "second_factor success 1", "recovery_code success 1",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func countsRefreshTokensResetsAndRegistrations(_ engine: TestEngine) async throws {
        try await self.withSchool(engine) { client, platform, mailbox, counts in
            let first = try await client.post("/api/v1/auth/token", Self.credentials()).expect(200)
            let refresh: JSON = ["refreshToken": try #require(first["refreshToken"])]
            try await client.post("/api/v1/auth/refresh", refresh).expect(200)
            try await client.post("/api/v1/auth/refresh", refresh).expect(409)
            try await client.post("/api/v1/auth/refresh", ["refreshToken": "none"]).expect(401)

            let forgot: JSON = ["email": .string(TestMember.customer.email)]
            try await client.post("/api/v1/auth/forgot-password", forgot).expect(202)
            let reset: JSON = [
                "token": try await self.token(platform, mailbox), "password": "und ein Teich voller Frösche",
            ]
            try await client.post("/api/v1/auth/reset-password", reset).expect(200)
            try await client.post("/api/v1/auth/reset-password", reset).expect(422)

            try await client.post("/api/v1/auth/register", ["email": "nora@example.org"]).expect(202)
            let verification: JSON = [
                "token": try await self.token(platform, mailbox), "password": "vier alte Bäume im Garten",
            ]
            try await client.post("/api/v1/auth/verify-email", verification).expect(200)
            try await client.post("/api/v1/auth/verify-email", verification).expect(422)

            #expect(
                try counts.all() == [
                    "password success 1", "refresh_token success 1", "refresh_token refresh_superseded 1",
                    "refresh_token refresh_invalid 1", "password_reset success 1", "password_reset token_invalid 1",
                    "registration success 1", "registration token_invalid 1",
                ])
        }
    }

    @Test func whateverIsAnsweredTheSeriesStayTheSame() async throws {
        try await self.withSchool(.sqlite) { client, _, _, counts in
            func series() throws -> Set<String> {
                Set(try PrometheusParser(counts.registry.text()).values.keys.filter { $0.contains("sign_ins") })
            }
            let before = try series()
            for target in ["token", "refresh", "reset-password", "verify-email"] {
                _ = await client.post("/api/v1/auth/\(target)", ["canary": "canary"])
            }
            #expect(try series() == before)
            #expect(before.count < 50)
            #expect(
                try counts.all() == [
                    "password other 1", "refresh_token other 1", "password_reset other 1", "registration other 1",
                ])
        }
    }

    /// What an authenticator app reads from a secret in base 32.
    private static func bytes(_ secret: String) -> [UInt8]? {
        var (bytes, buffer, bits): ([UInt8], UInt32, UInt32) = ([], 0, 0)
        for letter in secret.utf8 {
            guard let value = Base32.standard.firstIndex(of: letter) else { return nil }
            (buffer, bits) = (buffer << 5 | UInt32(value), bits + 5)
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
        }
        return bytes
    }
}
