import AlmanacKernel
import AlmanacMetrics
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What requests leave behind in the metrics.
struct RequestMetricsTests {
    private func withMetrics(_ body: (APIClient, PrometheusRegistry) async throws -> Void) async throws {
        try await withPlatform(.sqlite) { platform in
            let registry = PrometheusRegistry()
            var settings = APISettings(
                title: "Test", version: "0",
                limits: RateLimits([.login: .init(perIdentifier: RateLimit(requests: 3, seconds: 60))]))
            settings.metrics = registry
            settings.time = MonotonicTime { 0 }
            let page = MetricsPage(registry, token: Secret("a token of the scraper's"), samples: { [] })
            settings.pages["metrics"] = { page.respond(to: $0) }
            let api = try API(platform.runtime, settings: settings, logger: SilentLog.logger)
            try await body(APIClient(api, headers: [("Almanac-Organization", "north")]), registry)
        }
    }

    private func signIn(_ client: APIClient, _ email: String, _ password: String) async -> Int {
        await client.send(
            "POST", "/api/v1/auth/token", json: ["email": .string(email), "password": .string(password)]
        ).status
    }

    @Test func countsByOperationMethodAndClassOfStatus() async throws {
        try await self.withMetrics { client, registry in
            _ = await client.send("GET", "/api/v1/me")
            _ = await client.send("GET", "/health/live")
            _ = await client.send("GET", "/no/such/place")
            _ = await client.send("BREW", "/api/v1/me")

            let page = try PrometheusParser(registry.text())

            func count(_ operation: String, _ method: String, _ status: String) -> Double? {
                page.values[
                    "almanac_http_requests_total{method=\"\(method)\",operation=\"\(operation)\",status=\"\(status)\"}"]
            }
            #expect(count("kernel.me", "GET", "4xx") == 1)
            #expect(count("kernel.me", "GET", "2xx") == 0)
            #expect(count("health.live", "GET", "2xx") == 1)
            #expect(count("none", "any", "4xx") == 2)
            #expect(page.values["almanac_http_requests_in_flight"] == 0)
            #expect(page.values["almanac_http_request_duration_seconds_count{operation=\"kernel.me\"}"] == 1)
        }
    }

    @Test func countsSignInsAndRefusalsOfLimits() async throws {
        try await self.withMetrics { client, registry in
            _ = await self.signIn(client, TestMember.customer.email, TestMember.password)
            for _ in 0..<3 { _ = await self.signIn(client, "stranger@example.org", "wrong") }
            #expect(await self.signIn(client, "stranger@example.org", "wrong") == 429)

            let page = try PrometheusParser(registry.text())

            #expect(page.values["almanac_sign_ins_total{means=\"password\",outcome=\"success\"}"] == 1)
            #expect(page.values["almanac_sign_ins_total{means=\"password\",outcome=\"invalid_credentials\"}"] == 3)
            #expect(page.values["almanac_sign_ins_total{means=\"password\",outcome=\"rate_limited\"}"] == 1)
            #expect(page.values["almanac_rate_limit_refusals_total{policy=\"login-identifier\"}"] == 1)
        }
    }

    @Test func nothingThatCallersSendBecomesALabel() async throws {
        try await self.withMetrics { client, registry in
            func series() throws -> Set<String> { Set(try PrometheusParser(registry.text()).values.keys) }
            _ = await self.signIn(client, "first@example.org", "x")
            let before = try series()
            for index in 0..<50 {
                _ = await client.send("GET", "/api/v1/me/sessions/canary-\(index)")
                _ = await client.send("GET", "/canary-\(index)?canary=\(index)")
                _ = await client.send("CANARY\(index)", "/api/v1/me")
                _ = await self.signIn(client, "canary-\(index)@example.org", "canary")
            }
            #expect(try series() == before)
            #expect(!registry.text().contains("canary"))
        }
    }

    @Test("v5.0.0-13.4.5 metrics are shown only to who knows the token")
    func showsMetricsToScrapersOnly() async throws {
        try await self.withMetrics { client, registry in
            let stranger = await client.send("GET", "/metrics")
            let wrong = await client.send(
                "GET", "/metrics", headers: [("Authorization", "Bearer a token of the scraper")])
            let right = await client.send(
                "GET", "/metrics", headers: [("Authorization", "Bearer a token of the scraper's")])
            let changing = await client.send(
                "POST", "/metrics", headers: [("Authorization", "Bearer a token of the scraper's")])

            #expect(stranger.status == 401)
            #expect(wrong.status == 401)
            #expect(stranger.response.body == wrong.response.body)
            #expect(changing.status == 404)
            #expect(right.status == 200)
            #expect(right.response.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            let page = try PrometheusParser(String(decoding: right.response.body, as: UTF8.self))
            #expect(page.kinds["almanac_http_requests_total"] == "counter")
            #expect(page.kinds["process_cpu_seconds_total"] == "counter")
        }
    }

    @Test func thereIsNoPageUnlessTheHostHasOne() async throws {
        try await withPlatform(.sqlite) { platform in
            let api = try API(
                platform.runtime, settings: APISettings(title: "T", version: "0"), logger: SilentLog.logger)
            #expect(await APIClient(api).send("GET", "/metrics").status == 404)
        }
    }
}
