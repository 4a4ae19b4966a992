package import AlmanacStorage

/// Where audit entries are kept: the canonical bytes, and columns taken from them for searching.
package enum AuditTrail {
    package static let table = Table(.kernel, "audit_entry")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("at", .instant)
            Column("actor", .text)
            Column("action", .text)
            Column("object_type", .text, optional: true)
            Column("object_id", .text, optional: true)
            Column("is_success", .boolean)
            Column("address", .text, optional: true)
            Column("canonical", .bytes)
            PrimaryKey("id")
        },
        CreateIndex(on: Self.table, "object_type", "object_id", "at"),
        CreateIndex(on: Self.table, "actor", "at"),
    ]

    static func append(_ entry: AuditEntry, in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(self.table) (organization_id, id, at, actor, action, object_type, object_id, is_success,
                address, canonical)
            VALUES (\(entry.organization), \(entry.id), \(entry.at), \(entry.actor), \(entry.action),
                \(entry.object?.type), \(entry.object?.id), \(entry.isSuccess), \(entry.origin.address),
                \(entry.canonicalBytes))
            """)
    }
}
