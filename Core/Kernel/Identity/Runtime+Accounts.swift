internal import AlmanacStorage

extension Runtime {
    /// Makes and imports people in a transaction of the host's own.
    package var people: People { People() }

    /// Which of these addresses users sign in with already.
    ///
    /// - Parameter emails: The addresses, in any spelling.
    /// - Returns: The keys of those that belong to a user of any organization.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database cannot be had.
    package func keysOfUsers(among emails: [EmailAddress]) async throws -> Set<FoldKey> {
        let keys = emails.map(\.key)
        return try await self.database.read(in: .system(SystemScope("look up users by address"))) { tx in
            Set(try tx.values("SELECT email_key FROM \(User.table) WHERE email_key IN \(list: keys)", as: FoldKey.self))
        }
    }
}
