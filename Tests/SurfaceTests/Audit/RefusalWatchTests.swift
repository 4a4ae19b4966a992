import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// What callers of the API are refused stands in the log of the organization it concerns.
struct RefusalWatchTests {
    /// The refusals in the log of an organization, the latest first, as action, actor, code.
    private func refusals(_ platform: TestPlatform, _ place: TestPlace = .north) async throws -> [String] {
        await platform.runtime.audit.refusals.settle()
        let admin = try await platform.client(as: .admin, in: place)
        let answer = try await admin.get("/api/v1/audit?outcome=refused").expect(200)
        return (answer["items"]?.array ?? []).map { item in
            "\(item["action"]?.string ?? "") \(item["actor"]?.string ?? "") \(item["detail"]?["code"]?.string ?? "")"
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotIsReported(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let customer = try await platform.client(as: .customer)
            #expect(await customer.get("/api/v1/audit").status == 403)
            #expect(await customer.get("/api/v1/audit").status == 403)
            let user = try platform.user(.customer).id

            #expect(try await self.refusals(platform) == ["kernel.access.refused user:\(user) forbidden"])
            #expect(try await self.refusals(platform, .south) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTokenInAnotherOrganizationIsReportedWhereItBelongs(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            var customer = try await platform.client(as: .customer, in: .north)
            customer.headers = customer.headers.map { $0.name == "Almanac-Organization" ? ($0.name, "south") : $0 }
            #expect(await customer.get("/api/v1/me").code == "wrong_organization")
            let user = try platform.user(.customer, in: .north).id

            #expect(try await self.refusals(platform) == ["kernel.access.refused user:\(user) wrong_organization"])
            #expect(try await self.refusals(platform, .south) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tokensAndPasswordsThatAreWrongAreReportedOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            var stranger = try await platform.client(in: .south)
            #expect(await stranger.get("/api/v1/me").status == 401)
            let wrong = await stranger.post(
                "/api/v1/auth/token", ["email": .string(TestMember.customer.email), "password": "wrong"])
            #expect(wrong.code == "invalid_credentials")
            platform.clock.advance(seconds: 1)
            let unknown = "almanac_" + String(repeating: "A", count: 43)
            stranger.headers.append(("Authorization", "Bearer \(unknown)"))
            #expect(await stranger.get("/api/v1/me").code == "token_invalid")

            #expect(
                try await self.refusals(platform, .south) == [
                    "kernel.access.refused anonymous token_invalid",
                    "kernel.session.refused anonymous invalid_credentials",
                ])
            #expect(try await self.refusals(platform, .north) == [])
        }
    }
}
