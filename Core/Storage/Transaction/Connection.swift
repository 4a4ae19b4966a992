/// An engine's connection inside one transaction: bound to its thread, never Sendable.
///
/// Engines override ``perform(_:_:as:row:)`` and its companions; the checks that hold on both engines live here.
class Connection {
    /// Set by the first failed statement: PostgreSQL refuses the rest of the transaction, so SQLite does too.
    var poisoned: (any Error)?

    // MARK: What an engine does

    /// What is known of a statement, from the engine's cache.
    func plan(for sql: SQL) -> StatementPlan {
        preconditionFailure("\(type(of: self)) plans no statements")
    }

    /// Runs a statement that passed all checks, hands each row to `row`, and returns the number of rows changed.
    func perform(
        _ sql: SQL, _ plan: StatementPlan, as namespace: Namespace, row: (inout RowReader) throws -> Void
    ) throws -> Int {
        preconditionFailure("\(type(of: self)) runs no statements")
    }

    /// Runs a statement whose answer nobody waits for; an error may appear at a later statement or at the commit.
    func performLater(_ sql: SQL, _ plan: StatementPlan, as namespace: Namespace) throws {
        _ = try self.perform(sql, plan, as: namespace) { _ in }
    }

    /// Takes locks that are held until the transaction ends, in the given order.
    func acquire(_ locks: [LockKey]) throws {
        preconditionFailure("\(type(of: self)) takes no locks")
    }

    /// Opens, keeps and undoes a savepoint.
    ///
    /// Nested savepoints may share a name: the innermost one is meant.
    func savepoint(_ step: SavepointStep) throws {
        preconditionFailure("\(type(of: self)) has no savepoints")
    }

    enum SavepointStep { case open, keep, undo }

    // MARK: What holds on both engines

    final func run(
        _ sql: SQL, in context: TransactionContext, as namespace: Namespace, row: (inout RowReader) throws -> Void
    ) throws -> Int {
        try self.checked(sql, context) { try self.perform(sql, $0, as: namespace, row: row) }
    }

    final func runLater(_ sql: SQL, in context: TransactionContext, as namespace: Namespace) throws {
        try self.checked(sql, context) { try self.performLater(sql, $0, as: namespace) }
    }

    private func checked<T>(
        _ sql: SQL, _ context: TransactionContext, _ body: (StatementPlan) throws -> T
    ) throws -> T {
        if let cause = self.poisoned { throw TransactionFailed(cause: cause) }
        do {
            let plan = self.plan(for: sql)
            if let violation = plan.violation, case .organization = context.scope {
                throw StorageError(.organizationMissing, "a statement \(violation): \(plan.text)")
            }
            try OrganizationGuard.checkBindings(sql, in: context.scope)
            context.observer?(sql)
            return try body(plan)
        } catch {
            self.poisoned = error
            throw error
        }
    }

    final func lock(_ keys: [LockKey], in context: TransactionContext) throws {
        if let cause = self.poisoned { throw TransactionFailed(cause: cause) }
        let fresh = Set(keys).subtracting(context.locks).sorted()
        guard let first = fresh.first else { return }
        do {
            if let highest = context.locks.max(), first < highest {
                throw StorageError(
                    .lockOrder, "locks must be taken once, all together: a later lock sorts before one already held")
            }
            try self.acquire(fresh)
            context.locks.formUnion(fresh)
        } catch {
            self.poisoned = error
            throw error
        }
    }

    final func attempt<T>(_ context: TransactionContext, _ body: () throws -> T) throws -> T {
        if let cause = self.poisoned { throw TransactionFailed(cause: cause) }
        let hooks = context.afterCommit.count
        let locks = context.locks
        try self.savepoint(.open)
        do {
            let value = try body()
            // A failure that the body swallowed still fails the attempt.
            if let cause = self.poisoned { throw TransactionFailed(cause: cause) }
            try self.savepoint(.keep)
            return value
        } catch {
            self.poisoned = nil
            context.afterCommit.removeLast(context.afterCommit.count - hooks)
            // Going back to a savepoint releases the locks that were taken after it.
            context.locks = locks
            do { try self.savepoint(.undo) } catch let lost {
                self.poisoned = lost
                throw lost
            }
            throw error
        }
    }
}

@available(*, unavailable)
extension Connection: Sendable {}
