#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// How long something took: a clock that nobody sets, with no relation to the time of day.
public struct MonotonicTime: Sendable {
    private let read: @Sendable () -> Int64

    /// A clock that tests turn.
    public init(_ read: @escaping @Sendable () -> Int64) { self.read = read }

    /// Nanoseconds since some moment in the past.
    public var nanoseconds: Int64 { self.read() }

    /// The machine's own.
    public static let system = MonotonicTime {
        var time = timespec()
        // Cannot fail with a clock that always exists and a valid pointer.
        _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
