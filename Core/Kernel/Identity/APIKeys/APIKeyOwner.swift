internal import AlmanacStorage

/// A key as a request finds it, with its owner as they are now.
struct APIKeyOwner: Record {
    static let columns: Columns = [
        "k.organization_id", "k.id", "k.user_id", "k.scopes", "k.expires_at", "k.last_used_at",
        "p.id AS person_id", "coalesce(e.epoch, 0) AS epoch",
    ]

    private let organization: OrganizationID
    private let key: ID<APIKey>
    private let user: ID<User>
    private let scopes: [APIKeyScope]
    private let expiresAt: Instant
    private let lastUsedAt: Instant?
    private let person: ID<Person>
    private let epoch: Int

    init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.key = try row.next()
        self.user = try row.next()
        self.scopes = APIKey.scopes(try row.next()).compactMap { APIKeyScope($0) }
        self.expiresAt = try row.next()
        self.lastUsedAt = try row.nextIfPresent()
        self.person = try row.next()
        self.epoch = try row.next()
    }

    /// The key with this digest, unless it was revoked or its owner may not sign in any more.
    static func find(
        _ digest: [UInt8], _ loader: PrincipalLoader, _ tx: ReadTransaction
    ) throws -> (entry: PrincipalCache.Entry, lastUsedAt: Instant?)? {
        let key: SQL = """
            SELECT \(Self.columns)
            FROM \(APIKey.table) k
            JOIN \(User.table) u ON u.id = k.user_id
            JOIN \(Person.table) p ON p.organization_id = k.organization_id AND p.user_id = k.user_id
            LEFT JOIN \(AccessSchema.epoch) e ON e.organization_id = k.organization_id
            WHERE k.token_hash = \(digest) AND k.revoked_at IS NULL AND u.is_active AND \(Person.isMember)
            """
        guard let line = try CredentialLine<APIKeyOwner>.fetch(key, withRules: loader.readsRules, in: tx) else {
            return nil
        }
        let found = line.credential
        let reader = AccessReader(
            catalog: loader.catalog, organization: found.organization, snapshots: loader.snapshots)
        let standing = try reader.standing(from: line.standing, with: line.rules, at: found.epoch, in: tx)
        let user = SignedInUser(
            id: found.user, person: found.person, session: nil, roles: standing.roles,
            grants: standing.grants.restricted(to: found.scopes), apiKey: found.key)
        let entry = PrincipalCache.Entry(
            organization: found.organization, user: user, expiresAt: found.expiresAt, loadedAt: tx.now)
        return (entry, found.lastUsedAt)
    }
}
