public import AlmanacKernel

/// Which network addresses may be reached for addresses that strangers have given.
///
/// Public ones only: behind the others stands what belongs to the operator or to nobody, as the metadata of a cloud, a
/// database, a printer (OWASP Server-Side Request Forgery Prevention Cheat Sheet). The blocks are those of the IANA
/// registries of special-purpose addresses (RFC 6890) and multicast.
public struct AddressRule: Sendable {
    private let allowed: [NetworkBlock]

    /// Public addresses, and those of these blocks: networks of the operator's own whose services may be named.
    public init(allowing allowed: [NetworkBlock] = []) { self.allowed = allowed }

    /// Whether an address may be reached.
    public func allows(_ address: NetworkAddress) -> Bool {
        if self.isOwn(address) { return true }
        let blocks = address.isIPv4 ? Self.special4 : Self.special6
        return !blocks.contains { $0.contains(address) }
            && (address.isIPv4 || Self.global6.contains { $0.contains(address) })
    }

    /// Whether an address is in a network of the operator's own, where a password may travel unencrypted.
    public func isOwn(_ address: NetworkAddress) -> Bool { self.allowed.contains { $0.contains(address) } }

    private static func blocks(_ texts: [String]) -> [NetworkBlock] { texts.compactMap { try? NetworkBlock($0) } }

    private static let special4 = Self.blocks([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    ])

    /// All that is assigned to the public so far (RFC 4291 §2.4): what embeds IPv4, links and sites lie outside of it.
    private static let global6 = Self.blocks(["2000::/3"])
    private static let special6 = Self.blocks(["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"])
}
