internal import AlmanacStorage

extension Session {
    /// Ends the sessions of a user in every organization, in a transaction of the platform's: those that are theirs, and
    /// those in which they work as somebody else.
    ///
    /// - Parameters:
    ///   - user: Whose.
    ///   - own: The session that goes on, if any.
    ///   - tx: The transaction of whatever makes it necessary.
    /// - Returns: How many were ended.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database refuses a statement.
    static func endAll(of user: ID<User>, except own: ID<Session>?, _ tx: Transaction) throws -> Int {
        let organizations: SQL = "SELECT p.organization_id FROM \(Person.table) p WHERE p.user_id = \(user)"
        // By the keys of both indexes: sessions of people who left the user behind have ended already.
        let conditions: [SQL] = [
            "organization_id IN (\(organizations)) AND user_id = \(user)", "impersonator_id = \(user)",
        ]
        return try conditions.reduce(0) { ended, condition in
            var condition = condition
            if let own { condition.append(" AND id <> \(own)") }
            return ended
                + (try tx.execute(
                    "UPDATE \(Self.table) SET revoked_at = \(tx.now) WHERE \(condition) AND revoked_at IS NULL"))
        }
    }
}
