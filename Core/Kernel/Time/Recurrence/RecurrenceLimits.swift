/// What a series that people book may be.
public struct RecurrenceLimits: Sendable, Hashable {
    /// How many occurrences it may have.
    public var occurrences: Int

    /// The shortest period by which it may repeat.
    public var finest: RecurrenceRule.Frequency

    /// Limits.
    ///
    /// - Parameters:
    ///   - occurrences: How many occurrences a series may have.
    ///   - finest: The shortest period by which it may repeat. Lessons repeat by days; a rule that repeats by seconds
    ///     is a slip or an attack.
    public init(occurrences: Int = 1_000, finest: RecurrenceRule.Frequency = .daily) {
        self.occurrences = occurrences
        self.finest = finest
    }
}
