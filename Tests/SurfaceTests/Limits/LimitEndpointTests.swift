import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// Blocks as administrators meet them.
struct LimitEndpointTests {
    private struct Desk {
        let client: APIClient
        let platform: TestPlatform

        func token(_ member: TestMember, in place: String = "north") async throws -> [(name: String, value: String)] {
            let answer = await self.client.send(
                "POST", "/api/v1/auth/token",
                json: ["email": .string(member.email), "password": .string(TestMember.password)],
                headers: [("Almanac-Organization", place)])
            return [("Authorization", "Bearer \(try #require(answer.json["accessToken"]?.string, "\(answer)"))")]
        }

        func items(_ headers: [(name: String, value: String)]) async throws -> [JSON] {
            let answer = await self.client.send("GET", "/api/v1/limits/blocks", headers: headers)
            try #require(answer.status == 200, "\(answer)")
            return try #require(answer.json["items"]?.array)
        }
    }

    /// Customers may read twice a day; administrators are not limited.
    private func withDesk(_ engine: TestEngine, _ body: (Desk) async throws -> Void) async throws {
        try await withPlatform(engine) { platform in
            let two = RateLimit(requests: 2, seconds: 86_400)
            let limits = RateLimits([.reads: .init(perRole: [.init(.customer, two)])])
            let api = try API(
                platform.runtime, settings: APISettings(title: "Test", version: "0", limits: limits),
                logger: SilentLog.logger)
            try await body(Desk(client: APIClient(api), platform: platform))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func administratorsSeeAndLiftBlocksOfTheirUsers(_ engine: TestEngine) async throws {
        try await self.withDesk(engine) { desk in
            let admin = try await desk.token(.admin)
            let customer = try await desk.token(.customer)
            for _ in 0..<2 { _ = await desk.client.send("GET", "/api/v1/me", headers: customer) }
            #expect(await desk.client.send("GET", "/api/v1/me", headers: customer).status == 429)

            let items = try await desk.items(admin)
            #expect(items.count == 1)
            let block = try #require(items.first)
            #expect(block["policy"]?.string == "reads-user-customer")
            #expect(block["who"]?.string == "\(try desk.platform.user(.customer).id)")
            let id = try #require(block["id"]?.string)
            let lifted = await desk.client.send(
                "DELETE", "/api/v1/limits/blocks/\(id)", headers: admin + [("If-Match", "*")])
            let again = await desk.client.send(
                "DELETE", "/api/v1/limits/blocks/\(id)", headers: admin + [("If-Match", "*")])

            #expect(lifted.status == 200, "\(lifted)")
            #expect(again.status == 404)
            #expect(await desk.client.send("GET", "/api/v1/me", headers: customer).status == 200)
            let audited = try await desk.platform.database.rows(
                "SELECT count(*) FROM {kernel.audit_entry} WHERE action = 'kernel.limits.lifted'")
            #expect(audited == [["1"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nobodyElseSeesThem(_ engine: TestEngine) async throws {
        try await self.withDesk(engine) { desk in
            let customer = try await desk.token(.customer)
            let provider = try await desk.token(.provider)
            for _ in 0..<3 { _ = await desk.client.send("GET", "/api/v1/me", headers: customer) }
            let id = "reads-user-customer." + String(repeating: "0", count: 32)

            #expect(await desk.client.send("GET", "/api/v1/limits/blocks", headers: provider).status == 403)
            #expect(
                await desk.client.send(
                    "DELETE", "/api/v1/limits/blocks/\(id)", headers: provider + [("If-Match", "*")]
                ).status == 403)
            #expect(
                await desk.client.send(
                    "GET", "/api/v1/limits/blocks", headers: [("Almanac-Organization", "north")]
                ).status == 401)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherOrganizationSeesNothing(_ engine: TestEngine) async throws {
        try await self.withDesk(engine) { desk in
            let customer = try await desk.token(.customer)
            let south = try await desk.token(.admin, in: "south")
            // The fixture's users belong to both organizations; this one now does not.
            let person = try desk.platform.person(.customer, in: .south)
            let isPostgres = engine == .postgres
            try await desk.platform.database.run(
                isPostgres
                    ? "UPDATE kernel.person SET user_id = NULL WHERE id = '\(person)'"
                    : "UPDATE kernel_person SET user_id = NULL WHERE lower(hex(id)) = '\("\(person)".filter { $0 != "-" })'"
            )
            for _ in 0..<3 { _ = await desk.client.send("GET", "/api/v1/me", headers: customer) }

            #expect(try await desk.items(south).isEmpty)
            let north = try await desk.token(.admin)
            let id = try #require(try await desk.items(north).first?["id"]?.string)
            let lifted = await desk.client.send(
                "DELETE", "/api/v1/limits/blocks/\(id)", headers: south + [("If-Match", "*")])
            #expect(lifted.status == 404)
            #expect(await desk.client.send("GET", "/api/v1/me", headers: customer).status == 429)
        }
    }
}
