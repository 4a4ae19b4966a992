internal import Dispatch

/// How the pool tells the time and is woken; replaced by tests.
struct PostgresAlarm: Sendable {
    /// Nanoseconds that have passed since some moment; never goes back.
    let now: @Sendable () -> UInt64
    /// Runs `body` once so many nanoseconds have passed.
    let after: @Sendable (_ nanoseconds: UInt64, _ body: @escaping @Sendable () -> Void) -> Void

    static let system = PostgresAlarm(
        now: { DispatchTime.now().uptimeNanoseconds },
        after: { nanoseconds, body in
            let deadline = DispatchTime.now() + .nanoseconds(Int(clamping: nanoseconds))
            DispatchQueue.global().asyncAfter(deadline: deadline, execute: body)
        })
}
