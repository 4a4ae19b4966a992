public import AlmanacKernel
package import Logging
package import Metrics

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
    /// Measures how long requests take.
    package var time = MonotonicTime.system
    /// Pages of the host's own that `GET` shows, by the one segment of their path: `metrics`.
    package var pages: [String: @Sendable (APIRequest) -> APIResponse] = [:]

    /// Describes a deployment.
    public init(
        title: String, version: String, limits: RateLimits = .standard, trustedProxies: [NetworkBlock] = []
    ) {
        self.title = title
        self.version = version
        self.limits = limits
        self.trustedProxies = trustedProxies
    }
}
