internal import AlmanacStorage

/// Whom a session is begun for: a user who is somebody in the organization at the moment of the commit.
///
/// Between the look at a password, which takes its time, and the session's row the person may be erased, disabled or
/// removed, or the password changed. Both rows are kept as they are here until the session is there: whoever changes them
/// and then looks for sessions to end finds it, or it is not made.
struct SessionHolder: Sendable {
    let user: ID<User>
    let organization: OrganizationID
    /// The hash of the password that was shown; `nil` when none was.
    var passwordHash: String?

    /// Makes sure of it, before anything else of the transaction is written.
    ///
    /// - Parameters:
    ///   - refusal: What is thrown where that is not so; by default the same as for a wrong password.
    ///   - tx: The transaction of the session's row.
    /// - Throws: That refusal; ``AlmanacStorage/StorageError`` when the database refuses a statement.
    func hold(orElse refusal: Refusal = .invalidCredentials, in tx: Transaction) throws {
        var condition: SQL = """
            p.organization_id = \(self.organization) AND organization_id = \(self.organization)
            AND p.user_id = \(self.user) AND \(Person.isMember) AND u.is_active
            """
        if let hash = self.passwordHash { condition.append(" AND u.password_hash = \(hash)") }
        let found = try tx.value(
            """
            SELECT p.id FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE \(condition)\(SQL.forShare)
            """, as: ID<Person>.self)
        guard found != nil else { throw refusal }
    }
}

extension Refusal {
    /// Nobody may sign in like this, whatever the reason.
    static let invalidCredentials = Refusal(
        .unauthenticated, "invalid_credentials", "the e-mail address or the password is wrong")
}
