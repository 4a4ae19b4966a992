/// Where the server listens, as a URL.
struct ServerAddress: Sendable {
    let host: String
    let port: Int

    /// What it listens on.
    var listening: String { self.url(self.host) }

    /// Where it can be reached from this machine: an address that means all of them is no address to call.
    var reachable: String {
        switch self.host {
        case "0.0.0.0": self.url("127.0.0.1")
        case "::": self.url("::1")
        default: self.listening
        }
    }

    /// An IPv6 address stands in brackets (RFC 3986 §3.2.2).
    private func url(_ host: String) -> String {
        host.contains(":") ? "http://[\(host)]:\(self.port)" : "http://\(host):\(self.port)"
    }
}
