public import AlmanacKernel
internal import Foundation

/// The address of a mail server with who signs in: `smtp://user:password@mail.example:587`.
///
/// `smtp` begins in the clear and then encrypts (STARTTLS), as on port 587; `smtps` is encrypted from the first byte, as
/// on port 465. A path, if there is one, is the name by which this program greets the server. It shows itself without
/// who signs in.
public struct SMTPURL: Sendable, Equatable {
    /// How a connection begins.
    public enum Scheme: String, Sendable, CaseIterable {
        /// In the clear; encrypted before anything is said.
        case smtp
        /// Encrypted.
        case smtps

        /// The port where none is named: of submission (RFC 6409, RFC 8314 §3).
        var port: Int { self == .smtp ? 587 : 465 }
    }

    /// How a connection begins.
    public let scheme: Scheme
    /// The server's name or address; an IPv6 address in brackets.
    public let host: String
    /// The server's port.
    public let port: Int
    /// Who signs in; nobody when `nil`.
    public let user: String?
    /// The password; there may be none.
    public let password: Secret?
    /// The name by which this program greets the server; the machine's own when `nil`.
    public let greeting: String?

    /// Reads an address.
    ///
    /// - Returns: `nil` when it is none, or has a port that is no number, or a query.
    public init?(_ text: String) {
        let parts = Self.parts(of: text)
        guard let parts, let scheme = Scheme(rawValue: parts.scheme.lowercased()) else { return nil }
        guard let (host, port) = Self.place(parts.place) else { return nil }
        let user = parts.user.flatMap { String($0).removingPercentEncoding }
        let password = parts.password.flatMap { String($0).removingPercentEncoding }
        guard (user == nil) == (parts.user == nil), (password == nil) == (parts.password == nil),
            Self.isOneLine(user ?? ""), Self.isOneLine(password ?? ""), Self.isName(parts.path)
        else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.port
        self.user = user.flatMap { $0.isEmpty ? nil : $0 }
        self.password = password.flatMap { $0.isEmpty ? nil : Secret($0) }
        self.greeting = parts.path.isEmpty ? nil : String(parts.path)
    }

    /// The mail server of this machine, at the usual port.
    package init(local scheme: Scheme) {
        self.scheme = scheme
        self.host = "localhost"
        self.port = scheme.port
        self.user = nil
        self.password = nil
        self.greeting = nil
    }

    /// What stands in an address where a password may stand, as it is written.
    package static func writtenPassword(in text: String) -> String? { self.parts(of: text)?.password.map(String.init) }

    /// Whether the server is this machine, so that nothing goes over a network.
    public var isLoopback: Bool {
        self.host == "localhost" || self.host == "[::1]" || self.isLoopbackIPv4
    }

    private var isLoopbackIPv4: Bool {
        let parts = self.host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// What libcurl is given: without who signs in.
    var location: String { "\(self.description)/\(self.greeting ?? "")" }

    // MARK: Taking an address apart

    /// The parts as they are written, still percent-encoded.
    struct Parts {
        var scheme: Substring
        var user: Substring?
        var password: Substring?
        var place: Substring
        var path: Substring
    }

    /// The parts of an address, whatever stands in them; `nil` when it has no scheme.
    static func parts(of text: String) -> Parts? {
        guard let separator = text.range(of: "://") else { return nil }
        let rest = text[separator.upperBound...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var parts = Parts(
            scheme: text[..<separator.lowerBound], place: rest[..<slash],
            path: slash == rest.endIndex ? "" : rest[rest.index(after: slash)...])
        if let at = parts.place.lastIndex(of: "@") {
            let credentials = parts.place[..<at]
            parts.place = parts.place[parts.place.index(after: at)...]
            let colon = credentials.firstIndex(of: ":") ?? credentials.endIndex
            parts.user = credentials[..<colon]
            if colon < credentials.endIndex { parts.password = credentials[credentials.index(after: colon)...] }
        }
        return parts
    }

    private static func place(_ text: Substring) -> (host: String, port: Int?)? {
        let hostEnd =
            text.first == "[" ? text.firstIndex(of: "]").map { text.index(after: $0) } : text.firstIndex(of: ":")
        let host = text[..<(hostEnd ?? text.endIndex)]
        let rest = text[(hostEnd ?? text.endIndex)...]
        let isBracketed = host.first == "["
        let isHost = host.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            case UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"): isBracketed
            default: false
            }
        }
        guard !host.isEmpty, isHost else { return nil }
        guard !rest.isEmpty else { return (String(host), nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), (1...65_535).contains(port)
        else { return nil }
        return (String(host), port)
    }

    private static func isOneLine(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func isName(_ path: Substring) -> Bool {
        path.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."):
                true
            default: false
            }
        }
    }
}

extension SMTPURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Scheme, host and port, without who signs in.
    public var description: String { "\(self.scheme.rawValue)://\(self.host):\(self.port)" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// Shows only ``description``.
    public var customMirror: Mirror { Mirror(self, children: ["url": self.description]) }
}
