/// How new the state must be that a read sees.
public enum Freshness: Sendable, Hashable {
    /// Everything that was committed before it began.
    case current
    /// Everything that was committed so long before it began, and whatever of the rest there is.
    ///
    /// Such a read may be answered by a replica, where the deployment has one. Nobody who has just changed something
    /// should be shown the result by one.
    case stale(atMost: Duration)
}

extension Database {
    /// Runs `body` in a read transaction that need not see what was committed last.
    ///
    /// Rows are kept apart by organization as everywhere. Without a replica, and while there is none that is new enough,
    /// the primary database answers.
    /// - Parameters:
    ///   - freshness: How old the state may be.
    ///   - scope: Whose rows it may see.
    ///   - body: The work; it cannot await, and may be run again from the start.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or ``StorageError``; the absence of a replica is no error.
    public func read<T: Sendable>(
        _ freshness: Freshness, in scope: Scope, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        var request = self.request(scope, nil)
        if case .stale(let age) = freshness { request.staleness = age }
        return try await self.engine.read(request, body)
    }
}
