internal import AlmanacStorage

/// The clock that all hosts of a deployment share, for spans of time so short that their own clocks may differ by more.
///
/// On PostgreSQL that is the database's. SQLite has one host, whose clock it is; a clock that was given in place of the
/// machine's is taken as it is, since tests turn it.
struct SharedClock: Sendable {
    private let isOfTheDatabase: Bool

    init(_ database: Database) {
        self.isOfTheDatabase = database.engine.name == "postgres" && database.clock is SystemClock
    }

    /// Now, as an expression in microseconds since the epoch; `instant` is the time by this host's clock.
    func now(_ instant: Instant) -> SQL {
        self.isOfTheDatabase ? "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint" : "\(instant)"
    }
}
