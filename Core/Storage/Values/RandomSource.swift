/// Where random bits come from.
///
/// Injected, so that a test can repeat a run. Secrets and tokens need ``SystemRandom``.
public protocol RandomSource: Sendable {
    /// 64 uniformly distributed bits.
    func next() -> UInt64

    /// So many random bytes; none when `count` is negative.
    func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
    /// The bytes of as many words as are needed, low byte first.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(count, 0))
        while bytes.count < count {
            let word = self.next()
            for shift in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(shift))))
            }
        }
        return bytes
    }
}

/// The operating system's cryptographically secure generator.
public struct SystemRandom: RandomSource {
    /// Makes a source; all of them draw from the same generator.
    public init() {}

    /// 64 bits from the operating system.
    public func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}
