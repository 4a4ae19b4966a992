internal import AlmanacStorage

/// A user as the operations on accounts see them, with the person they are in the organization of the call, if any.
struct AccountHolder: Sendable {
    /// What of a user is needed.
    private struct Credentials: Record {
        static let columns: Columns = ["id", "email", "is_active", "password_hash"]
        let user: ID<User>
        let email: EmailAddress
        let isActive: Bool
        let passwordHash: String

        init(row: inout RowReader) throws {
            self.user = try row.next()
            self.email = try row.next()
            self.isActive = try row.next()
            self.passwordHash = try row.next()
        }
    }

    /// What of a person is needed.
    private struct Names: Record {
        static let columns: Columns = ["id", "given_name", "family_name", "locale"]
        let person: ID<Person>
        let givenName: String
        let familyName: String
        let locale: String?

        init(row: inout RowReader) throws {
            self.person = try row.next()
            self.givenName = try row.next()
            self.familyName = try row.next()
            self.locale = try row.nextIfPresent()
        }
    }

    private let credentials: Credentials
    private let names: Names?

    var user: ID<User> { self.credentials.user }
    var email: EmailAddress { self.credentials.email }
    var isActive: Bool { self.credentials.isActive }
    var passwordHash: String { self.credentials.passwordHash }
    /// The person, unless there is none in the organization or it may not act there.
    var person: ID<Person>? { self.names?.person }
    /// The language of the person.
    var locale: String? { self.names?.locale }

    static func find(
        email key: FoldKey, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> AccountHolder? {
        try self.find("email_key = \(key)", in: organization, tx)
    }

    static func find(
        _ user: ID<User>, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> AccountHolder? {
        try self.find("id = \(user)", in: organization, tx)
    }

    /// Whether a user may sign in to an organization: they are active, and a member of it.
    static func isWelcome(
        _ user: ID<User>, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> Bool {
        guard let holder = try self.find(user, in: organization, tx) else { return false }
        return holder.isActive && holder.person != nil
    }

    private static func find(
        _ condition: SQL, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> AccountHolder? {
        let credentials = try tx.fetchOne(
            "SELECT \(Credentials.columns) FROM \(User.table) WHERE \(condition)", as: Credentials.self)
        // Asked for also where there is no user, so that it takes the same time.
        let user = credentials?.user ?? ID(high: 0, low: 0)
        let names = try tx.fetchOne(
            """
            SELECT \(Names.columns) FROM \(Person.table) p
            WHERE p.organization_id = \(organization) AND p.user_id = \(user) AND \(Person.isMember)
            """, as: Names.self)
        return credentials.map { AccountHolder(credentials: $0, names: names) }
    }

    /// What everybody knows about the account.
    func context(in organization: Organization?) -> PasswordContext {
        PasswordContext(
            email: self.email, organization: organization,
            names: self.names.map { [$0.givenName, $0.familyName] } ?? [])
    }
}
