/// How much of a calendar of somebody else's is read before it is refused.
///
/// The defaults hold many years of a busy person. Whoever sends more sends a mistake or an attack: a file of a few bytes
/// can describe more occurrences than fit into any memory.
public struct CalendarLimits: Sendable, Hashable {
    /// How many bytes the text may have.
    public var bytes = 8 << 20
    /// How many events, and stretches of free-busy time, there may be.
    public var events = 50_000
    /// How many of the events may repeat.
    public var series = 5_000
    /// How many times in all may be busy within the stretch that is asked for.
    public var occurrences = 20_000
    /// How many occurrences may be passed over in all, because they lie before the stretch and have to be counted.
    public var walk = 200_000

    /// The limits that hold unless others are named.
    public init() {}

    /// How deep components may stand in one another.
    static let depth = 8
    /// How many zones a calendar may describe, and how many rules each of them may have.
    static let zones = 200
    static let observances = 200
    /// How many rules all zones may have that the system does not know: each is worked out for more than a century.
    static let rules = 1_000
    /// How many times of a day a rule may name.
    static let timesOfDay = 288
    /// How many periods without an occurrence may follow one another before a series counts as over.
    static let silence = 1_000
    /// The same for the rules of zones, which hold every year.
    static let silenceOfZones = 100
}
