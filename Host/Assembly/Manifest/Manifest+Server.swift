public import AlmanacKernel
public import AlmanacSurface

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
        /// Within how many seconds a new connection must have sent the head of its first request.
        public let headTimeoutSeconds: Int
        /// Within how many seconds an answer must have been taken.
        public let answerTimeoutSeconds: Int
        /// After how many seconds a part of the server that does not come back ends it; 0 never.
        public let watchdogSeconds: Int
        /// How many connections are served at once.
        public let connections: Connections
        /// How many streams of events are kept open, and how.
        public let live: Live
        /// Whether callers reach the deployment by TLS, which a proxy in front may end.
        public let https: Bool
        /// Which pages of other origins may use the API.
        public let cors: CrossOrigin
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
        self.headTimeoutSeconds = read(
            "headTimeoutSeconds", "Seconds within which a new connection must have said what it wants", in: 1...600,
            default: 10)
        self.answerTimeoutSeconds = read(
            "answerTimeoutSeconds", "Seconds within which an answer must have been taken", in: 1...600, default: 30)
        self.watchdogSeconds = read(
            "watchdogSeconds",
            "Seconds after which a part of the server that does not come back ends it with 70; 0 never does",
            in: 0...3_600, default: 60)
        read.check(
            "watchdogSeconds", "must be 0, or at least 5", self.watchdogSeconds == 0 || self.watchdogSeconds >= 5)
        self.connections = try read.group("connections", "How many connections are served at once")
        self.live = try read.group("live", "How many listen to events as they happen")
        self.https = read(
            "https", "Whether callers come by TLS, ended by a proxy in front: browsers then never come without",
            default: false)
        self.cors = try read.group("cors", "Which web pages of other origins may use the API")
        let proxies: [ProxyBlock] = read.list(
            "trustedProxies", "Addresses of proxies in front, whose X-Forwarded-For is believed", count: 0...100)
        self.trustedProxies = proxies.compactMap(\.block)
        read.check("host", "must not be empty", !self.host.isEmpty)
    }
}

extension Manifest.Server {
    /// How many connections are served at once.
    public struct Connections: PluginSettings, Equatable {
        /// From everybody together; more wait to be accepted.
        public let total: Int
        /// From one address that is no trusted proxy's, of IPv6 from one /64; more are turned away.
        public let perAddress: Int

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(from read: inout SettingsReader) throws {
            self.total = read("total", "Connections at once; more wait", in: 1...100_000, default: 1_024)
            self.perAddress = read(
                "perAddress", "Connections at once from one network address; more are turned away", in: 1...100_000,
                default: 512)
        }
    }

    /// How many streams of events are kept open, and how.
    public struct Live: PluginSettings, Equatable {
        /// What the API is told.
        public let settings: LiveSettings

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(from read: inout SettingsReader) throws {
            let usual = LiveSettings()
            let perUser: Int = read(
                "perUser", "Streams of events at once of one user; more are refused", in: 1...1_000,
                default: usual.perUser)
            let total: Int = read(
                "total", "Streams of events at once of everybody; more are refused", in: 0...100_000,
                default: usual.total)
            let heartbeat: Int = read(
                "heartbeatSeconds",
                "Seconds without an event after which a stream shows that it is there; below what proxies wait for",
                in: 1...300, default: usual.heartbeatSeconds)
            self.settings = LiveSettings(perUser: perUser, total: total, heartbeatSeconds: heartbeat)
        }
    }

    /// Which pages of other origins may use the API.
    public struct CrossOrigin: PluginSettings, Equatable {
        /// The origins; none unless stated.
        public let origins: [WebOrigin]

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public init(from read: inout SettingsReader) throws {
            let origins: [OriginSetting] = read.list(
                "origins", "Origins of web pages that may use the API, as https://book.example.org", count: 0...100)
            self.origins = origins.compactMap(\.origin)
        }
    }
}
