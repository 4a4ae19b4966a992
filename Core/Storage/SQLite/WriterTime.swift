internal import Dispatch

/// What time it is for the writer, and who wakes it: tests hand in one that stands still until they move it.
struct WriterTime: Sendable {
    /// What time it is, by a clock that never goes back.
    let now: @Sendable () -> ContinuousClock.Instant
    /// Calls the closure, on any thread, when so much time has passed; whoever is called looks what time it is.
    let later: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void

    /// The time of the machine.
    static let system = WriterTime(
        now: { .now },
        later: { time, call in
            DispatchQueue.global().asyncAfter(deadline: .now() + time / .seconds(1)) { call() }
        })
}
