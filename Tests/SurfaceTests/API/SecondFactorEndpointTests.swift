import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// A second factor as clients meet it.
struct SecondFactorEndpointTests {
    private static let password: JSON = ["password": .string(TestMember.password)]

    private static func credentials(_ code: String?) -> JSON {
        var members: JSONObject = [
            "email": .string(TestMember.customer.email), "password": .string(TestMember.password),
        ]
        if let code { members["code"] = .string(code) }
        return .object(members)
    }

    private static func app(_ secret: String) throws -> OneTimeCode {
        var bits = ""
        for letter in secret.utf8 {
            let value = try #require(Base32.standard.firstIndex(of: letter))
            let digits = String(value, radix: 2)
            bits += String(repeating: "0", count: 5 - digits.count) + digits
        }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).compactMap { start in
            UInt8(String(Array(bits)[start..<start + 8]), radix: 2)
        }
        return OneTimeCode(secret: bytes)
    }

    @Test(arguments: TestEngine.allCases)
    func isEnrolledUsedAndRemoved(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let stranger = try await platform.client()
            let client = try await platform.client(as: .customer)
            let before = try await client.get("/api/v1/me/factors").expect(200)
            #expect(before["totp"]?.isNull != false)
            try await client.post("/api/v1/me/totp").expect(422)
            let enrolment = try await client.post("/api/v1/me/totp", Self.password).expect(201)
            let app = try Self.app(try #require(enrolment["secret"]?.string))
            let step = OneTimeCode.step(at: platform.clock.now)
            let confirmed = try await client.post("/api/v1/me/totp/confirm", ["code": .string(app.code(at: step))])
                .expect(200)
            let recovery = (confirmed["recoveryCodes"]?.array ?? []).compactMap { $0.string }
            #expect(recovery.count == 10)
            #expect(try await client.get("/api/v1/me/factors").expect(200)["recoveryCodesLeft"]?.int == 10)

            let token = "/api/v1/auth/token"
            try await stranger.post(token, Self.credentials(nil)).expect(401, code: "second_factor_required")
            try await stranger.post(token, Self.credentials("000000")).expect(401, code: "second_factor_invalid")
            try await stranger.post(token, Self.credentials(app.code(at: step + 1))).expect(200)
            try await stranger.post(token, Self.credentials(recovery[0])).expect(200)
            let replaced = try await client.post("/api/v1/me/recovery-codes", ["code": .string(recovery[1])]).expect(
                201)
            #expect(replaced["recoveryCodes"]?.array?.count == 10)
            try await client.post("/api/v1/me/totp/remove", Self.password).expect(200)
            try await stranger.post(token, Self.credentials(nil)).expect(200)
        }
    }

    @Test func aBlockedCallerIsToldHowLong() async throws {
        try await withPlatform(.sqlite) { platform in
            let client = try await platform.client(as: .customer)
            let wrong: JSON = ["password": "wrong"]
            for _ in 0..<10 { try await client.post("/api/v1/me/totp", wrong).expect(422) }
            let blocked = await client.post("/api/v1/me/totp", Self.password)
            try blocked.expect(429, code: "second_factor_blocked")
            #expect(blocked.response.header("retry-after") == "900")
        }
    }

    @Test func nobodyElseMayAsk() async throws {
        try await withPlatform(.sqlite) { platform in
            let stranger = try await platform.client()
            for target in ["totp", "totp/confirm", "totp/remove", "recovery-codes"] {
                try await stranger.post("/api/v1/me/\(target)", ["code": "123456"]).expect(401, code: "unauthenticated")
            }
            try await stranger.get("/api/v1/me/factors").expect(401)
        }
    }
}
