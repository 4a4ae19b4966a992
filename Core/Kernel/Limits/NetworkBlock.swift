/// A block of network addresses in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`, or one address.
public struct NetworkBlock: Sendable, Hashable {
    /// Why a text is no block.
    public enum Mistake: Error, Sendable, Equatable {
        /// It is neither an address nor an address with a length.
        case notABlock
        /// There are bits behind the prefix: the block that was meant, perhaps.
        case bitsBehindPrefix(NetworkBlock)
        /// The length is 0: every address there is.
        case everything
    }

    private let base: NetworkAddress
    /// How many leading bits count, of the 128 of IPv6.
    private let length: Int

    private init(_ base: NetworkAddress, length: Int) {
        self.base = base
        self.length = length
    }

    /// Reads a block.
    ///
    /// - Throws: ``Mistake`` with what is wrong.
    public init(_ text: String) throws(Mistake) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = halves.first, let address = NetworkAddress(first) else { throw .notABlock }
        let width = address.isIPv4 ? 32 : 128
        guard halves.count == 2 else {
            self.init(address, length: 128)
            return
        }
        let digits = halves[1]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            digits == "0" || !digits.hasPrefix("0"), let length = Int(digits), length <= width
        else { throw .notABlock }
        guard length > 0 else { throw .everything }
        let block = Self(address.masked(to: 128 - width + length), length: 128 - width + length)
        guard block.base == address else { throw .bitsBehindPrefix(block) }
        self = block
    }

    /// Whether an address is in the block.
    public func contains(_ address: NetworkAddress) -> Bool {
        address.isIPv4 == self.base.isIPv4 && address.masked(to: self.length) == self.base
    }
}

extension NetworkBlock: CustomStringConvertible {
    /// The block in CIDR notation; one address without a length.
    public var description: String {
        guard self.length < 128 else { return "\(self.base)" }
        return "\(self.base)/\(self.base.isIPv4 ? self.length - 96 : self.length)"
    }
}

extension NetworkAddress {
    /// The address with all but the first `length` bits cleared; `length` is 1…128.
    fileprivate func masked(to length: Int) -> NetworkAddress {
        // Shifting by the full width or more yields 0, as it should.
        NetworkAddress(
            high: self.high & (length >= 64 ? .max : ~(UInt64.max >> UInt64(length))),
            low: self.low & (length <= 64 ? 0 : ~(UInt64.max >> UInt64(length - 64))))
    }
}
