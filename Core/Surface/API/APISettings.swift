public import AlmanacKernel
package import Logging
package import Metrics
package import Tracing

/// What a host tells the API about the deployment.
public struct APISettings: Sendable {
    /// What the deployment is called, for the API's documentation.
    public var title: String
    /// The version of the program.
    public var version: String
    /// How often callers may come.
    public var limits: RateLimits
    /// The proxies whose `X-Forwarded-For` is believed; everybody else's is ignored.
    public var trustedProxies: [NetworkBlock]
    /// Makes what requests are counted with.
    package var metrics: any MetricsFactory = MetricsSystem.factory
    /// At which level each request is logged; not at all when `nil`.
    package var requestLogLevel: Logger.Level?
    /// Takes a span for each request; none when `nil`.
    ///
    /// Unless set, it is the one that the process has bootstrapped.
    package var tracer: (any Tracer)? = ActiveTracer.current
    /// Measures how long requests take.
    package var time = MonotonicTime.system
    /// What is measured, for whoever may see how the deployment does.
    package var readings: @Sendable () -> [MetricReading] = { [] }
    /// Pages of the host's own that `GET` shows, by their path without the first slash: `metrics`.
    package var pages: [String: @Sendable (APIRequest) -> APIResponse] = [:]
    /// Sites of the host's own, which answer everything below an address.
    package var sites: [any Site] = []
    /// What a page of the host's is called where requests are counted.
    static func operation(ofPage path: String) -> String {
        String(path.map { $0 == "/" ? "." : $0 })
    }
    /// Whether callers reach the deployment by TLS, which a proxy in front may end.
    public var isHTTPS: Bool
    /// The origins whose pages may read answers.
    public var origins: [WebOrigin]
    /// How many streams of events are kept open, and how.
    public var live = LiveSettings()

    /// Describes a deployment.
    public init(
        title: String, version: String, limits: RateLimits = .standard, trustedProxies: [NetworkBlock] = [],
        isHTTPS: Bool = false, origins: [WebOrigin] = []
    ) {
        self.title = title
        self.version = version
        self.limits = limits
        self.trustedProxies = trustedProxies
        self.isHTTPS = isHTTPS
        self.origins = origins
    }
}
