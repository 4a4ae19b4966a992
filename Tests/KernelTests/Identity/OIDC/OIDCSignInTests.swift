import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Ways in through a provider.
struct OIDCSignInTests {
    @Test(
        "v5.0.0-10.2.3 sends the user to the provider with a proof, and asks for no more than it needs",
        arguments: TestEngine.allCases)
    func sendsTheUserToTheProviderWithAProof(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let begun = try await fixture.begin()
            func value(_ name: String) -> String { OIDCFixture.parameter(name, of: begun) }

            #expect(begun.authorizationURL.hasPrefix("https://plain.example/authorize?tenant=1&response_type=code&"))
            #expect(value("client_id") == "school")
            #expect(value("redirect_uri") == "https%3A%2F%2Fbook.example%2Fauth%2Foidc%2Fplain%2Fcallback")
            #expect(value("scope") == "openid")
            let open = try await fixture.begin("open")
            #expect(OIDCFixture.parameter("scope", of: open) == "openid%20email%20profile")
            #expect(value("code_challenge_method") == "S256")
            let handle = try #require(OIDCHandle(begun.handle))
            #expect(value("code_challenge") == handle.challenge)
            #expect(value("nonce") == handle.nonce)
            #expect(handle.verifier.utf8.count == 43)
            #expect(
                Set([value("state"), value("nonce"), value("code_challenge"), handle.verifier, begun.handle]).count == 5
            )
            #expect(begun.expiresAt == TestClock.start.adding(seconds: 600))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func signsInWhoIsLinked(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let tokens = try await fixture.signIn()
            let south = try await fixture.signIn(in: .south)

            #expect(tokens.user == (try fixture.platform.user(.customer).id))
            #expect(south.organization == (try fixture.platform.organization(.south).id))
            let principal = try await fixture.platform.runtime.identity.principal(for: tokens.access)
            #expect(principal?.1.person == (try fixture.platform.person(.customer)))
            #expect(try await fixture.links() == ["https://plain.example sub-1 customer@example.org"])
        }
    }

    /// The takeover that booking platforms were subject to: an account is found by an address that somebody asserts.
    @Test(
        "v5.0.0-10.5.2 an address takes over no account, whoever asserts it",
        arguments: TestEngine.allCases, [.bool(true), .bool(false), .string("true")] as [JSON])
    func anAddressTakesOverNoAccount(_ engine: TestEngine, verified: JSON) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.verify(.admin)
            let users = try await fixture.users()
            for address in ["admin@example.org", "ADMIN@example.org", "\u{FF21}dmin@example.org"] {
                let claims: [String: JSON] = ["email": .string(address), "email_verified": verified]
                #expect(await fixture.refusalToSignIn(claims: claims) == "oidc_not_linked")
                // Not where accounts are made either, neither here nor in the other organization.
                let isBelieved = verified == .bool(true) && address.utf8.allSatisfy { $0 < 0x80 }
                let expected = isBelieved ? "oidc_account_exists" : "oidc_email_unverified"
                for place in TestPlace.allCases {
                    #expect(await fixture.refusalToSignIn("open", in: place, claims: claims) == expected)
                }
            }

            #expect(try await fixture.links().isEmpty)
            #expect(try await fixture.users() == users)
            #expect(await fixture.mails() == [])
            let sessions = try await fixture.platform.database.rows("SELECT count(*) FROM {kernel.session}")
            #expect(sessions == [["0"]])
        }
    }

    @Test("v5.0.0-6.8.1 the same subject of another issuer is somebody else", arguments: TestEngine.allCases)
    func theSameSubjectOfAnotherIssuerIsSomebodyElse(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.admin, "plain")

            #expect(await fixture.refusalToSignIn("other") == "oidc_not_linked")
            try await fixture.link(.customer, "other")
            #expect(try await fixture.signIn("other").user == (try fixture.platform.user(.customer).id))
            #expect(try await fixture.signIn("plain").user == (try fixture.platform.user(.admin).id))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anIdentityIsLinkedToOneUser(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let begun = try await fixture.begin(as: .otherCustomer)
            let code = await fixture.refusalToFinish(fixture.callback(begun), as: .otherCustomer)

            #expect(code == "oidc_linked_elsewhere")
            #expect(try await fixture.links() == ["https://plain.example sub-1 customer@example.org"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayNotSignInOtherwiseMayNotThisWay(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let unknown = await refusal { _ = try await fixture.signIn(subject: "sub-2") }
            let identity = fixture.platform.runtime.identity
            let (user, _) = try await identity.createUser(
                email: try EmailAddress("north@example.org"), password: TestMember.password, role: .customer,
                in: try fixture.platform.organization().id, actor: .system("test"), origin: OIDCFixture.origin)
            try await fixture.platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
                _ = try OIDCIdentity.link(issuer: "https://plain.example", subject: "north", to: user, in: tx)
                try tx.execute("UPDATE \(User.table) SET is_active = \(false) WHERE email = 'customer@example.org'")
            }
            let inactive = await refusal { _ = try await fixture.signIn() }
            let stranger = await refusal { _ = try await fixture.signIn(subject: "north", in: .south) }
            let member = try await fixture.signIn(subject: "north", in: .north)

            #expect(member.user == user)
            // Whoever is refused learns the same, whether there is somebody elsewhere or nobody at all.
            #expect(unknown?.code == "oidc_not_linked")
            #expect(inactive?.description == unknown?.description)
            #expect(stranger?.description == unknown?.description)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tellsTheAuditTrailWhyAndTheCallerLess(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let wrong: [(String, JSON)] = [
                ("iss", "https://other.example"), ("aud", "bank"), ("nonce", "another"), ("exp", 1), ("iat", 1),
            ]
            var codes: Set<String?> = []
            for (name, value) in wrong { codes.insert(await fixture.refusalToSignIn(claims: [name: value])) }
            var unknown = fixture.callback(try await fixture.begin())
            unknown.code = "no such code"
            codes.insert(await fixture.refusalToFinish(unknown))
            unknown = fixture.callback(try await fixture.begin())
            unknown.code = nil
            codes.insert(await fixture.refusalToFinish(unknown))

            #expect(codes == ["oidc_refused"])
            #expect(
                try await fixture.refusals() == [
                    "wrong_issuer", "wrong_audience", "wrong_nonce", "expired", "issued_too_early", "code_refused",
                    "no_code",
                ])
            #expect(try await fixture.links().isEmpty)
        }
    }

    @Test("v5.0.0-16.5.2 a provider that cannot be reached lets nobody in", arguments: TestEngine.allCases)
    func aProviderThatCannotBeReachedIsNoRefusal(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            let begun = try await fixture.begin()
            fixture.gateway.isAway = true
            await #expect(throws: OIDCProviderFailure.self) { _ = try await fixture.begin() }
            await #expect(throws: OIDCProviderFailure.self) { _ = try await fixture.finish(fixture.callback(begun)) }
            #expect(await refusal { _ = try await fixture.begin("nowhere") }?.code == "not_found")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsLinkedCanBeSeenAndUnlinkedByItsOwner(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            #expect(await fixture.mails() == ["customer@example.org kernel.identity-linked"])
            let client = try await fixture.platform.client(as: .customer)
            let stranger = try await fixture.platform.client(as: .otherCustomer)
            let listed = try await client.get("/api/v1/me/identities").expect(200)
            let id = try #require(listed["items"]?[0]?["id"]?.string)
            #expect(listed["items"]?[0]?["issuer"]?.string == "https://plain.example")
            #expect(listed["items"]?[0]?["provider"]?.string == "plain")
            #expect(try await stranger.get("/api/v1/me/identities").expect(200)["items"]?.array == [])

            let foreign = await stranger.send("DELETE", "/api/v1/me/identities/\(id)")
            #expect(foreign.status == 404)
            #expect(await fixture.refusalToSignIn() == nil)
            let own = await client.send("DELETE", "/api/v1/me/identities/\(id)")
            try own.expect(200)
            #expect(await fixture.refusalToSignIn() == "oidc_not_linked")
            #expect(await fixture.mails().last == "customer@example.org kernel.identity-unlinked")
            #expect(fixture.mailbox.mails.last?.subject.contains("plain") == true)
        }
    }

    @Test("v5.0.0-10.1.1 what the provider issues stays on the server", arguments: TestEngine.allCases)
    func whatTheProviderIssuesStaysOnTheServer(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let callback = fixture.callback(try await fixture.begin())
            let client = APIClient(
                try fixture.platform.api(), headers: [("Almanac-Organization", TestPlace.north.slug)])
            let answer = await client.post(
                "/api/v1/auth/oidc/plain/callback",
                [
                    "handle": .string(callback.handle), "state": .string(callback.state),
                    "code": .string(callback.code ?? ""),
                ])

            let names = try #require(try answer.expect(200).object?.members.map(\.name))
            #expect(Set(names) == ["accessToken", "expiresAt", "refreshToken", "refreshExpiresAt", "effect"])
            #expect(answer.headers.contains { $0.name == "cache-control" && $0.value == "no-store" })
        }
    }
}
