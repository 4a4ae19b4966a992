internal import AlmanacStorage

/// How long and how often sending a message is tried.
enum RetryPlan {
    /// Seconds for which a message that is being sent belongs to whoever sends it.
    ///
    /// Several times the minute that a channel may take: who is slower than that has most likely ended, and the message
    /// is sent again. It is counted by the clock that all hosts share.
    static let leaseSeconds: Int64 = 300

    /// Seconds of pause after the first failure, the second and so on.
    static let pauses: [Int64] = [60, 300, 900, 3_600, 10_800, 21_600, 43_200]

    /// When a message is tried again after so many attempts, or `nil` when it is given up.
    ///
    /// What is told after the appointment has ended helps nobody.
    static func next(after attempts: Int, now: Instant, end: Instant) -> Instant? {
        guard attempts >= 1, attempts <= self.pauses.count else { return nil }
        let due = now.adding(seconds: self.pauses[attempts - 1])
        return due < max(end, now.adding(seconds: 3_600)) ? due : nil
    }
}
