internal import AlmanacStorage

/// Puts a plugin aside whose work items all fail, so that they wait instead of being used up.
///
/// One item that always fails is that item's trouble, however often it is tried. When many different ones fail and none
/// succeeds, it is the plugin's: then nothing is begun for a while. After it items are let through again; the first that
/// succeeds ends the quarantine, the first that fails prolongs it.
struct Breaker: Sendable {
    /// How many different items have to fail in a row.
    static let limit = 20
    /// The first quarantine and the longest, in seconds.
    static let seconds: ClosedRange<Int64> = 60...900

    private var failing: Set<String> = []
    private var length: Int64 = 0
    /// Since when the plugin is put aside.
    private(set) var since: Instant?
    private var until: Instant?

    /// Whether items may be begun; also when the clock was set back behind the quarantine.
    func admits(at now: Instant) -> Bool {
        guard let since = self.since, let until = self.until else { return true }
        return until <= now || now < since
    }

    /// An item succeeded.
    mutating func succeed() { self = Breaker() }

    /// An item failed.
    ///
    /// - Returns: Whether the plugin was put aside by that.
    mutating func fail(_ item: String, at now: Instant) -> Bool {
        if self.since == nil {
            self.failing.insert(item)
            guard self.failing.count >= Self.limit else { return false }
            self.since = now
        } else if !self.admits(at: now) {
            // Begun before the quarantine.
            return false
        }
        self.length = self.length == 0 ? Self.seconds.lowerBound : min(self.length * 2, Self.seconds.upperBound)
        self.until = now.adding(seconds: self.length)
        return true
    }
}
