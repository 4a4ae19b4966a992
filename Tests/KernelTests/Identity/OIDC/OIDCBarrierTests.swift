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
            let known = await fixture.refusalToSignIn("open", claims: claims)
            let linking = await fixture.refusalToFinish(
                fixture.callback(begun, subject: "sub-2"), as: .customer)

            #expect([linked, known, linking] == ["oidc_not_linked", "oidc_account_exists", "oidc_not_linked"])
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
            let beginning = await refusal { _ = try await fixture.oidc.begin(with: "plain", .init(), posing) }?.code
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
            let beginning = await refusal { _ = try await fixture.oidc.begin(with: "plain", .init(), program) }?.code
            let callback = fixture.callback(try await fixture.begin(as: .customer))
            let ending = await refusal { _ = try await fixture.oidc.finish(callback, with: "plain", program) }?.code

            #expect(beginning == "session_required")
            #expect(ending == "session_required")
            #expect(try await fixture.links().isEmpty)
            #expect(fixture.gateway.redeemed.isEmpty)
        }
    }

    /// As everywhere: the provider stands for the password, not for both.
    @Test(
        "v5.0.0-6.3.4 who signs in through a provider is asked for the second factor too",
        arguments: TestEngine.allCases)
    func aSecondFactorIsAskedForHereToo(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let (app, _) = try await FactorFixture(platform: fixture.platform).enrol(.customer)
            fixture.platform.clock.advance(seconds: 30)
            let right = app.code(at: fixture.platform.clock.now)
            let wrong = right.hasPrefix("0") ? "1\(right.dropFirst())" : "0\(right.dropFirst())"
            var callback = fixture.callback(try await fixture.begin(returningTo: "/bookings"))
            var stolen = callback
            stolen.handle = try await fixture.begin().handle

            #expect(await fixture.refusalToFinish(callback) == "second_factor_required")
            callback.secondFactor = wrong
            #expect(await fixture.refusalToFinish(callback) == "second_factor_invalid")
            // The provider has said who it is: it is asked once, and the code of it is no longer needed.
            callback.code = nil
            callback.secondFactor = right
            stolen.secondFactor = right
            #expect(await fixture.refusalToFinish(stolen) == "oidc_attempt_unknown")
            let finished = try await fixture.finish(callback)
            #expect(finished.tokens.user == (try fixture.platform.user(.customer).id))
            #expect(finished.returnTo == "/bookings")
            #expect(await fixture.refusalToFinish(callback) == "oidc_attempt_unknown")
            #expect(fixture.gateway.redeemed.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWaitsForASecondFactorDoesNotWaitLonger(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let (app, _) = try await FactorFixture(platform: fixture.platform).enrol(.customer)
            var departed = fixture.callback(try await fixture.begin())
            #expect(await fixture.refusalToFinish(departed) == "second_factor_required")
            let user = try fixture.platform.user(.customer).id
            try await fixture.platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
                try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE id = \(user)")
            }
            departed.secondFactor = app.code(at: fixture.platform.clock.now)
            #expect(await fixture.refusalToFinish(departed) == "oidc_attempt_unknown")
            try await fixture.platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
                try tx.execute("UPDATE \(User.table) SET is_active = \(true) WHERE id = \(user)")
            }

            let waiting = fixture.callback(try await fixture.begin())
            #expect(await fixture.refusalToFinish(waiting) == "second_factor_required")
            fixture.platform.clock.advance(seconds: 599)
            #expect(await fixture.refusalToFinish(waiting) == "second_factor_required")
            fixture.platform.clock.advance(seconds: 1)
            #expect(await fixture.refusalToFinish(waiting) == "oidc_attempt_unknown")
        }
    }
}
