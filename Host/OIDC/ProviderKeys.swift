internal import AlmanacKernel
internal import AlmanacStorage

/// The keys with which a provider signs (RFC 7517).
struct ProviderKeys: Sendable {
    private static let largestSet = 100
    private let keys: [JSON]

    /// Fetches the keys of a provider.
    init(of description: ProviderDescription, over transport: OIDCTransport) async throws {
        let answer = try await transport.get(description.keySet)
        guard answer.status == 200, let keys = (try? JSON(parsing: answer.body))?["keys"]?.array else {
            throw OIDCProviderFailure("\(description.keySet) holds no keys (status \(answer.status))")
        }
        self.init(keys)
    }

    /// Takes the entries of a key set, sound or not.
    init(_ keys: [JSON]) { self.keys = Array(keys.prefix(Self.largestSet)) }

    /// Whether one of them can sign in a way that is accepted.
    var holdsUsable: Bool {
        let types = Set(SignedToken.Algorithm.allCases.map(\.keyType))
        return self.keys.contains {
            types.contains($0["kty"]?.string ?? "") && [nil, "sig"].contains($0["use"]?.string)
        }
    }

    /// The one key that a token can be signed with.
    ///
    /// The header names it; where it names none, there must be only one that fits.
    func key(for token: SignedToken) -> JSON? {
        let fitting = self.keys.filter { key in
            guard key["kty"]?.string == token.algorithm.keyType, [nil, "sig"].contains(key["use"]?.string),
                [nil, token.algorithm.rawValue].contains(key["alg"]?.string)
            else { return false }
            guard let wanted = token.keyID else { return true }
            return key["kid"]?.string.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false
        }
        return fitting.count == 1 ? fitting[0] : nil
    }
}
