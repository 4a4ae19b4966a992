internal import Foundation

/// How much of the writer's time requests took lately: an exponential mean over some milliseconds.
///
/// Clients that book as fast as they can leave the writer without a request for a moment after each group, while they
/// read their answers. Such a moment is no idleness: what begins in it makes all of them wait. Where requests come now
/// and then, most of the time is left, and the mean says so.
struct RequestShare {
    /// After this time, what was counts for a third of the mean (1/e).
    static var memory: Duration { .milliseconds(10) }
    /// From this share on, requests have the writer for themselves.
    static var high: Double { 1.0 / 3 }

    private var mean = 0.0
    private var end: ContinuousClock.Instant?

    /// Counts a group, in which there was a request or not.
    mutating func note(from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant, isOfRequests: Bool) {
        let kept = Self.weight(end - begin)
        self.mean = self.share(at: begin) * kept + (isOfRequests ? 1 - kept : 0)
        self.end = end
    }

    /// How long the background has to wait if no request comes; nil when it need not.
    func wait(at now: ContinuousClock.Instant) -> Duration? {
        let share = self.share(at: now)
        return share < Self.high ? nil : Self.memory * log(share / Self.high) + .microseconds(1)
    }

    private func share(at now: ContinuousClock.Instant) -> Double {
        self.end.map { self.mean * Self.weight(now - $0) } ?? 0
    }

    /// What is left of the mean after such a time.
    private static func weight(_ time: Duration) -> Double { exp(-max(time / self.memory, 0)) }
}
