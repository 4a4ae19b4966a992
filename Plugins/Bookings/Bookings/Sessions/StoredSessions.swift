internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Reads and writes sessions with their times and what they take.
enum StoredSessions {
    // MARK: Reading

    private struct PartRow: Record {
        static let columns: Columns = ["session_id", "start_at", "end_at"]
        let session: ID<GroupSession>
        let part: GroupSessionRow.Part

        init(row: inout RowReader) throws {
            self.session = try row.next()
            let start: Instant = try row.next()
            self.part = GroupSessionRow.Part(start: start, end: try row.next())
        }
    }

    private struct ResourceRow: Record {
        static let columns: Columns = [
            "x.session_id", "x.role", "x.resource_id", "x.provider_id", "p.person_id", "x.kind", "x.name", "x.units",
        ]
        let session: ID<GroupSession>
        let resource: BookedResource

        init(row: inout RowReader) throws {
            self.session = try row.next()
            self.resource = try BookedResource(row: &row)
        }
    }

    /// The session, whoever asks.
    static func find(_ id: ID<GroupSession>, in tx: ReadTransaction) throws -> GroupSessionRow? {
        try self.all(where: "s.id = \(id) AND s.archived_at IS NULL", order: "s.id", in: tx).first
    }

    /// The sessions that meet a condition on `s`, complete.
    static func all(
        where condition: SQL, order: SQL, limit: Int = 1_000, in tx: ReadTransaction
    ) throws -> [GroupSessionRow] {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        var rows = try tx.fetchAll(
            """
            SELECT \(GroupSessionRow.columns) FROM \(SessionSchema.session) s
            WHERE s.organization_id = \(organization) AND \(condition)
            ORDER BY \(order) LIMIT \(limit)
            """, as: GroupSessionRow.self)
        guard !rows.isEmpty else { return [] }
        let ids = rows.map(\.id)
        let parts = try tx.fetchAll(
            """
            SELECT \(PartRow.columns) FROM \(SessionSchema.part)
            WHERE organization_id = \(organization) AND session_id IN \(list: ids) ORDER BY session_id, position
            """, as: PartRow.self)
        let resources = try tx.fetchAll(
            """
            SELECT \(ResourceRow.columns) FROM \(SessionSchema.resource) x
            LEFT JOIN \(BookingsSchema.provider) p
                ON p.organization_id = x.organization_id AND p.id = x.provider_id
            WHERE x.organization_id = \(organization) AND x.session_id IN \(list: ids)
            ORDER BY x.session_id, x.position
            """, as: ResourceRow.self)
        let partsOf = Dictionary(grouping: parts, by: \.session)
        let resourcesOf = Dictionary(grouping: resources, by: \.session)
        for index in rows.indices {
            rows[index].parts = (partsOf[rows[index].id] ?? []).map(\.part)
            rows[index].resources = (resourcesOf[rows[index].id] ?? []).map(\.resource)
        }
        return rows
    }

    // MARK: Writing

    /// Stores a new session.
    static func insert(
        _ row: GroupSessionRow, externalID: String? = nil, call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(SessionSchema.session) (organization_id, id, event_type_id, kind, title, description, status,
                start_at, end_at, time_zone, capacity, price_amount, price_currency, bookable_from,
                minimum_notice_minutes, source, external_id, version, created_at, created_by, created_via)
            VALUES (\(call.organization), \(row.id), \(row.eventType), \(row.kind), \(row.title), \(row.description),
                \(row.status), \(row.start), \(row.end), \(row.zone), \(row.capacity), \(row.price.amount),
                \(row.price.currency), \(row.bookableFrom), \(row.noticeMinutes),
                \(externalID.map { _ in ImportSource.sessions }), \(externalID), \(row.version), \(row.createdAt),
                \(call.principal.name), \(call.origin.channel.rawValue))
            """)
        try self.insertParts(of: row, call: call, in: tx)
        try self.insertResources(of: row, call: call, in: tx)
    }

    /// Stores what has become of a session; its version is the caller's to count.
    static func update(_ row: GroupSessionRow, before: GroupSessionRow, call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(SessionSchema.session)
            SET kind = \(row.kind), title = \(row.title), description = \(row.description), status = \(row.status),
                start_at = \(row.start), end_at = \(row.end), time_zone = \(row.zone), capacity = \(row.capacity),
                price_amount = \(row.price.amount), price_currency = \(row.price.currency),
                bookable_from = \(row.bookableFrom), minimum_notice_minutes = \(row.noticeMinutes),
                version = \(row.version)
            WHERE organization_id = \(call.organization) AND id = \(row.id)
            """)
        if row.parts != before.parts {
            try self.delete(from: SessionSchema.part, of: row, call, in: tx)
            try self.insertParts(of: row, call: call, in: tx)
        }
        if row.resources != before.resources {
            try self.delete(from: SessionSchema.resource, of: row, call, in: tx)
            try self.insertResources(of: row, call: call, in: tx)
        }
    }

    /// Takes a session away that was never published.
    static func archive(_ row: GroupSessionRow, call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(SessionSchema.session) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(row.id)
            """)
    }

    private static func delete(
        from table: Table, of row: GroupSessionRow, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post("DELETE FROM \(table) WHERE organization_id = \(call.organization) AND session_id = \(row.id)")
    }

    private static func insertParts(of row: GroupSessionRow, call: Call, in tx: Transaction) throws {
        for (position, part) in row.parts.enumerated() {
            try tx.post(
                """
                INSERT INTO \(SessionSchema.part) (organization_id, session_id, position, start_at, end_at)
                VALUES (\(call.organization), \(row.id), \(position), \(part.start), \(part.end))
                """)
        }
    }

    private static func insertResources(of row: GroupSessionRow, call: Call, in tx: Transaction) throws {
        for (position, taken) in row.resources.enumerated() {
            try tx.post(
                """
                INSERT INTO \(SessionSchema.resource) (organization_id, session_id, position, role, resource_id,
                    provider_id, kind, name, units)
                VALUES (\(call.organization), \(row.id), \(position), \(taken.role), \(taken.resource),
                    \(taken.provider), \(taken.kind), \(taken.name), \(taken.units))
                """)
        }
    }
}
