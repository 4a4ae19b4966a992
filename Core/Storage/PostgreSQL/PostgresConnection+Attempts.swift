#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

extension PostgresConnection {
    /// How often a transaction is begun again, by reason.
    private struct Budget {
        static let conflicts = 5

        /// Another transaction was in the way: the server chose this one to be repeated.
        var conflicts = Self.conflicts
        /// The connection broke before the commit was sent, so nothing was written.
        var losses = 2
        /// The schema changed under a prepared statement.
        var staleStatements = 1

        /// How long to wait before the next attempt, in milliseconds.
        ///
        /// Who waited for what this transaction gave up needs a moment to take it: an attempt that comes at once takes
        /// it back and ends in the same deadlock. Longer each time.
        var pause: Int32 {
            let met = Self.conflicts - self.conflicts
            return met == 0 ? 0 : 2 << Int32(met)
        }

        mutating func takeOne(of amount: WritableKeyPath<Budget, Int>) -> Bool {
            guard self[keyPath: amount] > 0 else { return false }
            self[keyPath: amount] -= 1
            return true
        }
    }

    /// Runs a transaction, again from the start as long as that is safe and sensible.
    func transact<T>(
        _ mode: Mode, _ request: TransactionRequest, _ body: (TransactionContext) throws -> T
    ) throws -> T {
        var budget = Budget()
        while true {
            try self.connect()
            do {
                return try self.attempt(mode, request, body)
            } catch {
                guard self.mayRepeat(after: error, &budget) else { throw error }
                if budget.pause > 0 { poll(nil, 0, budget.pause) }
            }
        }
    }

    private func attempt<T>(
        _ mode: Mode, _ request: TransactionRequest, _ body: (TransactionContext) throws -> T
    ) throws -> T {
        self.start(mode, request)
        let context = TransactionContext(request)
        let value: T
        do {
            value = try body(context)
            if let cause = self.poisoned { throw TransactionFailed(cause: cause) }
            try self.commit()
        } catch {
            self.rollback()
            throw error
        }
        for action in context.afterCommit { action() }
        return value
    }

    /// Decides by what the database said, also when the closure has put an error of its own in its place.
    private func mayRepeat(after error: any Error, _ budget: inout Budget) -> Bool {
        if let failure = self.failure, failure.isStale {
            self.forgetStatements()
            return budget.takeOne(of: \.staleStatements)
        }
        let root = TransactionFailed.root(of: self.poisoned ?? error) as? StorageError
        if self.failure?.isStandby == true || (self.isWriting && root?.code == .readOnly) {
            // The next connection is made to whoever takes writes, where the address names several servers.
            self.disconnect()
            return budget.takeOne(of: \.losses)
        }
        switch root?.code {
        case .serialization: return budget.takeOne(of: \.conflicts)
        case .unavailable where !self.isConnected: return budget.takeOne(of: \.losses)
        default: return false
        }
    }
}
