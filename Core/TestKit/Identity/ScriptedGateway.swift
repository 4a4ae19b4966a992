package import AlmanacKernel
package import AlmanacStorage
internal import Crypto
internal import Synchronization

/// An OpenID provider in memory: hands out codes for claims, takes each with the verifier that belongs to it.
package final class ScriptedGateway: OIDCGateway {
    private struct State {
        var orders: [String: Order] = [:]
        var redeemed: [String] = []
        var namesItself = false
        var isAway = false
    }

    private struct Order {
        let claims: JSON
        let challenge: String?
    }

    private let state = Mutex(State())

    /// Makes a provider that has issued nothing.
    package init() {}

    /// The codes that were shown to it.
    package var redeemed: [String] { self.state.withLock { $0.redeemed } }

    /// Whether it always says who it is (RFC 9207).
    package var namesItself: Bool {
        get { self.state.withLock { $0.namesItself } }
        set { self.state.withLock { $0.namesItself = newValue } }
    }

    /// Whether it cannot be reached.
    package var isAway: Bool {
        get { self.state.withLock { $0.isAway } }
        set { self.state.withLock { $0.isAway = newValue } }
    }

    /// Issues a code.
    ///
    /// - Parameters:
    ///   - claims: What the ID token says that it is exchanged for.
    ///   - challenge: What was sent beforehand of the verifier that must be shown with it.
    /// - Returns: The code.
    package func issue(_ claims: JSON, challenge: String?) -> String {
        self.state.withLock { state in
            let code = "code-\(state.orders.count + 1)"
            state.orders[code] = Order(claims: claims, challenge: challenge)
            return code
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package func metadata(of provider: OIDCProvider) async throws -> OIDCMetadata {
        guard !self.isAway else { throw OIDCProviderFailure("away") }
        return OIDCMetadata(
            authorizationEndpoint: "\(provider.issuer)/authorize?tenant=1", namesItself: self.namesItself)
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package func redeem(_ code: String, verifier: String, with provider: OIDCProvider) async throws -> JSON {
        guard !self.isAway else { throw OIDCProviderFailure("away") }
        return try self.state.withLock { state in
            state.redeemed.append(code)
            guard let order = state.orders[code], order.challenge == nil || Self.challenge(verifier) == order.challenge
            else { throw OIDCRefusal("code_refused") }
            return order.claims
        }
    }

    private static func challenge(_ verifier: String) -> String {
        Base64URL.encode(Array(SHA256.hash(data: Array(verifier.utf8))))
    }
}
