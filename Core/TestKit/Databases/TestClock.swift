public import AlmanacStorage

/// The time at which tests begin.
public enum TestClock {
    /// 2026-03-02T08:00:00Z, a Monday morning four weeks before clocks change in Europe.
    public static let start = Instant(seconds: 1_772_438_400)
}
