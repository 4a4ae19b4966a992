internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Hands out access to entries of guests for other plugins: enters the plugin's own room.
struct StoredWaitlistAccess<P: Plugin>: WaitlistAccess {
    /// A token as it is stored.
    enum Token {}

    let kernel: Kernel<P>

    func token(for entry: ID<WaitlistEntry>, in tx: Transaction) throws -> String? {
        let tx = self.kernel.entering(tx)
        guard let organization = tx.scope.organization, let person = try self.guest(of: entry, in: tx.reading) else {
            return nil
        }
        // Whoever takes entries of guests into an account, where their tokens end, holds it too.
        try tx.lock([.customer(person)])
        guard try self.guest(of: entry, in: tx.reading) == person else { return nil }
        let secret = AddressSecret(for: organization, random: self.kernel.random)
        let id: ID<Token> = tx.id()
        try tx.post(
            """
            INSERT INTO \(WaitlistSchema.access) (organization_id, id, entry_id, digest, created_at, created_by)
            VALUES (\(organization), \(id), \(entry), \(secret.digest), \(tx.now),
                \(tx.call?.principal.name ?? "system:\(PluginID.bookings)"))
            """)
        return secret.reveal()
    }

    /// Who waits; `nil` when nobody does, or they have an account and sign in.
    private func guest(of entry: ID<WaitlistEntry>, in tx: ReadTransaction) throws -> ID<Person>? {
        guard let organization = tx.scope.organization else { return nil }
        let person: ID<Person>? = try tx.value(
            """
            SELECT customer_person_id FROM \(WaitlistSchema.entry)
            WHERE organization_id = \(organization) AND id = \(entry) AND access_digest IS NOT NULL
                AND status IN ('waiting', 'offered')
            """)
        guard let person, let known = try self.kernel.people.find(person, in: tx), known.user == nil else { return nil }
        return person
    }
}
