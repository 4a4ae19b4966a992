import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacOIDC

/// Addresses that do not stand in the ID token.
@Suite(.enabled(if: Counterpart.isAvailable))
struct UserInfoTests {
    private static let endpoint = [#"userinfo_endpoint="ISSUER/userinfo""#]
    private static let info: JSON = [
        "sub": "anna", "email": "anna@example.org", "email_verified": true, "given_name": "Anna", "aud": "bank",
        "nonce": "another",
    ]

    @Test
    func areAskedForWhereAccountsAreMade() async throws {
        try await withIdentityProvider(Self.endpoint, makesAccounts: true) { provider in
            let claims = try await provider.redeem(["userinfo": Self.info])

            #expect(claims["email"]?.string == "anna@example.org")
            #expect(claims["email_verified"]?.bool == true)
            #expect(claims["given_name"]?.string == "Anna")
            // What only a signed token may say is not taken from elsewhere.
            #expect(claims["aud"]?.string == "school")
            #expect(claims["nonce"] == nil)
        }
    }

    @Test
    func areNotAskedForOtherwise() async throws {
        let signed: JSON = [
            "iss": "https://id.example", "sub": "anna", "aud": "school", "exp": 4_102_444_800,
            "email": "own@example.org",
        ]
        try await withIdentityProvider(Self.endpoint, makesAccounts: true) { provider in
            let claims = try await provider.redeem(["claims": signed, "userinfo": Self.info])
            #expect(claims == signed)
            #expect(provider.requests(for: "/userinfo") == 0)
        }
        try await withIdentityProvider(Self.endpoint) { provider in
            let claims = try await provider.redeem(["userinfo": Self.info])
            #expect(claims == IdentityProvider.claims)
            #expect(provider.requests(for: "/userinfo") == 0)
        }
        try await withIdentityProvider(makesAccounts: true) { provider in
            let claims = try await provider.redeem(["userinfo": Self.info])
            #expect(claims == IdentityProvider.claims)
        }
    }

    @Test(arguments: [["sub": "bert", "email": "bert@example.org"], ["email": "bert@example.org"]] as [JSON])
    func areRefusedWhereTheyAreSomebodyElses(info: JSON) async throws {
        try await withIdentityProvider(Self.endpoint, makesAccounts: true) { provider in
            let reason = try await provider.refusal(["userinfo": info])
            #expect(reason == "user_info_of_another")
        }
    }

    @Test
    func failWithTheProvider() async throws {
        try await withIdentityProvider(Self.endpoint, makesAccounts: true) { provider in
            let failure = try await provider.failure(["userinfo": [1]])
            #expect(failure.contains("says nothing of the user"), "\(failure)")
        }
    }
}
