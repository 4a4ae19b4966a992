internal import Synchronization

/// What is known of a statement once it has been seen for the first time.
struct StatementPlan: Sendable {
    /// The statement as the engine wants it.
    let text: String
    /// Why it must not run for one organization, or `nil`.
    let violation: String?

    init(_ sql: SQL, for dialect: SQLDialect) {
        self.text = dialect.render(sql.text)
        self.violation = OrganizationGuard.violation(
            in: sql.text, touchesOrganizations: sql.touchesOrganizations)
    }
}

/// The plans of a kind of engine, shared by all its engines in a process: they follow from the statements alone.
///
/// Statements are written by programmers, so their number is bounded by the program, except for lists of varying
/// length; past `capacity` the cache starts anew.
final class StatementPlans: Sendable {
    /// What a plan follows from.
    private struct Statement: Hashable {
        let text: String
        let touchesOrganizations: Bool
    }

    /// The plans of this process for SQLite.
    static let sqlite = StatementPlans(.sqlite)
    /// The plans of this process for PostgreSQL.
    static let postgres = StatementPlans(.postgres)

    private let dialect: SQLDialect
    private let capacity = 4_096
    private let plans = Mutex<[Statement: StatementPlan]>([:])

    init(_ dialect: SQLDialect) {
        self.dialect = dialect
    }

    func plan(for sql: SQL) -> StatementPlan {
        let statement = Statement(text: sql.text, touchesOrganizations: sql.touchesOrganizations)
        if let known = self.plans.withLock({ $0[statement] }) { return known }
        let plan = StatementPlan(sql, for: self.dialect)
        self.plans.withLock { plans in
            if plans.count >= self.capacity { plans.removeAll(keepingCapacity: true) }
            plans[statement] = plan
        }
        return plan
    }
}
