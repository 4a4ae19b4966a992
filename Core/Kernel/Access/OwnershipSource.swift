public import AlmanacStorage

/// Tells of one kind of thing whose it is, for explanations of access.
///
/// ```swift
/// OwnershipSource("review", of: Review.self) { id, tx in … }
/// ```
/// Checks do not go this way: an operation knows its objects and asks `require(_:on:)` itself.
public struct OwnershipSource: Contribution {
    /// The kind of thing, as audit entries name it: `booking`.
    public let type: String
    let find: @Sendable (ID<OwnershipSource>, ReadTransaction) throws -> Ownership?

    /// Makes a source.
    ///
    /// - Parameters:
    ///   - type: The kind of thing, as audit entries name it.
    ///   - entity: What its identifiers identify.
    ///   - find: Whose the thing with this id is, or `nil` when the organization has none; runs in the plugin's room.
    public init<Entity>(
        _ type: String, of entity: Entity.Type,
        _ find: @escaping @Sendable (ID<Entity>, ReadTransaction) throws -> Ownership?
    ) {
        self.type = type
        self.find = { id, tx in try find(id.cast(to: Entity.self), tx) }
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "ownership of \(self.type)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        let own = Self.kernel.contains { $0.type == self.type }
        let others = graph.contributions(of: OwnershipSource.self).contains { other, item in
            item.type == self.type && other != owner.id
        }
        return own || others ? ["somebody else tells of \(self.type) already"] : []
    }

    /// The kernel's own things.
    static let kernel: [OwnershipSource] = [
        OwnershipSource("user", of: User.self) { id, tx in
            let organization = try tx.callState().call.organization
            let person = try tx.value(
                "SELECT id FROM \(Person.table) WHERE organization_id = \(organization) AND user_id = \(id)",
                as: ID<Person>.self)
            return person.map { Ownership(owners: [$0]) }
        }
    ]
}
