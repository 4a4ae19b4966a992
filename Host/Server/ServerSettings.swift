public import AlmanacKernel

/// How the server listens and what it puts up with.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port; 0 picks a free one.
    public var port: Int
    /// The largest body in bytes; a larger one is refused with 413.
    public var maximumBodyBytes: Int
    /// The largest size of all header fields together in bytes; more is refused with 431.
    public var maximumHeaderBytes: Int
    /// Connections served at once; more wait to be accepted.
    public var maximumConnections: Int
    /// Connections served at once from one address, of IPv6 from one /64; more are turned away with 429.
    public var maximumConnectionsPerAddress: Int
    /// Addresses whose connections are not counted: proxies, which stand for many callers.
    public var uncountedAddresses: [NetworkBlock]
    /// Seconds within which a new connection must have sent the head of its first request.
    public var headTimeoutSeconds: Int
    /// Seconds within which a request must have arrived, and after which an idle connection is closed.
    public var requestTimeoutSeconds: Int
    /// Seconds within which a response must have been taken.
    public var answerTimeoutSeconds: Int

    /// Describes a server.
    public init(
        host: String = "127.0.0.1", port: Int = 8_080, maximumBodyBytes: Int = 1 << 20,
        maximumHeaderBytes: Int = 16 << 10, maximumConnections: Int = 1_024, maximumConnectionsPerAddress: Int = 512,
        uncountedAddresses: [NetworkBlock] = [], headTimeoutSeconds: Int = 10, requestTimeoutSeconds: Int = 30,
        answerTimeoutSeconds: Int = 30
    ) {
        self.host = host
        self.port = port
        self.maximumBodyBytes = maximumBodyBytes
        self.maximumHeaderBytes = maximumHeaderBytes
        self.maximumConnections = maximumConnections
        self.maximumConnectionsPerAddress = maximumConnectionsPerAddress
        self.uncountedAddresses = uncountedAddresses
        self.headTimeoutSeconds = headTimeoutSeconds
        self.requestTimeoutSeconds = requestTimeoutSeconds
        self.answerTimeoutSeconds = answerTimeoutSeconds
    }
}
