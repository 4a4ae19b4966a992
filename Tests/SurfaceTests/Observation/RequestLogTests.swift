import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacSurface

/// The line that each request leaves in the log.
struct RequestLogTests {
    private func withLog(
        _ level: Logger.Level?, _ body: (APIClient, EntryLog) async throws -> Void
    ) async throws {
        try await withPlatform(.sqlite) { platform in
            let log = EntryLog()
            var settings = APISettings(title: "Test", version: "0")
            settings.requestLogLevel = level
            settings.time = MonotonicTime { 0 }
            let api = try API(platform.runtime, settings: settings, logger: log.logger)
            try await body(APIClient(api, headers: [("Almanac-Organization", "north")]), log)
        }
    }

    @Test("v5.0.0-16.2.1 the log says who asked for what, from where, and how it ended")
    func saysWhoAskedForWhatAndHowItEnded() async throws {
        try await self.withLog(.info) { client, log in
            let signIn = await client.send(
                "POST", "/api/v1/auth/token",
                json: [
                    "email": .string(TestMember.customer.email), "password": .string(TestMember.password),
                ])
            let token = try #require(signIn.json["accessToken"]?.string)
            let me = await client.send("GET", "/api/v1/me", headers: [("Authorization", "Bearer \(token)")])

            let entries = log.entries.filter { $0.message == "request" }
            #expect(entries.count == 2)
            let entry = try #require(entries.last)
            #expect(entry.metadata["operation"] == "kernel.me")
            #expect(entry.metadata["method"] == "GET")
            #expect(entry.metadata["status"] == "200")
            #expect(entry.metadata["duration"] == "0.000")
            #expect(entry.metadata["bytes"] == "\(me.response.body.count)")
            #expect(entry.metadata["request"] == me.response.header("x-request-id"))
            #expect(entry.metadata["address"] == "192.0.2.1")
            #expect(entry.metadata["user"] == me.json["user"]?.string)
            #expect(entry.metadata["organization"] != nil)
        }
    }

    @Test("v5.0.0-16.2.5 neither bodies nor queries nor tokens nor paths reach the log")
    func keepsSecretsOut() async throws {
        try await self.withLog(.info) { client, log in
            _ = await client.send(
                "POST", "/api/v1/auth/token", json: ["email": "canary@example.org", "password": "canary"])
            _ = await client.send("GET", "/api/v1/me?token=canary", headers: [("Authorization", "Bearer canary")])
            _ = await client.send("GET", "/canary")
            _ = await client.send("CANARY", "/api/v1/me")

            #expect(log.entries.count { $0.message == "request" } == 4)
            #expect(!"\(log.entries)".lowercased().contains("canary"))
        }
    }

    @Test("v5.0.0-16.3.4 an error that nobody expected is logged with the request that met it")
    func logsWhatNobodyExpected() async throws {
        try await withPlatform(.sqlite) { platform in
            let log = EntryLog()
            let settings = APISettings(title: "Test", version: "0")
            let api = try API(platform.runtime, settings: settings, logger: log.logger)
            try await platform.database.run("ALTER TABLE kernel_user_account RENAME TO gone")
            let answer = await APIClient(api, headers: [("Almanac-Organization", "north")]).send(
                "POST", "/api/v1/auth/token",
                json: ["email": "a@example.org", "password": .string(TestMember.password)])

            let entry = try #require(log.entries.first { $0.message == "request failed" })
            #expect(entry.level == .error)
            #expect(entry.metadata["status"] == "\(answer.status)" && answer.status >= 500)
            #expect(entry.metadata["request"] == answer.response.header("x-request-id"))
            #expect(entry.metadata["error"]?.contains("user_account") == true)
            #expect(!"\(log.entries)".contains(TestMember.password))
        }
    }

    @Test func saysWithWhichCodeItRefused() async throws {
        try await self.withLog(.notice) { client, log in
            _ = await client.send("GET", "/api/v1/me")
            let entry = try #require(log.entries.first { $0.message == "request" })
            #expect(entry.level == .notice)
            #expect(entry.metadata["code"] == "unauthenticated")
            #expect(entry.metadata["user"] == nil)
        }
    }

    @Test func saysNothingBelowTheLevelOfTheLog() async throws {
        try await self.withLog(nil) { client, log in
            _ = await client.send("GET", "/health/live")
            #expect(log.entries.isEmpty)
        }
    }
}
