import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What keeps people out otherwise keeps them out here too.
struct OIDCBarrierTests {
    @Test(arguments: TestEngine.allCases)
    func aDisabledMemberDoesNotGetIn(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            try await fixture.verify(.customer)
            let begun = try await fixture.begin(as: .customer)
            let person = try fixture.platform.person(.customer)
            let north = try fixture.platform.organization(.north).id
            try await fixture.platform.runtime.database.write(in: .organization(north)) { tx in
                try tx.execute(
                    """
                    UPDATE \(Person.table) SET disabled_at = \(tx.now)
                    WHERE organization_id = \(north) AND id = \(person)
                    """)
            }
            let claims: [String: JSON] = ["email": "customer@example.org", "email_verified": true]
            let linked = await fixture.refusalToSignIn()
            let trusted = await fixture.refusalToSignIn("trusted", claims: claims)
            let linking = await fixture.refusalToFinish(
                fixture.callback(begun, subject: "sub-2"), as: .customer)

            #expect([linked, trusted, linking] == ["oidc_not_linked", "oidc_not_linked", "oidc_not_linked"])
            #expect(try await fixture.links() == ["https://plain.example sub-1 customer@example.org"])
            // Elsewhere they are a member as before.
            #expect(await fixture.refusalToSignIn(in: .south) == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWorksAsSomebodyElseLinksNothing(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let admin = try fixture.platform.user(.admin).id
            let posing = try fixture.narrowed(.customer, by: admin)
            let beginning = await refusal { _ = try await fixture.oidc.begin(with: "plain", posing) }?.code
            let callback = fixture.callback(try await fixture.begin(as: .customer))
            let ending = await refusal { _ = try await fixture.oidc.finish(callback, with: "plain", posing) }?.code

            #expect(beginning == "impersonated_session")
            #expect(ending == "impersonated_session")
            #expect(try await fixture.links().isEmpty)
            #expect(fixture.gateway.redeemed.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProgramLinksNothing(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let program = try fixture.narrowed(.customer, key: ID(high: 0, low: 2))
            let beginning = await refusal { _ = try await fixture.oidc.begin(with: "plain", program) }?.code
            let callback = fixture.callback(try await fixture.begin(as: .customer))
            let ending = await refusal { _ = try await fixture.oidc.finish(callback, with: "plain", program) }?.code

            #expect(beginning == "session_required")
            #expect(ending == "session_required")
            #expect(try await fixture.links().isEmpty)
            #expect(fixture.gateway.redeemed.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSecondFactorIsAskedForHereToo(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let (app, _) = try await FactorFixture(platform: fixture.platform).enrol(.customer)
            fixture.platform.clock.advance(seconds: 30)
            func refusalToSignIn(_ code: String?) async throws -> String? {
                var callback = fixture.callback(try await fixture.begin())
                callback.secondFactor = code
                return await fixture.refusalToFinish(callback)
            }
            let right = app.code(at: fixture.platform.clock.now)
            let wrong = right.hasPrefix("0") ? "1\(right.dropFirst())" : "0\(right.dropFirst())"

            #expect(try await refusalToSignIn(nil) == "second_factor_required")
            #expect(try await refusalToSignIn(wrong) == "second_factor_invalid")
            #expect(try await refusalToSignIn(right) == nil)
            #expect(try await refusalToSignIn(right) == "second_factor_invalid")
        }
    }
}
