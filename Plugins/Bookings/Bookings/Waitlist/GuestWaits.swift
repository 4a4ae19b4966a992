internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What people wait for without an account, as it goes into an account; each in the caller's transaction.
struct GuestWaits: Sendable {
    let offers: WaitlistOffers

    /// How many entries are joined at a time: those who have more ask again.
    private static let most = 500

    private struct Wanted: Record {
        static let columns: Columns = ["id", "fingerprint"]
        let entry: ID<WaitlistEntry>
        let fingerprint: String

        init(row: inout RowReader) throws {
            self.entry = try row.next()
            self.fingerprint = try row.next()
        }
    }

    /// What guests have waited for, and what somebody with an account waits for, after locking all of these people and
    /// whatever is offered to them.
    func locked(of guests: [ID<Person>], and person: ID<Person>, in tx: Transaction) throws -> [WaitlistRow] {
        let known = try self.find(guests, person, in: tx.reading).compactMap(\.hold)
        try self.offers.ledger.lock(
            self.offers.ledger.resources(heldBy: known, in: tx.reading), and: ([person] + guests).map(LockKey.customer),
            in: tx)
        let found = try self.find(guests, person, in: tx.reading)
        guard Set(found.compactMap(\.hold)).isSubset(of: known) else {
            // What was offered meanwhile has locks of its own: the transaction begins again, and takes those too.
            throw StorageError(.serialization, "what is offered to a guest has changed while the locks were awaited")
        }
        return found
    }

    private func find(
        _ guests: [ID<Person>], _ person: ID<Person>, in tx: ReadTransaction
    ) throws -> [WaitlistRow] {
        let own = try StoredWaitlist.all(
            where: "w.customer_person_id = \(person) AND w.status IN ('waiting', 'offered')", order: "w.id",
            limit: Self.most, in: tx)
        guard !guests.isEmpty else { return own }
        return try own
            + StoredWaitlist.all(
                where: "w.customer_person_id IN \(list: guests) AND w.access_digest IS NOT NULL", order: "w.id",
                limit: Self.most, in: tx)
    }

    /// Makes entries those of somebody with an account, with what is offered to them; tokens that led to them end.
    ///
    /// Who waits for the same with an account and without keeps the place that comes first, or what is offered.
    ///
    /// - Parameters:
    ///   - rows: What ``locked(of:and:in:)`` has found.
    ///   - customer: The customer that they are.
    ///   - person: Who they are.
    ///   - call: Who says so.
    ///   - tx: The caller's transaction.
    /// - Returns: The entries of guests, which are theirs now; also those that are over.
    /// - Throws: ``Refusal`` of what is offered and cannot be withdrawn; storage errors.
    func take(
        _ rows: [WaitlistRow], for customer: ID<Customer>, _ person: ID<Person>, _ call: Call, in tx: Transaction
    ) throws -> [ID<WaitlistEntry>] {
        for row in try self.needless(rows, call, in: tx.reading) { try self.offers.withdraw(row, call, in: tx) }
        let entries = rows.filter { $0.customerPerson != person }.map(\.id)
        guard !entries.isEmpty else { return [] }
        try tx.post(
            """
            UPDATE \(WaitlistSchema.entry)
            SET customer_id = \(customer), customer_person_id = \(person), access_digest = NULL, version = version + 1
            WHERE organization_id = \(call.organization) AND id IN \(list: entries)
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.hold) SET customer_person_id = \(person)
            WHERE organization_id = \(call.organization) AND waitlist_entry_id IN \(list: entries)
            """)
        // Without the first token none leads anywhere; nothing is left of them.
        try tx.post(
            """
            DELETE FROM \(WaitlistSchema.access)
            WHERE organization_id = \(call.organization) AND entry_id IN \(list: entries)
            """)
        for entry in entries { try tx.emit(GuestEntryJoined(entry: entry, customer: customer)) }
        return entries
    }

    /// Those that wait for the same as one that stands better.
    private func needless(_ rows: [WaitlistRow], _ call: Call, in tx: ReadTransaction) throws -> [WaitlistRow] {
        let open = rows.filter(\.status.isOpen).sorted { one, other in
            if one.status != other.status { return one.status == .offered }
            if one.priority != other.priority { return one.priority > other.priority }
            return (one.createdAt, one.id) < (other.createdAt, other.id)
        }
        guard open.count > 1 else { return [] }
        let wanted = try tx.fetchAll(
            """
            SELECT \(Wanted.columns) FROM \(WaitlistSchema.entry)
            WHERE organization_id = \(call.organization) AND id IN \(list: open.map(\.id))
            """, as: Wanted.self)
        let fingerprints = Dictionary(wanted.map { ($0.entry, $0.fingerprint) }) { first, _ in first }
        var seen: Set<String> = []
        return open.filter { !seen.insert(fingerprints[$0.id] ?? $0.id.description).inserted }
    }
}
