package import AlmanacSurface

/// Cookies that no script can read and no other site can send along with a change (RFC 6265bis).
package struct Cookies: Sendable {
    /// Whether browsers come by TLS.
    ///
    /// Only then can the names begin with `__Host-`, by which browsers see to it that nobody but this very host has set
    /// them.
    private let isHTTPS: Bool
    /// Whether the pages stand in a frame of another site's.
    private let isFramed: Bool

    /// - Parameters:
    ///   - isHTTPS: Whether browsers come by TLS.
    ///   - isFramed: Whether the pages stand in a frame of another site's: their cookies have names of their own and
    ///     count in the frames of that site only (`Partitioned`), where browsers keep cookies in frames at all.
    package init(isHTTPS: Bool, isFramed: Bool = false) {
        self.isHTTPS = isHTTPS
        self.isFramed = isFramed
    }

    private func name(_ name: String) -> String {
        let name = self.isFramed ? "\(name)-framed" : name
        return self.isHTTPS ? "__Host-\(name)" : name
    }

    /// The value of a cookie that a request brings.
    package func value(of name: String, in request: APIRequest) -> String? {
        let wanted = self.name(name)
        for line in request.values("cookie") {
            for part in line.split(separator: ";") {
                let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == wanted, !halves[1].isEmpty else {
                    continue
                }
                return String(halves[1])
            }
        }
        return nil
    }

    /// The header that sets a cookie until the browser is closed, or for as long as stated.
    ///
    /// - Parameters:
    ///   - name: Its name, without prefix.
    ///   - value: Printable ASCII without spaces, commas, semicolons and quotes; empty takes the cookie away.
    ///   - seconds: How long it is kept.
    /// - Returns: The header.
    package func setting(_ name: String, to value: String, seconds: Int64? = nil) -> (name: String, value: String) {
        let age = value.isEmpty ? "; Max-Age=0" : seconds.map { "; Max-Age=\($0)" } ?? ""
        let secure = self.isHTTPS ? "; Secure" : ""
        // Browsers take `None` by TLS only.
        let site = self.isFramed && self.isHTTPS ? "None; Partitioned" : "Lax"
        return ("set-cookie", "\(self.name(name))=\(value); Path=/; HttpOnly; SameSite=\(site)\(secure)\(age)")
    }
}
