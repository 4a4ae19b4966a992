#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An address of IPv4 or IPv6, without a port.
///
/// An IPv4 address inside IPv6 (`::ffff:192.0.2.1`, RFC 4291 §2.5.5.2) is the IPv4 address, however it is written.
public struct NetworkAddress: Sendable, Hashable {
    /// The 128 bits of IPv6; an IPv4 address as the mapped one.
    let high: UInt64
    let low: UInt64

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads an address as people and programs write it: `192.0.2.1`, `2001:db8::1`.
    ///
    /// - Returns: `nil` for everything else: names, ports, zones of links, brackets, leading zeros in IPv4.
    public init?(_ text: String) {
        // The longest form there is has 45 characters. A NUL would end the text early for the C library.
        guard (2...45).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        var bytes: (UInt64, UInt64) = (0, 0)
        if text.utf8.contains(UInt8(ascii: ":")) {
            guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
            self.init(high: UInt64(bigEndian: bytes.0), low: UInt64(bigEndian: bytes.1))
        } else {
            var word: UInt32 = 0
            guard inet_pton(AF_INET, text, &word) == 1 else { return nil }
            self.init(high: 0, low: Self.mappedPrefix | UInt64(UInt32(bigEndian: word)))
        }
    }

    /// Whether it is an address of IPv4.
    public var isIPv4: Bool { self.high == 0 && self.low & ~0xFFFF_FFFF == Self.mappedPrefix }

    private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

    /// What counts as one caller: an IPv4 address as a whole, of an IPv6 address the first 64 bits.
    ///
    /// Whoever has one address of IPv6 has 2^64 of them (RFC 4291 §2.5.4, RFC 6177), and could use a new one each time.
    var limitKey: LimitKey { self.isIPv4 ? LimitKey(high: 0, low: self.low) : LimitKey(high: self.high, low: 0) }

    /// The callers that count as one with this one, as it is logged: `192.0.2.1`, `2001:db8::/64`.
    package var limitName: String {
        self.isIPv4 ? self.description : "\(NetworkAddress(high: self.high, low: 0))/64"
    }
}

extension NetworkAddress: CustomStringConvertible {
    /// The address in its usual form: dotted, or as RFC 5952 wants it.
    public var description: String {
        if self.isIPv4 {
            return [24, 16, 8, 0].map { "\(self.low >> UInt64($0) & 0xFF)" }.joined(separator: ".")
        }
        var bytes = (self.high.bigEndian, self.low.bigEndian)
        // 46 is INET6_ADDRSTRLEN: the longest text and its NUL.
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 46) { buffer in
            guard let start = buffer.baseAddress, let text = inet_ntop(AF_INET6, &bytes, start, 46) else {
                return ""
            }
            return String(cString: text)
        }
    }
}
