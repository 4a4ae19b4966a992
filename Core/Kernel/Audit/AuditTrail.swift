package import AlmanacStorage
internal import Metrics

/// Where audit entries are kept: the canonical bytes, and columns taken from them for searching.
///
/// An entry is written in the transaction of what it tells of, so that writing one must cost little: it goes to the end
/// of its table, under its own key. An index that begins with the actor or the object would change a page of its own
/// for each entry, of some ten that a booking changes in all. What makes entries searchable and keeps them from being
/// changed is added behind the write, by the ``AuditSealer``.
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
        Self.objectIndex,
        Self.actorIndex,
    ]

    private static let objectIndex = CreateIndex(on: Self.table, "object_type", "object_id", "at")
    private static let actorIndex = CreateIndex(on: Self.table, "actor", "at")

    /// Takes the indexes away that slowed every write down.
    static let leanSteps: [any MigrationStep] = [DropIndex(Self.objectIndex), DropIndex(Self.actorIndex)]

    private static let appended = Counter(label: KernelMetrics.auditEntries.name)
    private static let onBehalfOf = Column("on_behalf_of", .text, optional: true)

    /// Lets entries be read in the order of their commits, and tell on whose behalf something was done.
    static let orderSteps: [any MigrationStep] = [
        AddColumn(Self.onBehalfOf, to: Self.table),
        AddCommitMark(
            to: CreateTable(Self.table) {
                Column("id", .uuid)
                Column("at", .instant)
                Column("actor", .text)
                Self.onBehalfOf
                Column("action", .text)
                Column("object_type", .text, optional: true)
                Column("object_id", .text, optional: true)
                Column("is_success", .boolean)
                Column("address", .text, optional: true)
                Column("canonical", .bytes)
                PrimaryKey("id")
            }),
    ]

    /// Writes an entry, its personal fields sealed with the key of their subject.
    ///
    /// The column `address` holds those of entries from before version 4: what is searched for stands in the seal.
    static func append(_ entry: AuditEntry, in tx: Transaction) throws {
        let personal = try SubjectKeys.seal(entry, in: tx)
        tx.afterCommit { Self.appended.increment() }
        try tx.post(
            """
            INSERT INTO \(self.table) (organization_id, id, at, actor, on_behalf_of, action, object_type, object_id,
                is_success, canonical)
            VALUES (\(entry.organization), \(entry.id), \(entry.at), \(entry.actor), \(entry.onBehalfOf),
                \(entry.action), \(entry.object?.type), \(entry.object?.id), \(entry.isSuccess),
                \(entry.canonicalBytes(personal)))
            """)
    }
}
