import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// The class of operations that move money, as a plugin's author declares it.
struct PaymentLimitTests {
    /// A plugin that takes payments: one endpoint for those who have signed in, one for guests.
    private struct Till: Plugin {
        static let id: PluginID = "till"
        static let mayPay = Permission("till:pay")
        static let declaration = Declaration(
            id: Self.id, version: "1.0.0", summary: "A till",
            permissions: [
                PermissionDeclaration(Self.mayPay, "Pays", roles: [.admin: .organization, .customer: .organization])
            ])

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions {
            Endpoint.post("/payments", Self.pay("till.pay", .permission(Self.mayPay)), "Pays.").limited(.payment)
            Endpoint.post("/guest-payments", Self.pay("till.pay-as-guest", .everyone), "Pays.").limited(.payment)
            Endpoint.post("/notes", Self.pay("till.note", .permission(Self.mayPay)), "Takes a note.")
        }

        private static func pay(_ name: String, _ access: Access) -> Command<Nothing, Nothing> {
            Command(name, access) { _, _, _ in Nothing() }
        }
    }

    private static let root = "/api/v1/ext/till"

    /// Two servers of one deployment: two APIs, each with limits of its own, over one database.
    private func withServers(
        _ engine: TestEngine, _ body: (APIClient, APIClient, TestPlatform) async throws -> Void
    ) async throws {
        try await withPlatform(engine, plugins: [Till.self]) { platform in
            let six = RateLimit(requests: 6, seconds: 86_400)
            let limits = RateLimits([.payment: .init(perUser: six, perAddress: RateLimit(requests: 8, seconds: 86_400))]
            )
            func client() throws -> APIClient {
                let settings = APISettings(title: "Test", version: "0", limits: limits)
                return APIClient(
                    try API(platform.runtime, settings: settings, logger: SilentLog.logger),
                    headers: [("Almanac-Organization", "north")])
            }
            try await body(try client(), try client(), platform)
        }
    }

    private func statuses(_ clients: [APIClient], _ path: String, _ count: Int) async -> [Int] {
        await withTaskGroup(of: Int.self) { group in
            for index in 0..<count {
                let client = clients[index % clients.count]
                group.addTask { await client.post(Self.root + path).status }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func countsUsersAndThenTheirAddress(_ engine: TestEngine) async throws {
        try await self.withServers(engine) { first, _, _ in
            let client = try await first.signedIn(TestMember.customer.email)
            #expect(await self.statuses([client], "/payments", 10).sorted() == Self.expected(6, of: 10))
            let refused = await client.post(Self.root + "/payments")
            try refused.expect(429, code: "rate_limited")
            #expect(refused.response.header("ratelimit-policy")?.contains("\"payment-user\";q=6;w=86400") == true)
            // The user's six were the address's too; what else they do is of another class.
            #expect(await self.statuses([first], "/guest-payments", 5).sorted() == Self.expected(2, of: 5))
            try await client.post(Self.root + "/notes").expect(201)
        }
    }

    @Test("v5.0.0-2.4.1 two servers together let as many payments through as one")
    func twoServersCountTogether() async throws {
        try await self.withServers(.postgres) { first, second, _ in
            let clients = [
                try await first.signedIn(TestMember.customer.email),
                try await second.signedIn(TestMember.customer.email),
            ]
            #expect(await self.statuses(clients, "/payments", 40).sorted() == Self.expected(6, of: 40))
            #expect(await self.statuses([first, second], "/guest-payments", 40).sorted() == Self.expected(2, of: 40))
        }
    }

    private static func expected(_ admitted: Int, of all: Int) -> [Int] {
        Array(repeating: 201, count: admitted) + Array(repeating: 429, count: all - admitted)
    }
}
