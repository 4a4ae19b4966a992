package import AlmanacStorage

/// What the caller is to the organization, as they see and change it themselves: in the transaction of a command or
/// query.
///
/// The address to sign in with is not changed here: that takes the password and a mail; see ``Accounts``.
package struct Profiles: Sendable {
    package init() {}

    /// A profile as it is.
    package struct Profile: Record {
        package static let columns: Columns = [
            "id", "given_name", "family_name", "display_name", "username", "slug", "phone", "locale", "time_zone",
            "preferences", "version",
        ]

        /// The person.
        package let person: ID<Person>
        /// First and middle names.
        package var givenName: String
        /// Family name.
        package var familyName: String
        /// What the person wants to be called.
        package var displayName: String?
        /// A name of one word that nobody else in the organization has.
        package var username: String?
        /// The name in addresses of pages, which nobody else in the organization has.
        package var slug: String?
        /// Where calls go.
        package var phone: String?
        /// The preferred language as a BCP 47 tag.
        package var locale: String?
        /// Where the person's clock is.
        package var zone: Zone?
        /// How the person likes to have things, by keys that pages choose.
        package var preferences: JSON
        /// Counts changes from 1.
        package let version: Int

        package init(row: inout RowReader) throws {
            self.person = try row.next()
            self.givenName = try row.next()
            self.familyName = try row.next()
            self.displayName = try row.nextIfPresent()
            self.username = try row.nextIfPresent()
            self.slug = try row.nextIfPresent()
            self.phone = try row.nextIfPresent()
            self.locale = try row.nextIfPresent()
            self.zone = try row.nextIfPresent()
            self.preferences = try row.nextIfPresent() ?? .object([:])
            self.version = try row.next()
        }
    }

    /// How somebody signs in.
    package struct Login: Record {
        package static let columns: Columns = ["id", "email", "email_verified_at"]

        /// The user.
        package let user: ID<User>
        /// The address to sign in with.
        package let email: String
        /// When the address was shown to be the user's.
        package let emailVerifiedAt: Instant?

        package init(row: inout RowReader) throws {
            self.user = try row.next()
            self.email = try row.next()
            self.emailVerifiedAt = try row.nextIfPresent()
        }
    }

    /// How the caller signs in.
    ///
    /// - Throws: ``Refusal`` `unauthenticated` when the caller is no user.
    package func login(in tx: ReadTransaction) throws -> Login {
        guard let user = try tx.callState().call.principal.user else { throw Refusal.unauthenticated }
        let found = try tx.fetchOne(
            "SELECT \(Login.columns) FROM \(User.table) WHERE id = \(user.id)", as: Login.self)
        guard let found else { throw Refusal.unauthenticated }
        return found
    }

    /// The caller's profile.
    ///
    /// - Throws: ``Refusal`` `unauthenticated` when the caller is no user.
    package func read(in tx: ReadTransaction) throws -> Profile {
        let call = try tx.callState().call
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        let found = try tx.fetchOne(
            """
            SELECT \(Profile.columns) FROM \(Person.table)
            WHERE organization_id = \(call.organization) AND id = \(user.person)
            """, as: Profile.self)
        guard let found else { throw Refusal.notFound("profile") }
        return found
    }

    /// Changes the caller's profile.
    ///
    /// - Parameters:
    ///   - tx: The transaction of a command.
    ///   - change: Changes what is there; what it leaves stays.
    /// - Returns: The profile as it is then.
    /// - Throws: ``Refusal`` `version_changed`, `username_taken`, `slug_taken`, and what is wrong with a field.
    package func change(in tx: Transaction, _ change: (inout Profile) throws -> Void) throws -> Profile {
        let call = try tx.callState().call
        let before = try self.read(in: tx.reading)
        try call.match(version: before.version)
        var after = before
        try change(&after)
        try ProfileRule.check(&after)
        try self.checkIsFree("username_key", after.username.map { FoldKey($0).text }, after.person, call, tx)
        try self.checkIsFree("slug", after.slug, after.person, call, tx)
        let changed = try tx.execute(Self.update(after, from: before, call.organization))
        guard changed == 1 else {
            throw Refusal(.conflict, "changed_meanwhile", "this was changed meanwhile: read it again")
        }
        try tx.audit(
            "kernel.profile.changed", object: .init("person", after.person), changes: Self.changes(before, after))
        return try self.read(in: tx.reading)
    }

    /// All of a profile says something about its person.
    private static func changes(_ before: Profile, _ after: Profile) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("givenName", before.givenName, after.givenName, as: .personal)
        try changes.compare("familyName", before.familyName, after.familyName, as: .personal)
        try changes.compare("displayName", before.displayName, after.displayName, as: .personal)
        try changes.compare("username", before.username, after.username, as: .personal)
        try changes.compare("slug", before.slug, after.slug, as: .personal)
        try changes.compare("phone", before.phone, after.phone, as: .personal)
        try changes.compare("locale", before.locale, after.locale, as: .personal)
        try changes.compare("timeZone", before.zone, after.zone, as: .personal)
        try changes.compare("preferences", before.preferences, after.preferences, as: .personal)
        return changes
    }

    private static func update(_ after: Profile, from before: Profile, _ organization: OrganizationID) -> SQL {
        """
        UPDATE \(Person.table)
        SET given_name = \(after.givenName), family_name = \(after.familyName),
            sort_key = \(FoldKey("\(after.familyName) \(after.givenName)")), display_name = \(after.displayName),
            username = \(after.username), username_key = \(after.username.map { FoldKey($0) }), slug = \(after.slug),
            phone = \(after.phone), locale = \(after.locale), time_zone = \(after.zone),
            preferences = \(after.preferences), version = version + 1
        WHERE organization_id = \(organization) AND id = \(after.person) AND version = \(before.version)
        """
    }

    /// Says in words what a unique index says too, to whoever comes at the same moment.
    private func checkIsFree(
        _ column: StaticString, _ value: String?, _ person: ID<Person>, _ call: Call, _ tx: Transaction
    ) throws {
        guard let value else { return }
        var condition: SQL = "organization_id = \(call.organization) AND id <> \(person) AND "
        condition.append(SQL(unsafeSQL: "\(column)"))
        condition.append(" = \(value)")
        let taken = try tx.value("SELECT count(*) FROM \(Person.table) WHERE \(condition)", as: Int.self)
        guard taken ?? 0 == 0 else {
            let field = "\(column)" == "slug" ? "slug" : "username"
            throw Refusal(
                .conflict, "\(field)_taken", "somebody else has this \(field): choose another one",
                fields: [.init("/\(field)", "\(field)_taken", "somebody else has it")])
        }
    }
}
