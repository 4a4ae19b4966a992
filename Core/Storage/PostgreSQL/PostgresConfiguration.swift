/// How a PostgreSQL database is reached and how long anything in it may take.
public struct PostgresConfiguration: Sendable {
    /// Where the database is.
    public var url: PostgresURL
    /// The same database signed in to by the owner of the tables, for migrations; `nil` where ``url`` is the owner's.
    ///
    /// So the program that serves needs no right to change the schema or to switch row-level security off.
    public var ownerURL: PostgresURL?
    /// How many transactions run at once, 1…64.
    ///
    /// More than four for each core of the server make it slower.
    public var poolSize: Int
    /// How long one statement may run; not positive is without limit.
    ///
    /// Migrations have no limit.
    public var statementTimeout: Duration
    /// How long one statement may wait for a lock; shorter than the statement's limit, so that the message says so.
    public var lockTimeout: Duration
    /// How long a transaction may wait for a connection of the pool; not positive is without limit.
    ///
    /// Who waits longer is refused with `timeout`, before anything of it has run.
    public var poolTimeout: Duration = .seconds(5)
    /// How long connecting may take, in whole seconds, 2…; an address that answers nothing costs that long.
    public var connectTimeout: Duration
    /// What `pg_stat_activity` shows.
    public var applicationName: String
    /// Whether code runs under the role of its room.
    ///
    /// Off for a managed database whose user may not create roles. Row-level security holds either way.
    public var usesRoles: Bool

    /// Describes a database.
    public init(
        url: PostgresURL, poolSize: Int = 8, statementTimeout: Duration = .seconds(10),
        lockTimeout: Duration = .seconds(5), connectTimeout: Duration = .seconds(5),
        applicationName: String = "almanac",
        usesRoles: Bool = true
    ) {
        self.url = url
        self.poolSize = min(max(poolSize, 1), 64)
        self.statementTimeout = statementTimeout
        self.lockTimeout = lockTimeout
        self.connectTimeout = connectTimeout
        self.applicationName = applicationName
        self.usesRoles = usesRoles
    }
}

extension Duration {
    /// The duration in nanoseconds; `nil` when not positive.
    var postgresNanoseconds: UInt64? {
        guard self > .zero else { return nil }
        let (seconds, attoseconds) = self.components
        let (nanoseconds, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        // A century is as good as for ever, and can be added to the time without overflow.
        return overflow
            ? 3_200_000_000_000_000_000
            : min(nanoseconds, 3_200_000_000_000_000_000) + UInt64(attoseconds / 1_000_000_000)
    }

    /// The duration as a PostgreSQL setting: whole milliseconds, rounded up, 0 when not positive.
    var postgresMilliseconds: Int32 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = self.components
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard !overflow else { return .max }
        let rest = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: milliseconds.addingReportingOverflow(rest).partialValue)
    }
}
