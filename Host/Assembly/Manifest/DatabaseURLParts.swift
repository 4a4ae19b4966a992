internal import Foundation

/// The parts of a connection URI that matter for what may be shown, taken apart as libpq does.
///
/// Source: `conninfo_uri_parse_options` in PostgreSQL 15's `src/interfaces/libpq/fe-connect.c`.
struct DatabaseURLParts {
    /// The hosts with their ports, as written.
    var hosts: String
    /// The name of the database.
    var database: String
    /// Everything that stands where a password may stand.
    var passwords: [String]

    /// Takes a URI apart.
    init(_ text: String) {
        let afterScheme = text.range(of: "://").map { text[$0.upperBound...] } ?? text[...]
        // Who signs in ends at an `@` before the first slash, whatever other signs there are.
        let slash = afterScheme.firstIndex(of: "/") ?? afterScheme.endIndex
        var rest = afterScheme
        self.passwords = []
        if let at = afterScheme[..<slash].lastIndex(of: "@") {
            if let colon = afterScheme[..<at].firstIndex(of: ":") {
                self.passwords.append(String(afterScheme[afterScheme.index(after: colon)..<at]))
            }
            rest = afterScheme[afterScheme.index(after: at)...]
        }
        let hostsEnd = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let queryStart = rest[hostsEnd...].firstIndex(of: "?") ?? rest.endIndex
        self.hosts = String(rest[..<hostsEnd])
        self.database = String(rest[hostsEnd..<queryStart].drop { $0 == "/" })
        for parameter in rest[queryStart...].dropFirst().split(separator: "&") {
            let halves = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = halves.first.flatMap { String($0).removingPercentEncoding }
            if name == "password" || name == "sslpassword", halves.count == 2 {
                self.passwords.append(String(halves[1]))
            }
        }
    }

    /// Whether every host is followed by nothing or by a colon and digits.
    var hasValidPorts: Bool {
        self.hosts.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { host in
            let name = host.lastIndex(of: "]").map { host[host.index(after: $0)...] } ?? host
            guard let colon = name.firstIndex(of: ":") else { return true }
            let port = name[name.index(after: colon)...]
            return port.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
    }
}
