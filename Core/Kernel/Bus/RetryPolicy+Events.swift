extension RetryPolicy {
    /// How events are retried unless their consumer says otherwise: 16 attempts within some five hours.
    ///
    /// The first pauses are short, because most failures are over in a moment; the last ones leave time to mend what
    /// is broken before anything is dead.
    public static let events = RetryPolicy(attempts: 16, firstPause: .seconds(1), longestPause: .seconds(3_600))
}
