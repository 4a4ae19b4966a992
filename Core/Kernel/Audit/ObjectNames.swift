public import AlmanacStorage

/// Tells what the things of one kind are called, so that the audit log shows names beside ids.
///
/// ```swift
/// ObjectNames("review", of: Review.self, readableBy: .readReview) { ids, tx in … }
/// ```
/// It is asked once for all ids of a page, and only for callers whose permission reaches the whole organization: whoever
/// may read less learns no name by it. Names are read when they are shown and kept nowhere, so that erasure reaches them.
public struct ObjectNames: Contribution {
    /// The kind of thing, as audit entries name it: `booking`.
    public let type: String
    /// What the caller needs for the whole organization; `nil` for what everybody may read.
    public let permission: Permission?
    let find: @Sendable ([ID<ObjectNames>], ReadTransaction) throws -> [ID<ObjectNames>: String]

    /// Makes a source of names.
    ///
    /// - Parameters:
    ///   - type: The kind of thing, as audit entries name it.
    ///   - entity: What its identifiers identify.
    ///   - permission: What the caller needs for the whole organization; `nil` for what everybody may read.
    ///   - find: The names by id, unknown ones left out; runs in the plugin's room.
    public init<Entity>(
        _ type: String, of entity: Entity.Type, readableBy permission: Permission?,
        _ find: @escaping @Sendable ([ID<Entity>], ReadTransaction) throws -> [ID<Entity>: String]
    ) {
        self.type = type
        self.permission = permission
        self.find = { ids, tx in
            let found = try find(ids.map { $0.cast(to: Entity.self) }, tx)
            return Dictionary(
                found.map { ($0.key.cast(to: ObjectNames.self), $0.value) }, uniquingKeysWith: { first, _ in first })
        }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "names of \(self.type)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        var found: [String] = []
        let others = graph.contributions(of: ObjectNames.self).count { $0.item.type == self.type }
        if others > 1 || Self.kernel.contains(where: { $0.type == self.type }) {
            found.append("somebody else names \(self.type) already")
        }
        if let permission = self.permission, !graph.permissions.contains(permission) {
            found.append("nobody declares the permission \(permission.name)")
        }
        return found
    }

    /// The kernel's own things.
    static let kernel: [ObjectNames] = [
        ObjectNames("user", of: User.self, readableBy: .readUsers) { ids, tx in
            let organization = try tx.callState().call.organization
            var names: [ID<User>: String] = [:]
            try tx.forEach(
                """
                SELECT user_id, given_name, family_name FROM \(Person.table)
                WHERE organization_id = \(organization) AND user_id IN \(list: ids)
                """
            ) { row in
                let user: ID<User> = try row.next()
                let givenName: String = try row.next()
                names[user] = Person.displayName(givenName, try row.next())
            }
            return names
        },
        // Nobody is named any organization but their own.
        ObjectNames("organization", of: Organization.self, readableBy: nil) { ids, tx in
            let organization = try tx.callState().call.organization
            guard ids.contains(where: { $0 == organization.cast() }) else { return [:] }
            let name = try tx.value(
                "SELECT name FROM \(Organization.table) WHERE id = \(organization)", as: String.self)
            return [organization.cast(): name ?? ""]
        },
        ObjectNames("job", of: StoredJob.self, readableBy: .readOperations) { ids, tx in
            let organization = try tx.callState().call.organization
            return try Self.names(
                """
                SELECT id, name FROM \(JobTable.table)
                WHERE organization_id = \(organization) AND id IN \(list: ids)
                """, tx)
        },
        ObjectNames("event", of: AnyEvent.self, readableBy: .readOperations) { ids, tx in
            let organization = try tx.callState().call.organization
            return try Self.names(
                """
                SELECT id, name FROM \(Outbox.events)
                WHERE organization_id = \(organization) AND id IN \(list: ids)
                """, tx)
        },
    ]

    private static func names<Entity>(_ statement: SQL, _ tx: ReadTransaction) throws -> [ID<Entity>: String] {
        var names: [ID<Entity>: String] = [:]
        try tx.forEach(statement) { row in
            let id: ID<Entity> = try row.next()
            names[id] = try row.next()
        }
        return names
    }
}
