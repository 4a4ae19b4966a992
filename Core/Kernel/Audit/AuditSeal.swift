package import AlmanacStorage

/// The place of an entry in its organization's chain, with what it can be searched by.
package struct AuditSeal: Sendable {
    package static let table = Table(.kernel, "audit_seal")

    /// Counts the organization's entries from 1, in the order of their commits.
    package let position: Int64
    /// The chain's hash at this position; see ``AuditChain``.
    package let hash: [UInt8]

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("position", .integer)
            Column("entry_id", .uuid)
            Column("hash", .bytes)
            Column("at", .instant)
            Column("actor", .text)
            Column("on_behalf_of", .text, optional: true)
            Column("action", .text)
            Column("object_type", .text, optional: true)
            Column("object_id", .text, optional: true)
            Column("is_success", .boolean)
            Column("address", .text, optional: true)
            PrimaryKey("position")
            Unique("entry_id")
        },
        CreateIndex(on: Self.table, "at"),
        CreateIndex(on: Self.table, "actor", "at"),
        CreateIndex(on: Self.table, "on_behalf_of", "at", where: "on_behalf_of IS NOT NULL"),
        CreateIndex(on: Self.table, "action", "at"),
        CreateIndex(on: Self.table, "object_type", "object_id", "at", where: "object_type IS NOT NULL"),
        CreateIndex(on: Self.table, "address", "at", where: "address IS NOT NULL"),
    ]

    /// The last seal of an organization, also where all that was sealed is archived; position 0 when there is none.
    static func head(of organization: OrganizationID, in tx: ReadTransaction) throws -> AuditSeal {
        let last = try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(Self.table) WHERE organization_id = \(organization)
            ORDER BY position DESC LIMIT 1
            """, as: Self.self)
        if let last { return last }
        let segment = try AuditSegment.last(of: organization, in: tx)
        return AuditSeal(position: segment?.last ?? 0, hash: segment?.hash ?? AuditChain.origin)
    }
}

extension AuditSeal: Record {
    package static let columns: Columns = ["position", "hash"]

    package init(row: inout RowReader) throws {
        self.position = try row.next()
        self.hash = try row.next()
    }
}
