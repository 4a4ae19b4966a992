internal import AlmanacKernel
internal import AlmanacSurface
internal import Crypto

/// What whoever watches the deployment has to know: the token of the manifest's section `metrics`.
///
/// It is sent as `Authorization: Bearer` and compared by its digest, in the same time whether it is nearly right or not.
struct MonitoringToken: Sendable {
    private let digest: SHA256Digest

    init(_ token: Secret) { self.digest = SHA256.hash(data: Array(token.reveal().utf8)) }

    /// The answer to who does not know it; `nil` to who does.
    func refusal(of request: APIRequest) -> APIResponse? {
        if let header = request.header("authorization"), let sent = Self.bearer(header),
            SHA256.hash(data: Array(sent.utf8)) == self.digest
        {
            return nil
        }
        return APIResponse(
            problem: 401, "unauthenticated", "send the token of the manifest's section metrics as a bearer token",
            headers: [("www-authenticate", "Bearer")])
    }

    private static func bearer(_ header: String) -> Substring? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}
