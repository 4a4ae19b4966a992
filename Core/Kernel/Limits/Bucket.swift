/// What one caller owes of one limit: the generic cell rate algorithm (GCRA).
///
/// It is the algorithm of ITU-T I.371, Annex A, in its form as a continuous-state leaky bucket, which decides exactly
/// as the form with a theoretical arrival time does. The debt is counted in shares of a limit, see ``RateLimit``, so
/// that all arithmetic is on whole numbers and exact; what cannot be represented counts as the nearest that can.
///
/// When the clock goes back nothing is given back for it. Less than a second back is the order in which requests that
/// came at once got here, or a clock being adjusted: it is as if no time had passed, so that no time counts twice. After
/// a larger step counting goes on from the new time, so that a correction of the clock shuts nobody out for its length.
struct Bucket: Sendable, Equatable {
    /// Shares that are owed at ``time``; from 0 to the capacity of the limit.
    private(set) var debt: Int64 = 0
    /// When the debt was last worked out, in microseconds since the epoch.
    private(set) var time: Int64

    /// A second: a clock that goes back by less stands still.
    private static let tolerance: Int64 = 1_000_000

    /// Nothing is owed.
    init(at time: Int64) { self.time = time }

    /// Takes off what has come back until `now`.
    mutating func advance(to now: Int64, _ limit: RateLimit) {
        guard now > self.time else {
            let (back, isFar) = self.time.subtractingReportingOverflow(now)
            if isFar || back >= Self.tolerance { self.time = now }
            return
        }
        defer { self.time = now }
        let (elapsed, isLong) = now.subtractingReportingOverflow(self.time)
        let (returned, isMuch) = elapsed.multipliedReportingOverflow(by: limit.sharesPerMicrosecond)
        self.debt = isLong || isMuch ? 0 : max(0, self.debt - returned)
    }

    /// How many requests are allowed at once at ``time``.
    func remaining(_ limit: RateLimit) -> Int {
        Int((limit.capacity - self.debt) / limit.cost)
    }

    /// Whether ``remaining(_:)`` is at least 1, without dividing.
    func allowsOne(_ limit: RateLimit) -> Bool { limit.capacity - self.debt >= limit.cost }

    /// Microseconds from ``time`` until one more request is allowed than now, rounded up; 0 when nothing is owed.
    func microsecondsUntilMore(_ limit: RateLimit) -> Int64 {
        let remaining = self.remaining(limit)
        guard remaining < limit.burst else { return 0 }
        let excess = self.debt - (limit.capacity - Int64(remaining + 1) * limit.cost)
        return Self.dividedRoundingUp(excess, by: limit.sharesPerMicrosecond)
    }

    /// When nothing will be owed any more, in microseconds since the epoch; at the latest the last time there is.
    func fullAgain(_ limit: RateLimit) -> Int64 {
        let (sum, overflow) = self.time.addingReportingOverflow(
            Self.dividedRoundingUp(self.debt, by: limit.sharesPerMicrosecond))
        return overflow ? .max : sum
    }

    /// Counts a request that ``remaining(_:)`` allows.
    mutating func charge(_ limit: RateLimit) {
        self.debt = min(limit.capacity, self.debt + limit.cost)
    }

    /// Takes back one request that was counted.
    mutating func giveBack(_ limit: RateLimit) {
        self.debt = max(0, self.debt - limit.cost)
    }

    /// What `value`, which is at least 0, is over `divisor`.
    private static func dividedRoundingUp(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder == 0 ? quotient : quotient + 1
    }
}
