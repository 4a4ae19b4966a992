package import AlmanacStorage

/// Finds entries of one organization's audit log, in the transaction of a query.
///
/// Sealed entries are found by the indexes of their seals. Those that are not sealed yet are looked through one by one:
/// they are those of the last second, and more only where sealing lags behind. Together they are every entry that has
/// been committed.
package enum AuditSearch {
    private static let columns = StoredAuditEntry.columns.qualified(by: "e")

    /// A page of entries, the latest first.
    ///
    /// - Parameters:
    ///   - filter: Which entries.
    ///   - cursor: Where the page before ended: time and id of its last entry.
    ///   - limit: How many at most.
    ///   - organization: Whose log it is.
    ///   - tx: The transaction.
    /// - Returns: The entries, sorted by time and then by id, both descending.
    /// - Throws: What the database throws.
    package static func page(
        _ filter: AuditFilter, after cursor: Cursor?, limit: Int, of organization: OrganizationID,
        in tx: ReadTransaction
    ) throws -> [StoredAuditEntry] {
        let sealed = try self.open(self.sealed(filter, cursor, limit, organization, tx), organization, tx)
        let unsealed = try self.unsealed(filter, cursor, limit, organization, tx)
        guard !unsealed.isEmpty else { return sealed }
        // While entries are looked through again, a sealed one may be found in both places.
        let known = Set(sealed.map(\.id))
        let all = (sealed + unsealed.filter { !known.contains($0.id) }).sorted { ($1.at, $1.id) < ($0.at, $0.id) }
        return Array(all.prefix(limit))
    }

    private static func sealed(
        _ filter: AuditFilter, _ cursor: Cursor?, _ limit: Int, _ organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> [StoredAuditEntry] {
        var conditions = filter.conditions(on: "s")
        if let cursor { conditions.append(" AND \(cursor.before(["s.at", "s.entry_id"]))") }
        return try tx.fetchAll(
            """
            SELECT \(self.columns), s.position FROM \(AuditSeal.table) s
            JOIN \(AuditTrail.table) e ON e.organization_id = s.organization_id AND e.id = s.entry_id
            WHERE s.organization_id = \(organization)\(conditions)
            ORDER BY s.at DESC, s.entry_id DESC LIMIT \(limit)
            """, as: StoredAuditEntry.self)
    }

    /// Those that are not sealed yet; whether the address is the one that is sought only their opened fields tell.
    private static func unsealed(
        _ filter: AuditFilter, _ cursor: Cursor?, _ limit: Int, _ organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> [StoredAuditEntry] {
        var found: [StoredAuditEntry] = []
        var cursor = cursor
        while true {
            let page = try self.open(self.unsealedPage(filter, cursor, limit, organization, tx), organization, tx)
            found += page.filter { entry in
                filter.address.map { entry.address?.utf8.elementsEqual($0.utf8) == true } ?? true
            }
            guard let last = page.last, page.count == limit, found.count < limit else { break }
            cursor = Cursor(list: "audit", keys: [last.at.sqlValue, last.id.sqlValue])
        }
        return Array(found.prefix(limit))
    }

    /// Opens the personal fields that can be opened.
    private static func open(
        _ entries: [StoredAuditEntry], _ organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> [StoredAuditEntry] {
        var entries = entries
        let states = try SubjectKeys.states(of: entries.map { ($0.id, $0.fields) }, in: organization, tx)
        for (index, state) in states.enumerated() { entries[index].open(state) }
        return entries
    }

    private static func unsealedPage(
        _ filter: AuditFilter, _ cursor: Cursor?, _ limit: Int, _ organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> [StoredAuditEntry] {
        var conditions = filter.conditions(on: "e", hasAddress: false)
        if let cursor { conditions.append(" AND \(cursor.before(["e.at", "e.id"]))") }
        return try tx.fetchAll(
            """
            SELECT \(self.columns), NULL FROM \(AuditTrail.table) e
            WHERE e.organization_id = \(organization) AND \(try SealCursor.read(in: tx).isBehind)\(conditions)
            ORDER BY e.at DESC, e.id DESC LIMIT \(limit)
            """, as: StoredAuditEntry.self)
    }
}
