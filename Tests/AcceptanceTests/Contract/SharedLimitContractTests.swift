import AlmanacStorage
import AlmanacTestKit
import Testing

/// Limits that two servers of one deployment count together.
struct SharedLimitContractTests {
    /// How often each status came of thirty requests to two servers in turn, with a limit of six a day.
    private static func statuses(_ limited: String, _ target: String, _ body: JSON) async throws -> [Int: Int] {
        let limits = "limits: {\(limited): {perIdentifier: 6/day, perAddress: unlimited}}"
        return try await withSchool(.postgres, rest: limits) { school in
            try await school.serve { first in
                try await school.serve { second in
                    try await withThrowingTaskGroup(of: Int.self) { group in
                        for index in 0..<30 {
                            let client = index.isMultiple(of: 2) ? first.client : second.client
                            group.addTask { try await client.post(target, body).status }
                        }
                        return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
                    }
                }
            }
        }
    }

    @Test
    func twoServersTogetherLetAsManySignInsThroughAsOne() async throws {
        let credentials: JSON = ["email": .string(School.customer), "password": "wrong guess"]
        #expect(try await Self.statuses("login", "/api/v1/auth/token", credentials) == [401: 6, 429: 24])
    }

    @Test
    func twoServersTogetherMailAsManyTokensAsOne() async throws {
        let address: JSON = ["email": .string(School.customer)]
        #expect(try await Self.statuses("reset", "/api/v1/auth/forgot-password", address) == [202: 6, 429: 24])
    }
}
