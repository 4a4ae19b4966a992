internal import AlmanacPages
internal import AlmanacStorage
package import AlmanacSurface

/// Where providers send people back to: `/auth/oidc/PROVIDER/callback`, which is what deployments register with them.
///
/// It leads to the console's own address with the same query. Nothing is read and nothing kept here.
package struct OIDCReturnSite: Site {
    package let name = "auth"
    private let isHTTPS: Bool

    /// - Parameter isHTTPS: Whether browsers come by TLS.
    package init(isHTTPS: Bool) { self.isHTTPS = isHTTPS }

    package func respond(to request: APIRequest, through api: API) async -> APIResponse {
        let standing = [(name: "cache-control", value: "no-store")] + PageHeaders.standing(isHTTPS: self.isHTTPS)
        let segments = RequestText.segments(of: request.path) ?? []
        guard ["GET", "HEAD"].contains(request.method), segments.count == 4, segments[1] == "oidc",
            segments[3] == "callback"
        else { return APIResponse(status: 404, headers: standing) }
        let query = request.query.map { "?\($0)" } ?? ""
        let target = "/console/sign-in/oidc/\(RequestText.encoded(segments[2]))/callback\(query)"
        return APIResponse(status: 303, headers: [("location", target)] + standing)
    }
}
