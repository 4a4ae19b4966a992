internal import AlmanacKernel
internal import AlmanacStorage
package import AlmanacSurface
internal import Crypto

/// Tells forms of ours from those that other sites send in a visitor's name.
///
/// Each form holds a token that is derived from a secret cookie, which other sites can neither read nor set. What the
/// browser says of where a request comes from (`Sec-Fetch-Site`, `Origin`) must agree with that.
package struct FormProof: Sendable {
    /// The token that forms hold.
    package let token: String

    /// - Parameter secret: The value of the cookie.
    package init(secret: String) {
        var digest = SHA256()
        digest.update(data: Array("form 1:\(secret)".utf8))
        self.token = Hexadecimal.encode(digest.finalize())
    }

    /// Whether a request that changes something was sent by a form of ours.
    package func isShown(by token: String?, in request: APIRequest) -> Bool {
        // Secrets are compared in constant time, so that a token cannot be found byte by byte.
        guard let token, Secret(token) == Secret(self.token) else { return false }
        return Self.isFromHere(request)
    }

    /// Whether the browser says that a request comes from a page of ours, as far as it says anything.
    package static func isFromHere(_ request: APIRequest) -> Bool {
        if let site = request.header("sec-fetch-site"), site != "same-origin" { return false }
        guard let origin = request.header("origin") else { return true }
        guard let host = request.header("host") else { return false }
        return origin.lowercased() == "https://\(host.lowercased())"
            || origin.lowercased() == "http://\(host.lowercased())"
    }
}
