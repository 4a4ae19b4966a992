/// The origin of a web page as browsers send it (RFC 6454 §6.2): `https://book.example.org`, perhaps with a port.
public struct WebOrigin: Sendable, Hashable, CustomStringConvertible {
    /// The origin, in the one spelling that browsers use.
    public let description: String

    /// Reads an origin.
    ///
    /// It is `nil` for everything else: `*`, `null`, a path or a slash behind, capital letters, the usual port of its
    /// scheme.
    public init?(_ text: String) {
        guard let scheme = ["https://", "http://"].first(where: { text.utf8.starts(with: $0.utf8) }),
            text.utf8.count <= 300
        else { return nil }
        let parts = text.utf8.dropFirst(scheme.utf8.count)
            .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), Self.isHost(parts[0]) else { return nil }
        if parts.count == 2 {
            guard (1...5).contains(parts[1].count), parts[1].allSatisfy({ (0x30...0x39).contains($0) }),
                let port = Int(Substring(parts[1])), (1...65_535).contains(port),
                "\(port)".utf8.count == parts[1].count,
                port != (scheme == "https://" ? 443 : 80)
            else { return nil }
        }
        self.description = text
    }

    private static func isHost(_ host: Substring.UTF8View) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                }
        }
    }
}
