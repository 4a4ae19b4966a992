internal import Synchronization

/// Makes UUIDs of version 7 (RFC 9562 §5.7) that sort by creation, also within one millisecond.
///
/// 48 bits are the milliseconds since the epoch, 26 a counter, 48 random; version and variant are the rest. The
/// counter is RFC 9562 §6.2 method 1: with each new millisecond it starts at a random value below 65,536, which leaves
/// room for more than 67 million identifiers; should they be used up, the time part moves one millisecond ahead. When
/// the clock stands still or goes back, the time part stays: identifiers of one generator always ascend.
/// Safe to share between tasks; the lock is held for a few nanoseconds, without the random source.
public final class UUIDv7Generator: IDSource {
    private struct State {
        var milliseconds: UInt64 = 0
        var counter: UInt64 = 0

        /// Moves to the next pair of milliseconds and counter.
        mutating func advance(to milliseconds: UInt64, seed: UInt64) {
            if milliseconds > self.milliseconds {
                self.milliseconds = milliseconds
                self.counter = seed
            } else if self.counter < UUIDv7Generator.counterLimit {
                self.counter += 1
            } else {
                self.milliseconds = (self.milliseconds + 1) & UUIDv7Generator.timeLimit
                self.counter = seed
            }
        }
    }

    private static let counterLimit: UInt64 = 1 << 26 - 1
    private static let timeLimit: UInt64 = 1 << 48 - 1

    private let random: any RandomSource
    private let state = Mutex(State())

    /// A generator that draws from `random`.
    public init(random: any RandomSource = BufferedRandom()) {
        self.random = random
    }

    /// A new identifier, greater than each one before.
    ///
    /// - Parameter now: When the thing is created; before 1970 counts as 1970.
    /// - Returns: The two halves of the identifier.
    public func make(at now: Instant) -> (UInt64, UInt64) {
        // One draw: a call of the system's generator costs more than all the rest.
        let bits = self.random.next()
        let seed = bits >> 48
        let milliseconds = min(UInt64(max(now.microseconds, 0)) / 1_000, Self.timeLimit)
        let (time, counter) = self.state.withLock { state in
            state.advance(to: milliseconds, seed: seed)
            return (state.milliseconds, state.counter)
        }
        // time 48 | version 4 | counter 12, then variant 2 | counter 14 | random 48
        let high = time << 16 | 0x7000 | counter >> 14
        let low = 0x8000_0000_0000_0000 | (counter & 0x3FFF) << 48 | bits & 0xFFFF_FFFF_FFFF
        return (high, low)
    }
}
