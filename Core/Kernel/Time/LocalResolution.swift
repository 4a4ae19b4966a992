public import AlmanacStorage

/// The instants that a time on the clock stands for.
public enum LocalResolution: Sendable, Hashable {
    /// The ordinary case.
    case one(Instant)
    /// The clock is put back over the time, so that it is shown twice.
    case ambiguous(earlier: Instant, later: Instant)
    /// The clock jumps over the time at `transition`.
    ///
    /// `before` reads it with the offset that follows the jump and so lies before it; `after` reads it with the offset
    /// that precedes the jump and lies after it, as far as the time would have lain after the jump: 02:30 becomes
    /// 03:30.
    case skipped(before: Instant, after: Instant, transition: Instant)

    /// The instant when there is exactly one.
    public var exact: Instant? {
        if case .one(let instant) = self { instant } else { nil }
    }

    /// The reading that RFC 5545 §3.3.5 prescribes: the first of two, and 03:30 for a 02:30 that is jumped over.
    public var compatible: Instant {
        switch self {
        case .one(let instant): instant
        case .ambiguous(let earlier, _): earlier
        case .skipped(_, let after, _): after
        }
    }

    /// The earliest reading.
    public var earliest: Instant {
        switch self {
        case .one(let instant): instant
        case .ambiguous(let earlier, _): earlier
        case .skipped(let before, _, _): before
        }
    }

    /// The latest reading.
    public var latest: Instant {
        switch self {
        case .one(let instant): instant
        case .ambiguous(_, let later): later
        case .skipped(_, let after, _): after
        }
    }
}
