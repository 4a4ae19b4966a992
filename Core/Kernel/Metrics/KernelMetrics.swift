/// Everything that is measured, by name.
///
/// Labels have few values, which the program knows beforehand: names of operations, classes of statuses, names of
/// policies. No path, id, address or text of a caller is ever one, so that nobody can make the number of series grow.
public enum KernelMetrics {
    /// From a millisecond to ten seconds: a read by key takes one, a sign-in a hundred, a deadline ten thousand.
    private static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// From ten microseconds: transactions are shorter than requests.
    private static let shortSeconds: [Double] = [0.00001, 0.0001, 0.00025] + Self.seconds

    /// Up to a day: what waits for a host that was away waits long.
    private static let longSeconds: [Double] = [0.01, 0.05, 0.25, 1, 5, 30, 120, 600, 3_600, 21_600, 86_400]

    /// Requests that were answered, by operation, method and class of status (`2xx`).
    public static let requests = MetricDefinition(
        "almanac_http_requests_total", "Requests that were answered, by operation, method and class of status.")
    /// How long answering took, by operation.
    public static let requestDuration = MetricDefinition(
        "almanac_http_request_duration_seconds", "Time from a complete request to its answer, by operation.",
        buckets: Self.seconds)
    /// Requests that are being answered.
    public static let requestsInFlight = MetricDefinition(
        "almanac_http_requests_in_flight", "Requests that are being answered now.")
    /// Refusals by the limits, by policy.
    public static let limitRefusals = MetricDefinition(
        "almanac_rate_limit_refusals_total", "Requests that a rate limit refused, by policy.")
    /// Attempts to sign in and to renew sessions, by means (see ``SignInMeans``) and outcome.
    public static let signIns = MetricDefinition(
        "almanac_sign_ins_total",
        "Attempts to sign in and to renew sessions, by means and outcome: success, or the code of the refusal.")
    /// Transactions that ended, by kind (`read`, `write`) and outcome (`done`, `refused`, `failed`).
    public static let transactions = MetricDefinition(
        "almanac_database_transactions_total",
        "Transactions that ended, by kind and outcome: done, refused (by a rule) or failed (the database).")
    /// How long transactions took, by kind; waiting included.
    public static let transactionDuration = MetricDefinition(
        "almanac_database_transaction_duration_seconds", "Time that transactions took, waiting included, by kind.",
        buckets: Self.shortSeconds)
    /// How long transactions waited for a connection or the writer, by kind.
    public static let transactionWait = MetricDefinition(
        "almanac_database_wait_seconds", "Time that transactions waited for a connection or for the writer, by kind.",
        buckets: Self.shortSeconds)
    /// Runs of transactions beyond the first.
    public static let transactionRetries = MetricDefinition(
        "almanac_database_retries_total", "Times that a transaction was run again, by kind.")
    /// Errors of the database, by code.
    public static let databaseErrors = MetricDefinition(
        "almanac_database_errors_total", "Transactions that the database ended with an error, by code.")
    /// Audit entries that were written.
    public static let auditEntries = MetricDefinition(
        "almanac_audit_entries_total", "Audit entries that were committed.")
    /// Deliveries of events that ended, by consumer and outcome (see ``DeliveryMeter``).
    public static let deliveries = MetricDefinition(
        "almanac_deliveries_total",
        "Deliveries of events by consumer and outcome: handled, repeated (it had been before), retried, dead or lost.")
    /// How long events waited until they were handled, by consumer.
    public static let deliveryDelay = MetricDefinition(
        "almanac_delivery_delay_seconds", "Time from an event until a consumer had handled it, by consumer.",
        buckets: Self.longSeconds)
    /// Attempts at jobs that ended, by job and outcome (see ``JobState``; `lost` when it was not this host's any more).
    public static let jobs = MetricDefinition(
        "almanac_jobs_total", "Attempts at jobs that ended, by job and what has become of it.")
    /// Rows that were removed because their time was over, by table.
    public static let retention = MetricDefinition(
        "almanac_retention_rows_total", "Rows that were removed because their time was over, by table.")

    // MARK: Asked for when metrics are shown

    /// Groups that SQLite's writer has committed.
    public static let sqliteGroups = MetricDefinition(
        "almanac_sqlite_groups_total", "Groups of transactions that the SQLite writer has committed, one fsync each.")
    /// Transactions in those groups.
    public static let sqliteGroupTransactions = MetricDefinition(
        "almanac_sqlite_group_transactions_total", "Transactions in the committed groups.")
    /// Transactions that wait for SQLite's writer.
    public static let sqliteQueue = MetricDefinition(
        "almanac_sqlite_writer_queue", "Transactions that wait for the SQLite writer.")
    /// Connections to PostgreSQL, by state (`busy`, `idle`).
    public static let postgresConnections = MetricDefinition(
        "almanac_postgres_connections", "Places in the pool of PostgreSQL connections, by state.")
    /// Transactions that wait for a connection to PostgreSQL.
    public static let postgresQueue = MetricDefinition(
        "almanac_postgres_pool_queue", "Transactions that wait for a PostgreSQL connection.")
    /// Passwords that wait to be hashed or are being hashed.
    public static let passwordQueue = MetricDefinition(
        "almanac_password_hashes_in_progress", "Passwords that are being hashed or wait for it.")

    /// All that handlers count, so that whoever shows them knows their words and buckets.
    public static let counted =
        [
            Self.requests, Self.requestDuration, Self.requestsInFlight, Self.limitRefusals, Self.signIns,
            Self.transactions, Self.transactionDuration, Self.transactionWait, Self.transactionRetries,
            Self.databaseErrors, Self.auditEntries, Self.deliveries, Self.deliveryDelay, Self.jobs, Self.retention,
        ] + Self.live
}
