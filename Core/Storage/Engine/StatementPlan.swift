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

/// The plans of an engine, shared by its connections.
///
/// Statements are written by programmers, so their number is bounded by the program, except for lists of varying
/// length; past `capacity` the cache starts anew.
final class StatementPlans: Sendable {
    private let dialect: SQLDialect
    private let capacity = 4_096
    private let plans = Mutex<[String: StatementPlan]>([:])

    init(_ dialect: SQLDialect) {
        self.dialect = dialect
    }

    func plan(for sql: SQL) -> StatementPlan {
        if let known = self.plans.withLock({ $0[sql.text] }) { return known }
        let plan = StatementPlan(sql, for: self.dialect)
        self.plans.withLock { plans in
            if plans.count >= self.capacity { plans.removeAll(keepingCapacity: true) }
            plans[sql.text] = plan
        }
        return plan
    }
}
