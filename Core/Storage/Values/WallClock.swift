#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Tells what time it is.
///
/// Injected wherever the time matters; nothing else in the product reads a clock. Successive readings may go back
/// when somebody sets the machine's clock.
public protocol WallClock: Sendable {
    /// The current instant.
    var now: Instant { get }
}

/// The machine's clock, to the microsecond.
public struct SystemClock: WallClock {
    /// Makes a clock; all of them show the same time.
    public init() {}

    /// One reading of `CLOCK_REALTIME`.
    public var now: Instant {
        var time = timespec()
        // Cannot fail with a clock that always exists and a valid pointer.
        _ = clock_gettime(CLOCK_REALTIME, &time)
        return Instant(seconds: Int64(time.tv_sec)).adding(microseconds: Int64(time.tv_nsec) / 1_000)
    }
}
