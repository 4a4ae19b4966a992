public import AlmanacKernel
public import AlmanacSurface

/// What `GET /metrics` answers: everything that is measured, to whoever knows the token.
///
/// Metrics tell how much a business does, so they are not for the public; see ``MonitoringToken``.
public struct MetricsPage: Sendable {
    private let registry: PrometheusRegistry
    private let token: MonitoringToken
    private let samples: @Sendable () -> [MetricSample]

    /// - Parameters:
    ///   - registry: What is counted.
    ///   - token: What a scraper has to know.
    ///   - samples: What is asked for each time.
    public init(
        _ registry: PrometheusRegistry, token: Secret, samples: @escaping @Sendable () -> [MetricSample]
    ) {
        self.registry = registry
        self.token = MonitoringToken(token)
        self.samples = samples
    }

    /// Answers a request.
    public func respond(to request: APIRequest) -> APIResponse {
        if let refusal = self.token.refusal(of: request) { return refusal }
        let text = self.registry.text(with: self.samples() + ProcessSamples.now())
        return APIResponse(
            status: 200, headers: [("content-type", PrometheusText.contentType)], body: Array(text.utf8))
    }
}
