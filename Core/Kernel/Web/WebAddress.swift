internal import Foundation

/// An address of the web that somebody has given us to fetch: `https://host/path?query`.
///
/// It is put together anew from what was read, so that whoever fetches it understands the same. Path and query may hold
/// a secret, as those of private calendars do: ``description`` shows neither.
public struct WebAddress: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The whole address.
    public let text: String
    /// Whether what is sent and answered is encrypted.
    public let isEncrypted: Bool
    /// The name or address of the host, in lower case, without brackets.
    public let host: String
    /// The port, that of the scheme where none stands.
    public let port: Int

    private static let longest = 2_000

    /// Reads an address.
    ///
    /// `webcal:` means `https:`, as programs that subscribe to calendars read it.
    /// - Returns: `nil` for other schemes, for addresses that hold a user, a fragment or characters beyond visible ASCII,
    ///   and for what is no address.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), var host = parts.host,
            parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        switch scheme {
        case "https", "webcal": self.isEncrypted = true
        case "http": self.isEncrypted = false
        default: return nil
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        host = host.lowercased()
        let isLiteral = host.contains(":")
        guard (1...253).contains(host.utf8.count), isLiteral ? NetworkAddress(host) != nil : Self.isName(host) else {
            return nil
        }
        let usual = self.isEncrypted ? 443 : 80
        guard let port = parts.port.map({ (1...65_535).contains($0) ? $0 : nil }) ?? usual else { return nil }
        self.host = host
        self.port = port
        let place = "\(isLiteral ? "[\(host)]" : host)\(port == usual ? "" : ":\(port)")"
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        guard path.hasPrefix("/") else { return nil }
        let query = parts.percentEncodedQuery.map { "?\($0)" } ?? ""
        self.text = "\(self.isEncrypted ? "https" : "http")://\(place)\(path)\(query)"
    }

    private static func isName(_ host: String) -> Bool {
        host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "-._".utf8.contains(byte)
        }
    }

    /// Scheme, host and port: what a password is meant for.
    public var origin: String {
        let host = self.host.contains(":") ? "[\(self.host)]" : self.host
        return "\(self.isEncrypted ? "https" : "http")://\(host):\(self.port)"
    }

    /// Where a redirect leads (RFC 9110 §10.2.2), relative to this address or not.
    public func following(_ location: String) -> WebAddress? {
        guard location.utf8.count <= Self.longest, let base = URL(string: self.text),
            let target = URL(string: location, relativeTo: base)
        else { return nil }
        var parts = URLComponents(url: target.absoluteURL, resolvingAgainstBaseURL: true)
        // Fragments are for browsers.
        parts?.fragment = nil
        return parts?.string.flatMap { WebAddress($0) }
    }

    /// Scheme, host and port.
    public var description: String { self.origin }
    /// Scheme, host and port.
    public var debugDescription: String { self.origin }
}
