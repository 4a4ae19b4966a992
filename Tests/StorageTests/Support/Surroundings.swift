import AlmanacTestKit

/// What else there is while a test runs.
enum Surroundings {
    /// What stands before PostgreSQL.
    @TaskLocal static var pooler: PgBouncer?
}

/// Runs `body` with PgBouncer before every PostgreSQL database it opens.
func behindPgBouncer<T>(sessions: Int, _ body: () async throws -> T) async throws -> T {
    try await withPgBouncer(sessions: sessions) { pooler in
        try await Surroundings.$pooler.withValue(pooler) { try await body() }
    }
}
