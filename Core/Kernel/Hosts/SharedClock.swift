public import AlmanacStorage

/// The clock that all hosts of a deployment share, for spans of time so short that their own clocks may differ by more.
///
/// On PostgreSQL that is the database's. SQLite has one host, whose clock it is; a clock that was given in place of the
/// machine's is taken as it is, since tests turn it.
public struct SharedClock: Sendable {
    private let isOfTheDatabase: Bool

    init(_ database: Database) {
        self.init(isOfTheDatabase: database.engine.name == "postgres" && database.clock is SystemClock)
    }

    /// A clock that is or is not the database's, whatever there is.
    init(isOfTheDatabase: Bool) {
        self.isOfTheDatabase = isOfTheDatabase
    }

    /// So much later than now, as an expression in microseconds since the epoch.
    ///
    /// - Parameters:
    ///   - instant: Now by this host's clock.
    ///   - seconds: How much later.
    /// - Returns: The expression.
    public func now(_ instant: Instant, adding seconds: Int64 = 0) -> SQL {
        guard self.isOfTheDatabase else { return "\(instant.adding(seconds: seconds))" }
        let time: SQL = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
        return seconds == 0 ? time : "\(time) + \(seconds * 1_000_000)"
    }

    /// Now by this host's clock or by the shared one, whichever is later, as an expression.
    public func latest(_ instant: Instant) -> SQL {
        self.isOfTheDatabase ? "greatest(\(instant), \(self.now(instant)))" : "\(instant)"
    }
}
