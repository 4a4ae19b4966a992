internal import AlmanacKernel

/// Finds out from which address a request comes when proxies stand in between.
///
/// Each proxy appends to `X-Forwarded-For` from whom it got the request; whatever stands further left was there before,
/// and anybody can write anything there. So the header is read from the right, and only as long as the one who wrote an
/// entry is a proxy that the operator trusts: first the peer of the connection, then each entry for the one left of it.
enum ClientAddress {
    /// The address of whom a request comes from.
    ///
    /// - Parameters:
    ///   - request: The request, with the address of the connection's peer.
    ///   - trusted: The proxies that are believed.
    /// - Returns: The nearest address that is not a trusted proxy's, or the farthest proxy's when all are; the peer's
    ///   when that is not trusted, or when what a trusted proxy passed on is not an address.
    static func resolve(_ request: APIRequest, trusting trusted: [NetworkBlock]) -> String? {
        guard !trusted.isEmpty, let text = request.address, let peer = NetworkAddress(text),
            Self.trusts(trusted, peer)
        else { return request.address }
        let values = request.headers.filter { $0.name == "x-forwarded-for" }.map(\.value)
        // Several header lines are one list (RFC 9110 §5.3).
        let entries = values.joined(separator: ",").utf8
            .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard !values.isEmpty else { return text }
        var farthest = peer
        for entry in entries.reversed() {
            guard let address = Self.address(entry) else { return text }
            farthest = address
            guard Self.trusts(trusted, address) else { break }
        }
        return farthest.description
    }

    private static func trusts(_ trusted: [NetworkBlock], _ address: NetworkAddress) -> Bool {
        trusted.contains { $0.contains(address) }
    }

    /// An entry as proxies write it: `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, and perhaps a port behind the
    /// first or the last.
    static func address(_ entry: Substring.UTF8View) -> NetworkAddress? {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = entry.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        guard text.count <= 64 else { return nil }
        if text.first == UInt8(ascii: "[") {
            guard let end = text.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || Self.isPort(rest) else { return nil }
            let inner = text[text.index(after: text.startIndex)..<end]
            return inner.contains(UInt8(ascii: ":")) ? NetworkAddress(String(Substring(inner))) : nil
        }
        // More than one colon is IPv6, which has no port without brackets.
        if let colon = text.firstIndex(of: UInt8(ascii: ":")), colon == text.lastIndex(of: UInt8(ascii: ":")) {
            guard Self.isPort(text[colon...]) else { return nil }
            text = text[..<colon]
        }
        return NetworkAddress(String(Substring(text)))
    }

    /// Whether it is a colon and a number of one to five digits.
    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        text.first == UInt8(ascii: ":") && (2...6).contains(text.count)
            && text.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}
