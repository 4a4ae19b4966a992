extension TestDatabase {
    /// Returns when the server itself says that so many sessions of this PostgreSQL database wait for a lock.
    ///
    /// - Parameters:
    ///   - count: How many must wait.
    ///   - isOver: Whether nobody will wait any more: then it returns as well.
    /// - Throws: ``TestKitError`` when nobody ever waited; ``StorageError`` when the server cannot be asked.
    package func awaitWaiting(_ count: Int = 1, unless isOver: () -> Bool = { false }) async throws {
        for _ in 0..<5_000 {
            if isOver() { return }
            let waiting = try await self.rows(
                """
                SELECT count(*) >= \(count) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                WHERE NOT l.granted AND a.datname = current_database()
                """)
            if waiting == [["t"]] { return }
        }
        throw TestKitError("fewer than \(count) sessions ever waited for a lock")
    }
}
