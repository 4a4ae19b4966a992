internal import AlmanacStorage

/// Whether what travels to PostgreSQL can be read or changed on the way.
///
/// Source: <https://www.postgresql.org/docs/15/libpq-ssl.html>, table 34.1.
enum TLSCheck {
    static let name = "postgres.tls"

    static func judge(_ link: PostgresInspection.Link) -> Finding {
        guard let version = link.protocolVersion else {
            if link.isLocal { return .ok(self.name, "no TLS, and none is needed: the server is on this machine") }
            return .problem(
                self.name, "the connection to \(link.host) is not encrypted (sslmode=\(link.mode))",
                advice: "turn TLS on at the server and add ?sslmode=verify-full&sslrootcert=FILE to the address")
        }
        let how = [version, link.cipher].compactMap { $0 }.joined(separator: ", ")
        if version == "TLSv1" || version == "TLSv1.1" || version.hasPrefix("SSL") {
            return .problem(
                self.name, "the connection uses \(how), which is broken",
                advice: "set ssl_min_protocol_version = 'TLSv1.2' at the server")
        }
        switch link.mode {
        case "verify-full":
            return .ok(self.name, "\(how); certificate and name of the server are verified (verify-full)")
        case "verify-ca":
            return .warning(
                self.name, "\(how); any server with a certificate of the same authority is believed (verify-ca)",
                advice: "use sslmode=verify-full, unless the authority is yours alone")
        default:
            if link.isLocal { return .ok(self.name, "\(how), to a server on this machine") }
            return .warning(
                self.name, "\(how), but nobody verifies that it is the right server (sslmode=\(link.mode))",
                advice: "add ?sslmode=verify-full&sslrootcert=FILE to the address")
        }
    }
}
