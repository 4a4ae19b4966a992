import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Signing in to the console with a second factor: the app's code, or a recovery code, which works once.
struct SecondFactorPageTests {
    private static let credentials = [("email", TestMember.admin.email), ("password", TestMember.password)]

    /// The code of an app that was given this secret.
    private static func app(_ secret: String) throws -> OneTimeCode {
        var bits: [UInt8] = []
        for letter in secret.utf8 {
            let value = try #require(Base32.standard.firstIndex(of: letter))
            for place in (0..<5).reversed() { bits.append(UInt8(value >> place & 1)) }
        }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).map { start in
            bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | $1 }
        }
        return OneTimeCode(secret: bytes)
    }

    @Test("v5.0.0-6.3.3 the console asks for the second factor", arguments: TestEngine.allCases)
    func theCodeIsAskedForAfterThePassword(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Notices.self]) { platform in
            let client = try await platform.client(as: .admin)
            let enrolment = try await client.post("/api/v1/me/totp", ["password": .string(TestMember.password)])
                .expect(201)
            let app = try Self.app(try #require(enrolment["secret"]?.string))
            let step = OneTimeCode.step(at: platform.clock.now)
            let confirmed = try await client.post("/api/v1/me/totp/confirm", ["code": .string(app.code(at: step))])
                .expect(200)
            let recovery = (confirmed["recoveryCodes"]?.array ?? []).compactMap { $0.string }
            let api = try platform.apiWithConsole()

            let browser = Browser(api)
            let form = await browser.get("/console/sign-in")
            #expect(!form.text.contains("name=\"code\""))
            let asked = await browser.submit(form, to: "/console/sign-in", Self.credentials)
            #expect(asked.status == 401)
            #expect(asked.text.contains("autocomplete=\"one-time-code\""))
            #expect(!asked.text.contains("role=\"alert\""))
            #expect(!asked.text.contains(TestMember.password))
            let wrong = await browser.submit(
                asked, to: "/console/sign-in", Self.credentials + [("code", "000000")])
            #expect(wrong.status == 401)
            #expect(wrong.text.contains("role=\"alert\""))
            let notYet = await browser.get("/console/notices")
            #expect(notYet.status == 303)
            let right = await browser.submit(
                wrong, to: "/console/sign-in", Self.credentials + [("code", app.code(at: step + 1))])
            #expect(right.status == 303)
            let page = await browser.get("/console/notices")
            #expect(page.status == 200)

            // A recovery code in another browser, once.
            var statuses: [Int] = []
            for _ in 0..<2 {
                let other = Browser(api)
                let question = await other.submit(
                    await other.get("/console/sign-in"), to: "/console/sign-in", Self.credentials)
                let answer = await other.submit(
                    question, to: "/console/sign-in", Self.credentials + [("code", recovery[0])])
                statuses.append(answer.status)
            }
            #expect(statuses == [303, 401])
        }
    }
}
