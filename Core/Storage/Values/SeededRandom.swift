internal import Synchronization

/// A reproducible random source for tests: the same seed gives the same bits.
///
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014). Anyone can compute what
/// comes next from what came before: never for secrets.
public final class SeededRandom: RandomSource {
    private let state: Mutex<UInt64>

    /// A source that starts from `seed`.
    public init(seed: UInt64) {
        self.state = Mutex(seed)
    }

    /// The next 64 bits of the sequence.
    public func next() -> UInt64 {
        var bits = self.state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
