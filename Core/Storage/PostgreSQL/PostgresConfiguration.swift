/// How a PostgreSQL database is reached and how long anything in it may take.
public struct PostgresConfiguration: Sendable {
    /// Where the database is.
    public var url: PostgresURL
    /// The same database signed in to by the owner of the tables, for migrations; `nil` where ``url`` is the owner's.
    ///
    /// So the program that serves needs no right to change the schema or to switch row-level security off.
    public var ownerURL: PostgresURL?
    /// A streaming replica of the same database, for reads that need not be the newest; `nil` where there is none.
    public var replicaURL: PostgresURL?
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
    /// How long nothing may be heard of the server before it is asked whether it is there, and how long it may take to
    /// answer that; not positive is without limit.
    ///
    /// So after twice this time nobody waits any more for a server that hangs or has vanished, however long statements
    /// may take. A commit that was under way then has an unknown outcome. A connection that is opened to serve waits so
    /// long for the first word of each server.
    public var silenceTimeout: Duration = .milliseconds(750)
    /// How long connecting to a server may take, in whole seconds, 2…; `connect_timeout` in the URL stands above it.
    ///
    /// An address that answers nothing costs who maintains that long, and who serves ``silenceTimeout``.
    public var connectTimeout: Duration
    /// What `pg_stat_activity` shows.
    public var applicationName: String
    /// Whether code runs under the role of its room.
    ///
    /// Off for a managed database whose user may not create roles. Row-level security holds either way.
    public var usesRoles: Bool
    /// What answers at ``url``.
    public var pooler = PostgresPooler.none

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

extension PostgresConfiguration {
    /// The same for the owner of the tables, on sessions of its own.
    ///
    /// - Throws: ``StorageError`` with code `unavailable` when only a pooler's address is known, whose sessions are
    ///   everybody's.
    var maintaining: PostgresConfiguration {
        get throws(StorageError) {
            var configuration = self
            guard let owner = self.ownerURL else {
                if self.pooler == .none { return self }
                throw StorageError(
                    .unavailable,
                    """
                    \(self.url.place) is a connection pooler, and this work needs a session of its own: name the \
                    server itself in storage.ownerUrl
                    """)
            }
            configuration.url = owner
            configuration.ownerURL = nil
            configuration.pooler = .none
            return configuration
        }
    }
}

extension PostgresConfiguration {
    /// What a transaction sets for itself where sessions are everybody's, to stand in a list of calls.
    var transactionSettings: String {
        guard self.pooler == .transaction else { return "" }
        let settings = [
            ("statement_timeout", "\(self.statementTimeout.postgresMilliseconds)"),
            ("lock_timeout", "\(self.lockTimeout.postgresMilliseconds)"),
            ("idle_in_transaction_session_timeout", "\(PostgresHandle.idleMilliseconds)"),
            ("TimeZone", "UTC"), ("DateStyle", "ISO"),
        ]
        return settings.map { ", set_config('\($0)', '\($1)', true)" }.joined()
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
