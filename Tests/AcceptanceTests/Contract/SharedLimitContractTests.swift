import AlmanacStorage
import AlmanacTestKit
import Testing

/// Limits that two servers of one deployment count together.
struct SharedLimitContractTests {
    @Test
    func twoServersTogetherLetAsManySignInsThroughAsOne() async throws {
        let limits = "limits: {login: {perIdentifier: 6/day, perAddress: unlimited}}"
        try await withSchool(.postgres, rest: limits) { school in
            let statuses = try await school.serve { first in
                try await school.serve { second in
                    try await withThrowingTaskGroup(of: Int.self) { group in
                        for index in 0..<30 {
                            let client = index % 2 == 0 ? first.client : second.client
                            group.addTask {
                                let credentials: JSON = ["email": .string(School.customer), "password": "wrong guess"]
                                return try await client.post("/api/v1/auth/token", credentials).status
                            }
                        }
                        return try await group.reduce(into: [Int]()) { $0.append($1) }
                    }
                }
            }
            #expect(statuses.count { $0 == 401 } == 6, "\(statuses)")
            #expect(statuses.count { $0 == 429 } == 24, "\(statuses)")
        }
    }

    @Test
    func twoServersTogetherMailAsManyTokensAsOne() async throws {
        let limits = "limits: {reset: {perIdentifier: 6/day, perAddress: unlimited}}"
        try await withSchool(.postgres, rest: limits) { school in
            let statuses = try await school.serve { first in
                try await school.serve { second in
                    try await withThrowingTaskGroup(of: Int.self) { group in
                        for index in 0..<30 {
                            let client = index % 2 == 0 ? first.client : second.client
                            group.addTask {
                                let address: JSON = ["email": .string(School.customer)]
                                return try await client.post("/api/v1/auth/forgot-password", address).status
                            }
                        }
                        return try await group.reduce(into: [Int]()) { $0.append($1) }
                    }
                }
            }
            #expect(statuses.count { $0 == 202 } == 6, "\(statuses)")
            #expect(statuses.count { $0 == 429 } == 24, "\(statuses)")
        }
    }
}
