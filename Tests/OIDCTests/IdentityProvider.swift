import AlmanacKernel
import AlmanacOIDC
import AlmanacStorage
import AlmanacTestKit
import Testing

/// A client with the provider of this folder, which does wrong what a code orders.
struct IdentityProvider: Sendable {
    let server: Counterpart
    let clock = ManualClock(TestClock.start)
    let client: OIDCClient
    let provider: OIDCProvider

    /// Verifier and challenge of RFC 7636, appendix B.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge: JSON = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    static let claims: JSON = ["iss": "https://id.example", "sub": "anna", "aud": "school", "exp": 4_102_444_800]

    init(_ server: Counterpart, secret: String? = nil, makesAccounts: Bool = false) throws {
        self.server = server
        self.client = OIDCClient(clock: self.clock)
        self.provider = OIDCProvider(
            id: "test", name: "Test", issuer: "http://127.0.0.1:\(server.port)",
            clientID: try #require(server.greeting["client"]?.string),
            clientSecret: Secret(try secret ?? #require(server.greeting["secret"]?.string)),
            makesAccounts: makesAccounts, redirectURI: try #require(server.greeting["redirect"]?.string))
    }

    /// A code that orders an ID token.
    static func code(_ order: JSON = [:]) -> String {
        let usual: [(String, JSON)] = [("challenge", Self.challenge), ("claims", Self.claims)]
        let members = usual.filter { order[$0.0] == nil } + (order.object?.members ?? []).map { ($0.name, $0.value) }
        return Base64URL.encode(JSON.object(JSONObject(members)).serialized)
    }

    func redeem(_ order: JSON = [:], verifier: String = Self.verifier) async throws -> JSON {
        try await self.client.redeem(Self.code(order), verifier: verifier, with: self.provider)
    }

    /// Why a token is refused; `nil` when it is not.
    func refusal(_ order: JSON = [:], verifier: String = Self.verifier) async throws -> String? {
        do {
            _ = try await self.redeem(order, verifier: verifier)
            return nil
        } catch let refusal as OIDCRefusal {
            return refusal.reason
        }
    }

    /// What goes wrong with the provider itself.
    func failure(_ order: JSON = [:]) async throws -> String {
        let failure = await #expect(throws: OIDCProviderFailure.self) { _ = try await self.redeem(order) }
        return try #require(failure).description
    }

    /// Tells the provider to change.
    func tell(_ what: String) async throws {
        let answer = try await LoopbackClient(port: self.server.port).post("/\(what)", [:])
        try #require(answer.status == 200)
    }

    /// How often a path was asked for.
    func requests(for path: String) -> Int {
        self.server.events.count { $0["request"]?.string == path }
    }
}

/// Runs `body` with a provider whose description is changed as told, each change as `NAME=JSON`.
func withIdentityProvider<T>(
    _ changes: [String] = [], secret: String? = nil, makesAccounts: Bool = false,
    _ body: (IdentityProvider) async throws -> T
) async throws -> T {
    let script =
        #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Counterparts/identity_provider.py"
    return try await withTemporaryFolder { folder in
        try await withCounterpart(script, changes.flatMap { ["--description", $0] }, in: folder) { server in
            let provider = try IdentityProvider(server, secret: secret, makesAccounts: makesAccounts)
            do {
                let value = try await body(provider)
                await provider.client.close()
                return value
            } catch {
                await provider.client.close()
                throw error
            }
        }
    }
}
