import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Identities elsewhere, and tries to sign in with them.
extension MatrixSchool {
    /// The provider that everybody may sign in with.
    static let signInProvider = OIDCProvider(
        id: "sample", name: "Sample", issuer: "https://id.example", clientID: "school", clientSecret: Secret("s"),
        redirectURI: "https://book.example/auth/oidc/sample/callback")

    private static let parts = ["handle", "state", "code"]

    /// A try of somebody's to link an identity that nobody has: the provider, and what its end asks for.
    func signInTry(of owner: Newcomer) async throws -> String {
        let begun = try await owner.client.post(
            "/api/v1/auth/oidc/\(Self.signInProvider.id)/start", ["password": .string(TestMember.password)]
        ).expect(200)
        let query = begun["authorizationUrl"]?.string?.split(separator: "?", maxSplits: 1).last ?? ""
        let pairs = query.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        func value(_ name: String) -> String { pairs.first { $0[0] == name }?.last ?? "" }
        guard let gateway = self.platform.runtime.oidc.configuration?.gateway as? ScriptedGateway else {
            throw TestKitError("there is no provider to sign in with")
        }
        let now = Int(self.platform.clock.now.seconds)
        let code = gateway.issue(
            [
                "iss": .string(Self.signInProvider.issuer), "aud": .string(Self.signInProvider.clientID),
                "sub": .string("subject-\(self.place.slug)-\(self.next())"), "nonce": .string(value("nonce")),
                "iat": .number(JSONNumber(now)), "exp": .number(JSONNumber(now + 300)),
            ], challenge: value("code_challenge"))
        return [Self.signInProvider.id, begun["handle"]?.string ?? "", value("state"), code].joined(
            separator: String(ObjectKind.separator))
    }

    /// The fields of a request that ends a try.
    static func answer(to attempt: String) -> [(String, JSON)] {
        zip(Self.parts, attempt.split(separator: ObjectKind.separator).dropFirst()).map { ($0, .string(String($1))) }
    }

    /// An identity that is linked with somebody.
    func identity(of owner: Newcomer) async throws -> String {
        let attempt = try await self.signInTry(of: owner)
        try await owner.client.post(
            "/api/v1/auth/oidc/\(Self.signInProvider.id)/callback",
            .object(JSONObject(Self.answer(to: attempt)))
        ).expect(200)
        let links = try await owner.client.get("/api/v1/me/identities").expect(200)
        return links["items"]?.array?.last?["id"]?.string ?? ""
    }
}
