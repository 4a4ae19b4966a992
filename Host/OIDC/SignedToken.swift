internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import JWTKit

/// An ID token whose signature has yet to be verified (RFC 7515, RFC 7519).
struct SignedToken: Sendable {
    /// The ways of signing that are accepted: with a key of which only the provider has the private half.
    ///
    /// `none` and the symmetric ones are left out for good: whoever knows the public key could sign by HS256.
    enum Algorithm: String, Sendable, CaseIterable {
        case rs256 = "RS256"
        case rs384 = "RS384"
        case rs512 = "RS512"
        case ps256 = "PS256"
        case ps384 = "PS384"
        case ps512 = "PS512"
        case es256 = "ES256"
        case es384 = "ES384"
        case es512 = "ES512"
        case eddsa = "EdDSA"

        /// The type of its keys (RFC 7518 §6.1, RFC 8037 §2).
        var keyType: String {
            switch self {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: "RSA"
            case .es256, .es384, .es512: "EC"
            case .eddsa: "OKP"
            }
        }
    }

    private static let longest = 32 << 10

    let algorithm: Algorithm
    let keyID: String?
    private let text: String
    private let payload: [UInt8]

    /// Reads a token as far as that is possible without a key.
    ///
    /// - Throws: ``AlmanacKernel/OIDCRefusal`` when it is none, or signed in a way that is not accepted.
    init(_ text: String) throws {
        guard text.utf8.count <= Self.longest else { throw OIDCRefusal("token_too_long") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let head = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]),
            let header = try? JSON(parsing: head), header.object != nil
        else { throw OIDCRefusal("malformed_token") }
        guard let algorithm = header["alg"]?.string.flatMap({ Algorithm(rawValue: $0) }) else {
            throw OIDCRefusal("algorithm_not_allowed")
        }
        // What must be understood and is not (RFC 7515 §4.1.11); and tokens that are for something else (RFC 8725 §3.11).
        guard header["crit"] == nil, header["typ"].map({ $0.string?.lowercased() == "jwt" }) ?? true else {
            throw OIDCRefusal("not_an_id_token")
        }
        self.algorithm = algorithm
        self.keyID = header["kid"]?.string
        self.text = text
        self.payload = payload
    }

    /// The claims, if the token is signed by this key.
    ///
    /// - Throws: ``AlmanacKernel/OIDCRefusal`` when it is not.
    func claims(verifiedBy key: JSON) async throws -> JSON {
        // Of the key only what makes it a public one; and nothing decides on the algorithm but the check above.
        let members = ["kty", "n", "e", "crv", "x", "y"].compactMap { name in key[name].map { (name, $0) } }
        let identifier = self.keyID ?? "the only one"
        let own = JSON.object(
            JSONObject(members + [("kid", .string(identifier)), ("alg", .string(self.algorithm.rawValue))]))
        do {
            let collection = JWTKeyCollection()
            try await collection.add(jwk: JWK(json: own.text))
            _ = try await collection.verify(self.text, as: AnyClaims.self)
        } catch {
            throw OIDCRefusal("bad_signature")
        }
        guard let claims = try? JSON(parsing: self.payload), claims.object != nil else {
            throw OIDCRefusal("malformed_token")
        }
        return claims
    }

    /// Claims that are judged elsewhere.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }
}
