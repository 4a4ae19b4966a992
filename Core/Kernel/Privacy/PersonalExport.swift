internal import AlmanacStorage

/// What is kept about one person, read in one transaction.
struct PersonalExport {
    private let person: ID<Person>
    private let organization: OrganizationID
    private let inventory: PersonalInventory

    init(of person: ID<Person>, in organization: OrganizationID, _ inventory: PersonalInventory) {
        self.person = person
        self.organization = organization
        self.inventory = inventory
    }

    /// The document: who it is about, when it was made, and each table that has rows.
    func document(_ tx: ReadTransaction) throws -> JSON {
        let known: Int =
            try tx.entering(.kernel).value(
                "SELECT count(*) FROM \(Person.table) WHERE organization_id = \(self.organization) AND id = \(self.person)"
            ) ?? 0
        guard known == 1 else { throw Refusal.notFound("person") }
        var tables: [JSON] = []
        if let account = try self.account(tx.entering(.kernel)) { tables.append(account) }
        for entry in self.inventory.entries {
            let rows = try self.rows(of: entry, tx.entering(entry.room))
            guard !rows.isEmpty else { continue }
            tables.append([
                "plugin": .string(entry.room.name), "table": .string(entry.data.table.name), "rows": .array(rows),
            ])
        }
        return [
            "person": .string("\(self.person)"), "organization": .string("\(self.organization)"),
            "exportedAt": .string(tx.now.rfc3339), "tables": .array(tables),
        ]
    }

    /// The way to sign in, which belongs to the deployment.
    private func account(_ tx: ReadTransaction) throws -> JSON? {
        let id: ID<User>? = try tx.value(
            "SELECT user_id FROM \(Person.table) WHERE organization_id = \(self.organization) AND id = \(self.person)")
        let user = try id.flatMap { id in
            try tx.fetchOne("SELECT \(User.columns) FROM \(User.table) WHERE id = \(id)", as: User.self)
        }
        guard let user else { return nil }
        let identities = try OIDCIdentity.all(of: user.id, in: tx).map { identity -> JSON in
            [
                "issuer": .string(identity.issuer), "subject": .string(identity.subject),
                "linkedAt": .string(identity.createdAt.rfc3339),
                "lastUsedAt": identity.lastUsedAt.map { .string($0.rfc3339) } ?? .null,
            ]
        }
        let row: JSON = [
            "id": .string("\(user.id)"), "email": .string(user.email), "isActive": .bool(user.isActive),
            "identities": .array(identities),
        ]
        return ["plugin": "kernel", "table": .string(User.table.name), "rows": [row]]
    }

    private func rows(of entry: PersonalInventory.Entry, _ tx: ReadTransaction) throws -> [JSON] {
        let wanted = entry.data.columns + entry.data.context
        var columns = wanted.compactMap { entry.layout.column($0) }
        // What tells rows apart, where there is such a thing.
        if let id = entry.layout.column("id"), !columns.contains(where: { $0.name == "id" }) {
            columns.insert(id, at: 0)
        }
        guard !columns.isEmpty else { return [] }
        let list = SQL(unsafeSQL: columns.map(\.name).joined(separator: ", "))
        var rows: [JSON] = []
        try tx.forEach(
            """
            SELECT \(list) FROM \(entry.data.table)
            WHERE \(entry.data.belongs(to: self.person, in: self.organization)) ORDER BY 1
            """
        ) { row in
            var members: [(String, JSON)] = []
            for column in columns { members.append((Self.memberName(column.name), try Self.value(column.type, &row))) }
            rows.append(.object(JSONObject(members)))
        }
        return rows
    }

    /// A column's name as the API spells names: `createdAt` for `created_at`.
    private static func memberName(_ column: String) -> String {
        let words = column.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func value(_ type: ColumnType, _ row: inout RowReader) throws -> JSON {
        guard !row.nextIsNull() else {
            try row.skip()
            return .null
        }
        switch type {
        case .uuid: return .string("\(try row.next(ID<Person>.self))")
        case .text: return .string(try row.nextText())
        case .integer: return .number(JSONNumber(try row.nextInteger()))
        case .real: return JSONNumber(try row.nextReal()).map(JSON.number) ?? .null
        case .boolean: return .bool(try row.nextBool())
        case .instant: return .string(try row.next(Instant.self).rfc3339)
        case .date: return .string("\(try row.next(LocalDate.self))")
        case .time: return .string("\(try row.next(LocalTime.self))")
        case .json: return try row.next(JSON.self)
        case .bytes: return .string(Base64URL.encode(try row.next([UInt8].self)))
        }
    }
}
