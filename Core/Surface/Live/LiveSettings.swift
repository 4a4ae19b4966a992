/// How many streams of events a host keeps open, and how it does.
public struct LiveSettings: Sendable, Equatable {
    /// Streams at once of one user, or of one network address where nobody has signed in; more are refused with 429.
    public var perUser: Int
    /// Streams at once of everybody together; more are refused with 503.
    public var total: Int
    /// After how many seconds in which nothing was sent something is sent that means nothing, so that proxies keep the
    /// connection and whoever listens knows that it is there.
    public var heartbeatSeconds: Int

    /// Describes limits.
    public init(perUser: Int = 10, total: Int = 500, heartbeatSeconds: Int = 15) {
        self.perUser = perUser
        self.total = total
        self.heartbeatSeconds = heartbeatSeconds
    }
}
