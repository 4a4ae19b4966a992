import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacOIDC

/// Tokens of a real server, sound and not.
@Suite(.enabled(if: Counterpart.isAvailable))
struct OIDCClientTests {
    @Test(arguments: ["RS256", "PS256", "ES256", "EdDSA"])
    func takesWhatTheProviderHasSigned(algorithm: String) async throws {
        try await withIdentityProvider { provider in
            let claims = try await provider.redeem(["alg": .string(algorithm)])
            // A header that names no key will do where only one fits.
            let others = try await provider.redeem(["alg": .string(algorithm), "without": ["kid", "typ"]])

            #expect(claims == IdentityProvider.claims)
            #expect(others == claims)
        }
    }

    @Test(
        "v5.0.0-6.8.2, 9.1.1, 9.1.2, 9.1.3 refuses tokens that the provider has not signed",
        arguments: [
            ("none", ["alg": "none"], "algorithm_not_allowed"),
            ("none in other letters", ["header": ["alg": "NoNe"]], "algorithm_not_allowed"),
            ("no algorithm", ["without": ["alg"]], "algorithm_not_allowed"),
            ("the public key as a shared secret", ["alg": "HS256"], "algorithm_not_allowed"),
            ("a key of somebody else's", ["trick": "stranger", "header": ["kid": "first-rsa"]], "bad_signature"),
            ("a key that is not published", ["trick": "stranger"], "unknown_key"),
            (
                "a key in the token itself",
                ["trick": "stranger", "header": ["jwk": ["kty": "RSA", "n": "AQAB", "e": "AQAB"]]], "unknown_key"
            ),
            ("changed claims", ["trick": "changed"], "bad_signature"),
            ("a claim that stands twice", ["trick": "doubled"], "malformed_token"),
            ("a key of another kind", ["header": ["kid": "first-ec"]], "unknown_key"),
            ("a key for encrypting", ["header": ["kid": "first-enc"]], "unknown_key"),
            ("another way to sign with the key", ["header": ["alg": "RS512"]], "bad_signature"),
            ("a header that must be understood", ["header": ["crit": ["exp"]]], "not_an_id_token"),
            ("an access token", ["header": ["typ": "at+jwt"]], "not_an_id_token"),
            ("no token at all", ["token": "x"], "malformed_token"),
            ("two parts", ["token": "e30.e30"], "malformed_token"),
            ("padding", ["token": "e30=.e30.e30"], "malformed_token"),
            ("a number for a header", ["token": "MQ.e30.e30"], "malformed_token"),
            ("a list of claims", ["claims": [1]], "malformed_token"),
            ("a long token", ["claims": ["x": .string(String(repeating: "x", count: 40_000))]], "token_too_long"),
        ] as [(String, JSON, String)])
    func refusesTokensThatTheProviderHasNotSigned(what: String, order: JSON, reason: String) async throws {
        try await withIdentityProvider { provider in
            let refused = try await provider.refusal(order)
            // The control: the same provider's sound token is taken.
            let control = try await provider.refusal()

            #expect(refused == reason, "\(what)")
            #expect(control == nil)
        }
    }

    @Test
    func provesThatItBegan() async throws {
        try await withIdentityProvider { provider in
            let other = try await provider.refusal(verifier: String(IdentityProvider.verifier.reversed()))
            let own = try await provider.refusal()

            #expect(other == "code_refused")
            #expect(own == nil)
        }
    }

    @Test
    func saysWhatIsWrongWithoutShowingSecrets() async throws {
        try await withIdentityProvider(secret: "wr0ng-secret") { provider in
            let failure = try await provider.failure()

            #expect(failure.contains("invalid_client"), "\(failure)")
            #expect(!failure.contains("wr0ng") && !failure.contains(IdentityProvider.verifier))
        }
        try await withIdentityProvider { provider in
            let failure = try await provider.failure(["trick": "no token"])

            #expect(failure.contains("no ID token"), "\(failure)")
        }
    }

    @Test(arguments: [#"["client_secret_post"]"#, #"["client_secret_basic", "client_secret_post"]"#])
    func showsItsPasswordTheWayTheProviderTakes(methods: String) async throws {
        try await withIdentityProvider(["token_endpoint_auth_methods_supported=\(methods)"]) { provider in
            let reason = try await provider.refusal()

            #expect(reason == nil)
        }
    }

    @Test(
        "v5.0.0-1.3.6 v5.0.0-10.5.3 v5.0.0-15.3.2 believes no provider that says it is another",
        arguments: [
            (#"issuer="https://accounts.example""#, "another issuer"), (#"issuer="ISSUER/""#, "another issuer"),
            ("issuer=null", "another issuer"),
            (#"token_endpoint="http://collector.example/token""#, "no safe token_endpoint"),
            (#"token_endpoint="ftp://127.0.0.1/token""#, "no safe token_endpoint"),
            (#"token_endpoint="http://127.0.0.1@collector.example/""#, "no safe token_endpoint"),
            (#"jwks_uri="file:///etc/passwd""#, "no safe jwks_uri"), ("jwks_uri=null", "no safe jwks_uri"),
            (#"authorization_endpoint="javascript:alert(1)""#, "no safe authorization_endpoint"),
            (#"userinfo_endpoint="http://collector.example/""#, "no safe userinfo_endpoint"),
            (#"jwks_uri="ISSUER/elsewhere""#, "holds no keys (status 302)"),
            (#"jwks_uri="ISSUER/large""#, "answers more than"), (#"jwks_uri="ISSUER/missing""#, "status 404"),
        ])
    func believesNoProviderThatSaysItIsAnother(change: String, complaint: String) async throws {
        try await withIdentityProvider([change]) { provider in
            let failure = try await provider.failure()

            #expect(failure.contains(complaint), "\(failure)")
        }
    }

    @Test
    func learnsNewKeys() async throws {
        try await withIdentityProvider { provider in
            #expect(try await provider.refusal() == nil)
            try await provider.tell("rotate")
            // Keys have just been fetched.
            #expect(try await provider.refusal() == "unknown_key")
            provider.clock.advance(seconds: 30)
            #expect(try await provider.refusal() == nil)
            #expect(provider.requests(for: "/keys") == 2)
        }
    }

    @Test
    func anybodyMayNameKeysThatDoNotExist() async throws {
        try await withIdentityProvider { provider in
            for minute in 1...3 {
                let reasons = try await withThrowingTaskGroup(of: String?.self) { group in
                    for number in 0..<30 {
                        let order: JSON = ["header": ["kid": .string("key-\(minute)-\(number)")]]
                        group.addTask { try await provider.refusal(order) }
                    }
                    return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
                }
                #expect(reasons == ["unknown_key"])
                #expect(provider.requests(for: "/keys") == minute)
                provider.clock.advance(seconds: 60)
            }
            #expect(provider.requests(for: "/.well-known/openid-configuration") == 1)
        }
    }

    @Test
    func goesOnWithWhatItKnowsForADay() async throws {
        try await withIdentityProvider { provider in
            let metadata = try await provider.client.metadata(of: provider.provider)
            #expect(metadata.authorizationEndpoint == "\(provider.provider.issuer)/authorize?tenant=1")
            #expect(metadata.namesItself)
            try await provider.tell("break")
            provider.clock.advance(seconds: 23 * 3_600)
            #expect(try await provider.client.metadata(of: provider.provider) == metadata)
            provider.clock.advance(seconds: 3_600)
            await #expect(throws: OIDCProviderFailure.self) {
                _ = try await provider.client.metadata(of: provider.provider)
            }
            try await provider.tell("mend")
            // It was asked just now, and is left in peace for half a minute.
            let asked = provider.requests(for: "/.well-known/openid-configuration")
            await #expect(throws: OIDCProviderFailure.self) {
                _ = try await provider.client.metadata(of: provider.provider)
            }
            #expect(provider.requests(for: "/.well-known/openid-configuration") == asked)
            provider.clock.advance(seconds: 30)
            #expect(try await provider.client.metadata(of: provider.provider) == metadata)
        }
    }

    @Test
    func failsWhereNobodyListens() async throws {
        let client = OIDCClient(clock: ManualClock(TestClock.start))
        let provider = OIDCProvider(
            id: "away", name: "Away", issuer: "http://127.0.0.1:1", clientID: "school", clientSecret: nil,
            redirectURI: "https://book.example/")
        await #expect(throws: OIDCProviderFailure.self) { _ = try await client.metadata(of: provider) }
        await client.close()
        await #expect(throws: OIDCProviderFailure.self) { _ = try await client.metadata(of: provider) }
    }

    @Test(arguments: [
        ("https://id.example/token", "https://id.example", true),
        ("http://id.example/token", "https://id.example", false),
        ("http://id.example/token", "http://id.example", false), ("http://localhost/x", "http://localhost:1", true),
        ("http://localhost/x", "https://id.example", false), ("http://id.example/x", "http://localhost", false),
        ("https://u@id.example/", "https://id.example", false), ("https:///x", "https://id.example", false),
        ("//id.example", "https://id.example", false), ("https://id.example/\n", "https://id.example", false),
    ])
    func knowsSafeAddresses(address: String, issuer: String, isSafe: Bool) {
        #expect(ProviderDescription.isSafe(address, for: issuer) == isSafe)
    }
}
