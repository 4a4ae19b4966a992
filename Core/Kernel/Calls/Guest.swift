public import AlmanacStorage

/// Somebody who has not signed in and shows a pass to some objects, such as a link to their booking that was mailed to
/// them.
///
/// A guest may do with these objects what their owner may, as far as the pass says, and nothing with any other.
public struct Guest: Sendable, Equatable {
    /// Whose objects they are: a person without a user, or somebody who is going to be one.
    public let person: ID<Person>
    /// To what the pass leads, the first of each type first; nothing in the operation that makes it.
    public let objects: [AuditEntry.Object]
    /// What the pass permits, with what is the person's own.
    public let permissions: Set<Permission>

    /// Describes a guest.
    public init(person: ID<Person>, objects: [AuditEntry.Object], permissions: Set<Permission>) {
        self.person = person
        self.objects = objects
        self.permissions = permissions
    }

    /// The identifier of the first object of a type to which the pass leads, as audit entries name both.
    public func object(of type: String) -> String? { self.objects.first { $0.type == type }?.id }
}

/// Tells which guest shows a pass: lets a plugin hand out passes to its objects.
///
/// A pass is an ``AddressSecret``, sent as `Authorization: SCHEME SECRET`. The plugin keeps its digest only.
public struct GuestPasses: Contribution {
    /// The scheme of the header (RFC 9110 §11.1), as `Booking-Token`; compared without regard to case.
    public let scheme: String
    let find: @Sendable ([UInt8], ReadTransaction) throws -> Guest?

    /// Makes a source of guests.
    ///
    /// - Parameters:
    ///   - scheme: The scheme of the header, which no other plugin uses.
    ///   - find: Who shows the pass with this digest; `nil` when it is unknown, expired or revoked. Runs in the room of
    ///     its plugin, in the organization that the pass names.
    public init(
        _ scheme: StaticString, _ find: @escaping @Sendable (_ digest: [UInt8], ReadTransaction) throws -> Guest?
    ) {
        self.scheme = "\(scheme)"
        self.find = find
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "guest passes \(self.scheme)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        let isTaken = graph.contributions(of: GuestPasses.self).contains { other, item in
            other != owner.id && item.scheme.lowercased() == self.scheme.lowercased()
        }
        return isTaken || self.scheme.lowercased() == "bearer" ? ["somebody else uses the scheme \(self.scheme)"] : []
    }
}

extension Runtime {
    /// Who shows a pass.
    ///
    /// - Parameters:
    ///   - scheme: How the pass was sent.
    ///   - pass: The pass, which names its organization.
    /// - Returns: `nil` when nobody hands out passes of this scheme, or this one is unknown, expired or revoked: which
    ///   of them it is, is nobody's business.
    /// - Throws: Storage errors.
    package func guest(_ scheme: String, _ pass: AddressSecret) async throws -> Guest? {
        guard let (owner, passes) = self.platform.guestPasses[scheme.lowercased()] else { return nil }
        let digest = pass.digest
        return try await self.database.entering(owner.namespace).read(in: .organization(pass.organization)) { tx in
            try passes.find(digest, tx)
        }
    }

    /// Whether a scheme is one of those by which guests show passes.
    package func knowsGuests(_ scheme: String) -> Bool {
        self.platform.guestPasses[scheme.lowercased()] != nil
    }
}
