/// One caller's closure on its way through the writer; may run several times, is answered once.
struct SQLiteWriteJob: Sendable {
    /// What one run of the closure led to, to be told once the fate of its group is known.
    struct Outcome {
        /// Whether the closure threw, so that its savepoint is undone.
        let hasFailed: Bool
        /// Tells the caller; with an error when the group was lost.
        let answer: ((any Error)?) -> Void
    }

    /// Whether the closure will be undone after it wrote, so that it needs a savepoint.
    let isUndone: Bool
    /// Whether it goes before others or lets them go first.
    let priority: WorkPriority
    /// Runs the closure once, in a context of its own.
    let run: @Sendable (SQLiteConnection) -> Outcome
    /// Tells the caller that the closure could not be run.
    let refuse: @Sendable (any Error) -> Void

    init<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T,
        _ continuation: CheckedContinuation<T, any Error>
    ) {
        self.isUndone = request.isUndone
        self.priority = request.priority
        self.refuse = { continuation.resume(throwing: $0) }
        self.run = { @Sendable connection in
            let context = TransactionContext(request)
            connection.poisoned = nil
            let result = Result<T, any Error> {
                let value = try body(Transaction(connection, context, as: request.namespace))
                if let cause = connection.poisoned { throw TransactionFailed(cause: cause) }
                return value
            }
            var hasFailed = false
            if case .failure = result { hasFailed = true }
            return Outcome(hasFailed: hasFailed) { lost in
                if let lost {
                    continuation.resume(throwing: lost)
                    return
                }
                if !hasFailed { for action in context.afterCommit { action() } }
                continuation.resume(with: result)
            }
        }
    }
}
