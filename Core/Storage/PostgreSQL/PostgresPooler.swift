/// What stands between this program and the server.
public enum PostgresPooler: String, Sendable, Hashable, CaseIterable {
    /// Nothing; or a pooler that gives each connection a session of its own, which makes no difference.
    case none
    /// A pooler that gives out sessions for one transaction each, as PgBouncer with `pool_mode = transaction`.
    ///
    /// A session is everybody's: what a transaction leaves behind meets strangers, and a statement prepared in one is
    /// unknown in the next. So nothing is prepared, every setting ends with its transaction, and maintenance goes to
    /// the server itself. Source: <https://www.pgbouncer.org/features.html>.
    case transaction
}
