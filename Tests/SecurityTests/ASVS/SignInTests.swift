import AlmanacStorage
import AlmanacTestKit
import Testing

/// Signing in and the tokens that it gives.
struct SignInTests {
    @Test("v5.0.0-6.2.10 a password works as long as nobody changes it", arguments: TestEngine.allCases)
    func aPasswordWorksForYears(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            world.platform.clock.advance(minutes: 10 * 366 * 1_440)

            try await world.client(as: .customer).get("/api/v1/me").expect(200)
        }
    }

    @Test("v5.0.0-7.2.2 v5.0.0-7.2.4 each sign-in gives tokens of its own", arguments: TestEngine.allCases)
    func eachSignInGivesTokensOfItsOwn(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            var seen: Set<String> = []
            for _ in 0..<5 {
                let answer = try await world.client().post(
                    "/api/v1/auth/token",
                    ["email": .string(TestMember.customer.email), "password": .string(TestMember.password)]
                ).expect(200)
                for name in ["accessToken", "refreshToken"] {
                    let token = try #require(answer[name]?.string)
                    #expect(token.utf8.count >= 43)
                    #expect(seen.insert(token).inserted)
                }
            }
        }
    }

    @Test("v5.0.0-9.2.2 a token of one kind does not pass for the other", arguments: TestEngine.allCases)
    func aTokenOfOneKindDoesNotPassForTheOther(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let session = try await world.school().session(of: .customer)
            let access = try #require(session.client.headers.last?.value.split(separator: " ").last.map(String.init))
            var client = world.client()
            client.headers.append(("Authorization", "Bearer \(session.refreshToken)"))

            #expect(await client.get("/api/v1/me").status == 401)
            let renewed = await world.client().post("/api/v1/auth/refresh", ["refreshToken": .string(access)])
            #expect(renewed.status == 401)
            try await session.client.get("/api/v1/me").expect(200)
        }
    }

    @Test("v5.0.0-7.2.1 a token that was changed in one place is none", arguments: TestEngine.allCases)
    func aTokenThatWasChangedIsNone(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            let session = try await world.school().session(of: .customer)
            let access = try #require(session.client.headers.last?.value.split(separator: " ").last.map(String.init))
            var variants = [access + "A", String(access.dropLast()), access.uppercased(), " " + access, access + " "]
            for place in [0, 8, 20, access.utf8.count - 2] {
                var bytes = Array(access.utf8)
                bytes[place] = bytes[place] == 0x41 ? 0x42 : 0x41
                variants.append(String(decoding: bytes, as: UTF8.self))
            }
            for variant in variants where variant != access {
                var client = world.client()
                client.headers.append(("Authorization", "Bearer \(variant)"))
                #expect(await client.get("/api/v1/me").status == 401, "\(variant)")
            }
        }
    }

    @Test("v5.0.0-10.4.8 v5.0.0-7.3.2 a refresh token cannot keep a session for ever", arguments: TestEngine.allCases)
    func aRefreshTokenCannotKeepASessionForEver(_ engine: TestEngine) async throws {
        try await withSecurityWorld(engine) { world in
            var token = try await world.school().session(of: .customer).refreshToken
            var days = 0
            while days < 400 {
                days += 7
                world.platform.clock.advance(minutes: 7 * 1_440)
                let answer = await world.client().post("/api/v1/auth/refresh", ["refreshToken": .string(token)])
                guard answer.status == 200 else { break }
                token = try #require(answer.json["refreshToken"]?.string)
            }
            #expect((14...100).contains(days))
        }
    }
}
