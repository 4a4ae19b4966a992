public import AlmanacStorage
internal import Synchronization

/// Finds and keeps the organizations of a deployment.
///
/// There are few and they change rarely, so all of them are kept in memory as one snapshot; each write replaces it.
public final class Organizations: Sendable {
    private let database: Database
    private let snapshot = Mutex<[Organization]?>(nil)

    init(database: Database) {
        self.database = database.entering(.kernel)
    }

    /// All organizations, by slug.
    public func all() async throws -> [Organization] {
        if let known = self.snapshot.withLock({ $0 }) { return known }
        let found = try await self.database.read(in: .system(SystemScope("list organizations"))) { tx in
            try tx.fetchAll(
                "SELECT \(Organization.columns) FROM \(Organization.table) ORDER BY slug", as: Organization.self)
        }
        self.snapshot.withLock { $0 = found }
        return found
    }

    /// All organizations as they are in the database now: also tells that the database answers.
    public func check() async throws -> [Organization] {
        self.forget()
        return try await self.all()
    }

    private func forget() { self.snapshot.withLock { $0 = nil } }

    /// The organization with this id.
    public func find(_ id: OrganizationID) async throws -> Organization? {
        try await self.all().first { $0.id == id }
    }

    /// The organization with this slug, or the only one when `slug` is `nil`.
    ///
    /// - Returns: `nil` when there is none, or when there are several and no slug was given.
    public func find(slug: String?) async throws -> Organization? {
        let all = try await self.all()
        guard let slug else { return all.count == 1 ? all.first : nil }
        return all.first { $0.slug.utf8.elementsEqual(slug.utf8) }
    }

    /// The organization in which a transaction works.
    ///
    /// Answered from memory where all organizations have been asked for before; else it costs one statement.
    ///
    /// - Throws: ``Refusal`` of kind `notFound` when the transaction works for the platform or the organization is
    ///   gone.
    public func current(in tx: ReadTransaction) throws -> Organization {
        guard let id = tx.scope.organization else { throw Refusal.notFound("organization") }
        if let known = self.snapshot.withLock({ $0?.first { $0.id == id } }) { return known }
        let found = try tx.entering(.kernel).fetchOne(
            "SELECT \(Organization.columns) FROM \(Organization.table) WHERE id = \(id)", as: Organization.self)
        guard let found else { throw Refusal.notFound("organization") }
        return found
    }

    /// Whether a caller may see how the deployment is set up and how it does.
    ///
    /// What belongs to the deployment as a whole, as where its manifest says something and how its plugins do, is nobody's
    /// among several organizations: there only the operator sees it, at the command line. Asked anew each time, so that it
    /// holds from the moment on in which a second organization is there.
    package func showsDeployment(to call: Call, in tx: ReadTransaction) throws -> Bool {
        guard call.principal.scope(of: .readDeployment) == .organization else { return false }
        let count = try tx.entering(.kernel).value("SELECT count(*) FROM \(Organization.table)", as: Int.self)
        return count == 1
    }

    /// Creates an organization, unless there is one with this slug: from then on it is changed by its administrators.
    ///
    /// - Returns: The organization as it is.
    package func establish(
        slug: String, name: String, zone: Zone, locale: String, currency: String
    ) async throws -> Organization {
        let established = try await self.database.write(in: .system(SystemScope("establish an organization"))) { tx in
            let known = try tx.fetchOne(
                "SELECT \(Organization.columns) FROM \(Organization.table) WHERE slug = \(slug)", as: Organization.self)
            if let known { return known }
            let organization = Organization(
                id: tx.id(), slug: slug, name: name, zone: zone, locale: locale, currency: currency)
            try tx.execute(
                """
                INSERT INTO \(Organization.table) (\(Organization.columns), created_at)
                VALUES (\(organization.id), \(slug), \(name), \(zone), \(locale), \(currency), \(tx.now))
                ON CONFLICT (slug) DO NOTHING
                """)
            // Two hosts may establish it at once: what is stored counts.
            return try tx.fetchOne(
                "SELECT \(Organization.columns) FROM \(Organization.table) WHERE slug = \(slug)", as: Organization.self)
                ?? organization
        }
        self.forget()
        return established
    }
}
