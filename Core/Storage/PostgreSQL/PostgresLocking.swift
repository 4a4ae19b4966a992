/// How a transaction locks what it is about to check; replaced by tests that show what happens without.
package protocol PostgresLocking: Sendable {
    /// The statements that take `locks`, which arrive sorted; they run in this order and their rows are not read.
    func statements(for locks: [LockKey]) -> [SQL]
}

/// Transaction-level advisory locks: they cost no row and end with the transaction.
package struct AdvisoryLocking: PostgresLocking {
    package init() {}

    package func statements(for locks: [LockKey]) -> [SQL] {
        // One statement each: the order in which a set-returning expression would be evaluated is not promised.
        locks.map { "SELECT pg_advisory_xact_lock(\($0.value))" }
    }
}
