internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import Synchronization

/// Keeps the catalog of each organization in memory and tells whether it still holds.
///
/// The database has one stamp an organization; each change of the catalog draws a new one in its own transaction. A
/// booking reads the stamp with the statement that reads the claims, so that it costs nothing and the very next booking
/// sees a change, whichever process made it.
///
/// A transaction that changes the catalog begins with ``editable(in:)``, calls ``touch(in:)`` after its last change and
/// never calls ``current(in:)``: what it has not committed must not get into memory.
final class CatalogStore: Sendable {
    private let organizations: Organizations
    private let known = Mutex<[OrganizationID: Catalog]>([:])

    init(organizations: Organizations) {
        self.organizations = organizations
    }

    /// What is in memory, which may have been changed since.
    func remembered(_ organization: OrganizationID) -> Catalog? {
        self.known.withLock { $0[organization] }
    }

    /// The organization in which a transaction works.
    func organization(in tx: ReadTransaction) throws -> Organization {
        try self.organizations.current(in: tx)
    }

    /// The catalog as this transaction sees it.
    func current(in tx: ReadTransaction) throws -> Catalog {
        let organization = try self.organizations.current(in: tx)
        let stamp = try Self.stamp(of: organization.id, in: tx)
        if let known = self.remembered(organization.id), known.stamp == stamp { return known }
        return try self.reload(in: tx)
    }

    /// The catalog, read from the database.
    func reload(in tx: ReadTransaction) throws -> Catalog {
        let catalog = try self.unshared(in: tx)
        self.known.withLock { $0[catalog.organization.id] = catalog }
        return catalog
    }

    /// The catalog for a transaction that is going to change it, and that nobody else changes meanwhile.
    ///
    /// What `others` names is locked too.
    func editable(and others: [LockKey] = [], in tx: Transaction) throws -> Catalog {
        try self.lock(and: others, in: tx)
        return try self.unshared(in: tx.reading)
    }

    /// Keeps everybody else from changing the catalog until the transaction ends.
    func lock(and others: [LockKey] = [], in tx: Transaction) throws {
        if let organization = tx.scope.organization { try tx.lock([.catalog(organization)] + others) }
    }

    /// The catalog, read from the database and kept for nobody: for transactions that change it.
    func unshared(in tx: ReadTransaction) throws -> Catalog {
        let organization = try self.organizations.current(in: tx)
        // Statements of a write transaction each see what was committed before them: read again until nothing came
        // between the first and the last.
        var catalog = try CatalogLoader(organization).load(try Self.stamp(of: organization.id, in: tx), in: tx)
        for _ in 0..<3 {
            let stamp = try Self.stamp(of: organization.id, in: tx)
            if stamp == catalog.stamp { break }
            catalog = try CatalogLoader(organization).load(stamp, in: tx)
        }
        return catalog
    }

    /// Tells everybody that the catalog has changed, once this transaction commits.
    func touch(in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { return }
        let stamp: ID<Catalog> = tx.id()
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.catalog) (organization_id, stamp, longest_claim)
            VALUES (\(organization), \(stamp), \(ClaimLedger.usualLength))
            ON CONFLICT (organization_id) DO UPDATE SET stamp = excluded.stamp
            """)
        // Hours, providers and event types that have changed may be what somebody waits for.
        try WaitlistAlarm().ring(for: nil, in: tx)
    }

    private static func stamp(of organization: OrganizationID, in tx: ReadTransaction) throws -> ID<Catalog>? {
        try tx.value("SELECT stamp FROM \(BookingsSchema.catalog) WHERE organization_id = \(organization)")
    }
}
