package import AlmanacStorage

/// A user as the administrators of one organization see them.
///
/// What the user is elsewhere, and whether they are anything elsewhere, does not show.
package struct Member: Record {
    package static let columns: Columns = [
        "p.user_id", "p.id", "u.email", "p.given_name", "p.family_name", "p.sort_key", "p.disabled_at",
        "p.access_version",
    ]

    /// The user.
    package let user: ID<User>
    /// The person the user is in this organization.
    package let person: ID<Person>
    /// The address with which the user signs in.
    package let email: String
    /// The name under which the person is shown.
    package let name: String
    /// By what the list is sorted.
    let sortKey: String
    /// Since when the user may not sign in to this organization.
    package let disabledAt: Instant?
    /// Counts changes of roles and of this state from 1.
    package let version: Int
    /// The roles in this organization, sorted; read apart.
    package var roles: [Role] = []

    package init(row: inout RowReader) throws {
        self.user = try row.next()
        self.person = try row.next()
        self.email = try row.next()
        let givenName: String = try row.next()
        self.name = Person.displayName(givenName, try row.next())
        self.sortKey = try row.next()
        self.disabledAt = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// Which members are asked for.
package struct MemberQuery: Sendable {
    /// What name or address contains, in any spelling; everybody when empty.
    package var text = ""
    /// Only those with this role.
    package var role: Role?
    /// Only those who may sign in, or only those who may not.
    package var isDisabled: Bool?

    /// Asks for everybody.
    package init() {}
}
