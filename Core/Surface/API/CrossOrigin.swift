/// Lets the pages of some origins read answers (CORS, as the Fetch standard has it); those of all others cannot.
///
/// Origins are compared byte by byte with a list of the operator's; none is believed because of what it looks like.
/// Cookies are never allowed along: callers show a token, which a page has only when its user gave it.
struct CrossOrigin: Sendable {
    private static let exposed =
        "Allow, ETag, Idempotency-Replayed, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id"
    private static let accepted =
        "Accept-Language, Almanac-Organization, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, "
        + "Last-Event-ID"

    private let origins: Set<[UInt8]>

    init(_ origins: [WebOrigin]) { self.origins = Set(origins.map { Array($0.description.utf8) }) }

    /// Adds to an answer what the page that asked needs in order to read it.
    func decorate(_ response: inout APIResponse, for request: APIRequest) {
        guard !self.origins.isEmpty else { return }
        response.headers.append(("vary", "Origin"))
        let asked = request.values("origin")
        guard let origin = asked.first, asked.count == 1, self.origins.contains(Array(origin.utf8)) else { return }
        response.headers.append(("access-control-allow-origin", origin))
        guard request.method == "OPTIONS", response.status == 204,
            request.header("access-control-request-method") != nil
        else {
            response.headers.append(("access-control-expose-headers", Self.exposed))
            return
        }
        // The browser asks before it sends what a form could not.
        response.headers += [
            ("access-control-allow-methods", response.header("allow") ?? ""),
            ("access-control-allow-headers", Self.accepted), ("access-control-max-age", "600"),
        ]
    }
}
