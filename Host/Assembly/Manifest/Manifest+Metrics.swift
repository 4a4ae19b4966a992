public import AlmanacKernel

extension Manifest {
    /// Whether and to whom the server tells what it measures.
    public struct Metrics: Sendable {
        /// What a scraper has to send as a bearer token; without one there are no metrics.
        public let token: Secret?
    }
}

extension Manifest.Metrics: PluginSettings {
    /// Reads the section `metrics`.
    public init(from read: inout SettingsReader) throws {
        let token = read.optionalSecret(
            "token", "What a scraper has to send as a bearer token to GET /metrics; without it there is no such page")
        self.token = token
        read.check("token", "must have at least 16 characters", token.map { $0.reveal().utf8.count >= 16 } ?? true)
    }
}
