package import AlmanacStorage

/// Stands for one host's right to handle the deliveries of one claim, in the type of its identifier.
package enum DeliveryLease {}

/// How hosts keep out of each other's way; replaced by tests that show what happens without.
package protocol DeliveryLeasing: Sendable {
    /// What ends the statement that looks for deliveries.
    func picking(postgres: Bool) -> SQL
    /// What a delivery is marked with that has been taken, for an `UPDATE … SET`.
    ///
    /// - Parameters:
    ///   - lease: What later changes must name.
    ///   - until: When it ends by itself.
    ///   - host: What the process is called.
    /// - Returns: Assignments, separated by commas.
    func marks(_ lease: ID<DeliveryLease>, until: SQL, host: String) -> SQL
}

/// Leases: a delivery that a host has taken belongs to it until it gives it back, or is not heard of for too long.
package struct RowLeasing: DeliveryLeasing {
    package init() {}

    /// Passes over rows that somebody else is just taking; SQLite has one writer.
    package func picking(postgres: Bool) -> SQL { postgres ? " FOR UPDATE SKIP LOCKED" : "" }

    package func marks(_ lease: ID<DeliveryLease>, until: SQL, host: String) -> SQL {
        "state = 'running', lease = \(lease), leased_until = \(until), host = \(host)"
    }
}

/// Remembers what has been handled; replaced by tests that show what happens without.
package protocol DeliveryInbox: Sendable {
    /// Notes, in the handler's own transaction, that a consumer has handled an event.
    ///
    /// - Returns: Whether it had not before: only then the handler runs.
    func admit(
        _ event: ID<AnyEvent>, to consumer: String, of organization: OrganizationID, in tx: Transaction
    ) throws -> Bool
}

/// A row for each event and consumer, whose key lets one transaction through.
///
/// Of two transactions with the same event and consumer the second waits for the first to end: it is admitted when that
/// one was rolled back.
package struct StoredInbox: DeliveryInbox {
    package init() {}

    package func admit(
        _ event: ID<AnyEvent>, to consumer: String, of organization: OrganizationID, in tx: Transaction
    ) throws -> Bool {
        try tx.execute(
            """
            INSERT INTO \(DeliverySchema.inbox) (organization_id, event_id, consumer, handled_at)
            VALUES (\(organization), \(event), \(consumer), \(tx.now)) ON CONFLICT DO NOTHING
            """) == 1
    }
}
