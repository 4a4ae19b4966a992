import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Another way in is opened only by who proves anew who they are, and the owner hears of it.
struct OIDCLinkTests {
    @Test("v5.0.0-7.5.1 an identity is linked only by who proves anew who they are", arguments: TestEngine.allCases)
    func needsAProof(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let call = try fixture.call(.customer)
            func refusalToBegin(_ intent: OIDCSignIn.Intent) async -> String? {
                await refusal { _ = try await fixture.oidc.begin(with: "plain", intent, call) }?.code
            }
            #expect(await refusalToBegin(.init()) == "proof_required")
            #expect(await refusalToBegin(.init(password: "not the password of theirs")) == "password_wrong")
            #expect(await refusalToBegin(.init(password: "")) == "password_wrong")
            let attempts = try await fixture.platform.database.rows("SELECT count(*) FROM {kernel.oidc_attempt}")
            #expect(attempts == [["0"]])

            let (app, _) = try await FactorFixture(platform: fixture.platform).enrol(.customer)
            fixture.platform.clock.advance(seconds: 30)
            let code = app.code(at: fixture.platform.clock.now)
            #expect(await refusalToBegin(.init(code: code)) == nil)
            #expect(await refusalToBegin(.init(code: code)) == "second_factor_invalid")
            #expect(await refusalToBegin(.init(password: TestMember.password)) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func guessingThePasswordThisWayIsSlowedDown(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let call = try fixture.call(.customer)
            var codes: [String?] = []
            for _ in 0..<20 {
                let wrong = OIDCSignIn.Intent(password: "not the password of theirs")
                codes.append(await refusal { _ = try await fixture.oidc.begin(with: "plain", wrong, call) }?.code)
            }
            #expect(codes.first == "password_wrong")
            #expect(codes.last == "second_factor_blocked")
        }
    }

    @Test("v5.0.0-6.3.7 the owner hears of a new link", arguments: TestEngine.allCases)
    func theOwnerHearsOfANewLink(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let finished = try await fixture.finish(
                fixture.callback(try await fixture.begin(as: .customer)), as: .customer)
            #expect(finished.effect == .linked)
            #expect(await fixture.mails() == ["customer@example.org kernel.identity-linked"])
            let mail = try #require(fixture.mailbox.mails.first)
            #expect(mail.text.contains("plain"))
            // What is linked already is not linked again.
            try await fixture.link(.customer)
            _ = try await fixture.signIn()
            #expect(await fixture.mails().count == 1)
            #expect(try await fixture.entries(of: "kernel.oidc.linked").count == 1)
        }
    }
}
