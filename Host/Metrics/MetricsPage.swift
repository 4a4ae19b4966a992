public import AlmanacKernel
public import AlmanacSurface
internal import Crypto

/// What `GET /metrics` answers: everything that is measured, to whoever knows the token.
///
/// Metrics tell how much a business does, so they are not for the public. A scraper sends the token as
/// `Authorization: Bearer`; it is compared by its digest, in the same time whether it is nearly right or not.
public struct MetricsPage: Sendable {
    private let registry: PrometheusRegistry
    private let token: SHA256Digest
    private let samples: @Sendable () -> [MetricSample]

    /// - Parameters:
    ///   - registry: What is counted.
    ///   - token: What a scraper has to know.
    ///   - samples: What is asked for each time.
    public init(
        _ registry: PrometheusRegistry, token: Secret, samples: @escaping @Sendable () -> [MetricSample]
    ) {
        self.registry = registry
        self.token = SHA256.hash(data: Array(token.reveal().utf8))
        self.samples = samples
    }

    /// Answers a request.
    public func respond(to request: APIRequest) -> APIResponse {
        guard let header = request.header("authorization"), let sent = Self.bearer(header),
            SHA256.hash(data: Array(sent.utf8)) == self.token
        else {
            return APIResponse(
                problem: 401, "unauthenticated",
                "send the token of the manifest's section metrics as a bearer token",
                headers: [("www-authenticate", "Bearer")])
        }
        let text = self.registry.text(with: self.samples() + ProcessSamples.now())
        return APIResponse(
            status: 200, headers: [("content-type", PrometheusText.contentType)], body: Array(text.utf8))
    }

    private static func bearer(_ header: String) -> Substring? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return parts[1]
    }
}
