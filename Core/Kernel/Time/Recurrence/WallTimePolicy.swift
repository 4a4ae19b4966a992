public import AlmanacStorage

/// What becomes of wall times that a change of the clock skips or repeats.
///
/// The default is what RFC 5545 §3.3.10 says last, by way of §3.3.5: a skipped time is read with the offset before the
/// gap, and of a repeated one the first counts. The section says the opposite a page earlier (such an occurrence is to
/// be ignored), which is ``Skipped/drop``. Whoever books ten lessons wants ten lessons and not nine, and the calendars
/// that they subscribe with read the rule the same way; hence the default.
public struct WallTimePolicy: Sendable, Hashable {
    /// What becomes of a time that the clock jumps over.
    public enum Skipped: String, Sendable, Hashable, CaseIterable, Codable {
        /// As much later as the clock jumps: 02:30 becomes 03:30 (RFC 5545 §3.3.5).
        case shift
        /// The first instant after the jump: 02:30 becomes 03:00.
        case clamp
        /// There is no occurrence, and `COUNT` does not count it.
        case drop
    }

    /// What becomes of a time that the clock shows twice.
    public enum Repeated: String, Sendable, Hashable, CaseIterable, Codable {
        /// The first of the two (RFC 5545 §3.3.5).
        case first
        /// Both; `COUNT` counts each.
        case both
    }

    /// What becomes of a time that the clock jumps over.
    public let skipped: Skipped

    /// What becomes of a time that the clock shows twice.
    public let repeated: Repeated

    /// A policy.
    ///
    /// - Parameters:
    ///   - skipped: What becomes of a time that the clock jumps over.
    ///   - repeated: What becomes of a time that the clock shows twice.
    public init(skipped: Skipped = .shift, repeated: Repeated = .first) {
        self.skipped = skipped
        self.repeated = repeated
    }

    /// Shift what is skipped, take the first of what is repeated.
    public static let standard = Self()

    /// Where a whole day begins: at the first instant whose calendar shows it.
    static let wholeDay = Self(skipped: .clamp, repeated: .first)

    /// When a wall time is in a zone; of a repeated one the first.
    ///
    /// - Returns: `nil` when the clock jumps over the time and the policy drops such times.
    public func instant(of local: LocalDateTime, in zone: Zone) -> Instant? {
        self.instants(of: zone.instants(of: local)).first
    }

    /// The instants that this policy makes of a wall time, in order: none, one or two.
    func instants(of resolution: LocalResolution) -> (first: Instant?, second: Instant?) {
        switch resolution {
        case .one(let instant): (instant, nil)
        case .ambiguous(let earlier, let later): (earlier, self.repeated == .both ? later : nil)
        case .skipped(_, let after, let transition):
            switch self.skipped {
            case .shift: (after, nil)
            case .clamp: (transition, nil)
            case .drop: (nil, nil)
            }
        }
    }
}
