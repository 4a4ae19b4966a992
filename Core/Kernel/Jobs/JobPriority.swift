/// How urgent a job is: of those whose time has come, more urgent ones are begun first.
///
/// Strictly so: as long as urgent jobs fill all places, others wait. Use ``high`` for what somebody is waiting for and
/// ``low`` for what may take until the night.
public enum JobPriority: Int, Sendable, Hashable, CaseIterable, Comparable {
    /// Nobody is waiting: clearing up, digests, recomputing.
    case low = 0
    /// The ordinary case.
    case normal = 1
    /// Somebody is waiting.
    case high = 2

    /// Whether `lhs` is less urgent than `rhs`.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }

    /// From the most urgent to the least.
    static let descending: [JobPriority] = Self.allCases.sorted(by: >)
}
