package import AlmanacStorage

/// Time that is taken on a resource, as the engine needs it of a stored claim.
///
/// A claim that ends where it begins, or before, takes nothing.
package struct ClaimSpan: Sendable, Hashable {
    /// Whether the claim could have been refused.
    enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A hold, a pending request, a confirmed booking, a seat: it was checked against the capacity.
        case exclusive
        /// Blocked time, imported busy time, a permitted override: it takes its units whatever the capacity.
        case fact
    }

    /// Where the appointment begins.
    var start: Instant
    /// Where the appointment ends.
    var end: Instant
    /// Where the buffer before it begins; equal to `start` without one.
    var paddedStart: Instant
    /// Where the buffer after it ends; equal to `end` without one.
    var paddedEnd: Instant
    /// How much of the capacity it takes.
    ///
    /// ``everyUnit`` closes the resource whatever its capacity; 0 takes nothing.
    var units: Int
    /// Whether the claim could have been refused.
    var kind: Kind
    /// When the claim lapses: from this instant on it takes nothing; `nil` is never.
    var expiresAt: Instant?
    /// How long the way takes from where the claim is to where what is asked for would be, in microseconds, 0 or more.
    ///
    /// Known only to a question that is about somewhere; what is elsewhere takes whoever it is of as a whole.
    var wayFrom: Int64 = 0
    /// How long the way takes from where what is asked for would be to where the claim is, in microseconds, 0 or more.
    var wayTo: Int64 = 0

    /// More units than any capacity has, yet so few that sums of them do not overflow.
    static let everyUnit = 1 << 31

    /// A claim with the given core and padded range.
    init(
        start: Instant, end: Instant, paddedStart: Instant, paddedEnd: Instant, units: Int = 1,
        kind: Kind = .exclusive, expiresAt: Instant? = nil
    ) {
        self.start = start
        self.end = end
        self.paddedStart = paddedStart
        self.paddedEnd = paddedEnd
        self.units = units
        self.kind = kind
        self.expiresAt = expiresAt
    }

    /// A booking that takes one unit and was checked.
    package init(start: Instant, end: Instant, paddedStart: Instant, paddedEnd: Instant) {
        self.init(start: start, end: end, paddedStart: paddedStart, paddedEnd: paddedEnd, units: 1)
    }

    /// Time in which the resource is closed altogether; it has no buffers.
    static func blocked(from start: Instant, to end: Instant) -> Self {
        Self(start: start, end: end, paddedStart: start, paddedEnd: end, units: Self.everyUnit, kind: .fact)
    }

    /// The core, bounded.
    var core: TimeSpan { TimeSpan(start: TimeSpan.bounded(self.start), end: TimeSpan.bounded(self.end)) }

    /// The padded range, bounded; it always holds the core.
    var padded: TimeSpan {
        TimeSpan(
            start: TimeSpan.bounded(min(self.paddedStart, self.start)),
            end: TimeSpan.bounded(max(self.paddedEnd, self.end)))
    }

    /// Whether it is so far from what is asked for that somebody must be on the way between the two.
    var isElsewhere: Bool { self.wayFrom > 0 || self.wayTo > 0 }

    /// The same claim without its way.
    var withoutWay: ClaimSpan {
        var span = self
        (span.wayFrom, span.wayTo) = (0, 0)
        return span
    }

    /// Whether the claim still counts.
    func isActive(at now: Instant) -> Bool {
        guard self.units > 0, self.start < self.end else { return false }
        guard let expiresAt = self.expiresAt else { return true }
        return now < expiresAt
    }
}
