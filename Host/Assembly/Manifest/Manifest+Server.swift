public import AlmanacKernel

extension Manifest {
    /// How the HTTP server listens.
    public struct Server: Sendable, Equatable {
        /// The address or name to listen on.
        public let host: String
        /// The port to listen on; 0 takes any free one.
        public let port: Int
        /// The largest body of a request, in units of 1024 bytes.
        public let maxBodyKilobytes: Int
        /// After how many seconds a request is given up, reading and answering included.
        public let requestTimeoutSeconds: Int
        /// The proxies whose `X-Forwarded-For` is believed; everybody else's is ignored.
        public let trustedProxies: [NetworkBlock]
    }
}

extension Manifest.Server: PluginSettings {
    /// Reads the section `server`.
    public init(from read: inout SettingsReader) throws {
        self.host = read("host", "Address to listen on", default: "127.0.0.1")
        self.port = read("port", "Port to listen on; 0 takes a free one", in: 0...65_535, default: 8080)
        self.maxBodyKilobytes = read(
            "maxBodyKilobytes", "Largest body of a request in kilobytes", in: 1...102_400, default: 1024)
        self.requestTimeoutSeconds = read(
            "requestTimeoutSeconds", "Seconds after which a request is given up", in: 1...600, default: 30)
        let proxies: [ProxyBlock] = read.list(
            "trustedProxies", "Addresses of proxies in front, whose X-Forwarded-For is believed", count: 0...100)
        self.trustedProxies = proxies.compactMap(\.block)
        read.check("host", "must not be empty", !self.host.isEmpty)
    }
}
