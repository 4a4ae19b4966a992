public import AlmanacStorage

/// The people of an organization, in the caller's transaction.
///
/// Everything here runs in the kernel's own room, whoever calls.
public struct People: Sendable {
    init() {}

    /// Makes a person.
    ///
    /// - Parameters:
    ///   - draft: What is known of them.
    ///   - known: What they are called already, where something was kept for them before anybody knew who they are;
    ///     drawn when left out.
    ///   - tx: The caller's transaction.
    /// - Returns: What they are called.
    /// - Throws: What the statement throws, also when there is a person of that name already.
    public func create(
        _ draft: PersonDraft, as known: ID<Person>? = nil, in tx: Transaction
    ) throws -> ID<Person> {
        let call = try tx.callState().call
        let id = known ?? tx.id()
        try Self.insert(
            draft, id: id, organization: call.organization, createdBy: call.principal.name, in: tx.entering(.kernel))
        return id
    }

    /// What became of a person that was imported.
    public enum ImportOutcome: Sendable { case created, updated, unchanged }

    /// Makes the person that is called `externalID` in `source`, or brings them up to date.
    public func `import`(
        _ draft: PersonDraft, source: String, externalID: String, in tx: Transaction
    ) throws -> (id: ID<Person>, outcome: ImportOutcome) {
        let call = try tx.callState().call
        let kernel = tx.entering(.kernel)
        var draft = draft
        draft.source = source
        draft.externalID = externalID
        let known = try kernel.fetchOne(
            """
            SELECT \(Person.columns) FROM \(Person.table)
            WHERE organization_id = \(call.organization) AND source = \(source) AND external_id = \(externalID)
            """, as: Person.self)
        guard let known else {
            let id: ID<Person> = tx.id()
            try Self.insert(draft, id: id, organization: call.organization, createdBy: call.principal.name, in: kernel)
            return (id, .created)
        }
        guard !Self.agrees(known, with: draft) else { return (known.id, .unchanged) }
        try kernel.post(
            """
            UPDATE \(Person.table)
            SET given_name = \(draft.givenName), family_name = \(draft.familyName), sort_key = \(Self.sortKey(draft)),
                email = \(draft.email?.text), email_key = \(draft.email?.key), phone = \(draft.phone),
                locale = \(draft.locale), time_zone = \(draft.zone), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(known.id)
            """)
        return (known.id, .updated)
    }

    /// The person with this id.
    public func find(_ id: ID<Person>, in tx: ReadTransaction) throws -> Person? {
        try self.find([id], in: tx)[id]
    }

    private struct Name: Record {
        static let columns: Columns = ["given_name", "family_name"]
        let shown: String

        init(row: inout RowReader) throws {
            let givenName: String = try row.next()
            self.shown = Person.displayName(givenName, try row.next())
        }
    }

    /// The name under which the person with this id is shown: for those who need nothing else of them.
    ///
    /// - Returns: The name; `nil` when there is no such person, or none any more because they were erased.
    public func name(of id: ID<Person>, in tx: ReadTransaction) throws -> String? {
        guard let organization = tx.scope.organization else { return nil }
        return try tx.entering(.kernel).fetchOne(
            """
            SELECT \(Name.columns) FROM \(Person.table)
            WHERE organization_id = \(organization) AND id = \(id) AND archived_at IS NULL
            """, as: Name.self
        )?.shown
    }

    /// Whether somebody could sign in to this organization now, as this person.
    ///
    /// For what people have given out to programs and what must end with their account.
    public func isActiveMember(_ id: ID<Person>, in tx: ReadTransaction) throws -> Bool {
        guard let organization = tx.scope.organization else { return false }
        let found = try tx.entering(.kernel).value(
            """
            SELECT p.id FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE p.organization_id = \(organization) AND organization_id = \(organization) AND p.id = \(id)
                AND u.is_active AND \(Person.isMember)
            """, as: ID<Person>.self)
        return found != nil
    }

    /// The people with these ids; unknown ids are left out.
    public func find(_ ids: [ID<Person>], in tx: ReadTransaction) throws -> [ID<Person>: Person] {
        guard !ids.isEmpty, let organization = tx.scope.organization else { return [:] }
        let found = try tx.entering(.kernel).fetchAll(
            """
            SELECT \(Person.columns) FROM \(Person.table)
            WHERE organization_id = \(organization) AND id IN \(list: ids)
            """, as: Person.self)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// How many people are found by what they are called.
    public static let mostFound = 500

    /// The people whose name or address contains a text in any spelling, by name: at most ``mostFound``.
    ///
    /// - Parameters:
    ///   - text: A part of a name or of an address; nobody is found by nothing.
    ///   - tx: A transaction of the organization's.
    /// - Returns: Who was found.
    /// - Throws: Storage errors.
    public func containing(_ text: String, in tx: ReadTransaction) throws -> [ID<Person>] {
        let key = FoldKey(text).text
        guard !key.isEmpty, let organization = tx.scope.organization else { return [] }
        let pattern = "%\(MemberStore.escaped(key))%"
        return try tx.entering(.kernel).values(
            """
            SELECT id FROM \(Person.table)
            WHERE organization_id = \(organization) AND archived_at IS NULL
                AND (sort_key LIKE \(pattern) ESCAPE '!' OR email_key LIKE \(pattern) ESCAPE '!')
            ORDER BY sort_key, id LIMIT \(Self.mostFound)
            """, as: ID<Person>.self)
    }

    static func insert(
        _ draft: PersonDraft, id: ID<Person>, organization: OrganizationID, createdBy: String, in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(Person.table) (organization_id, id, given_name, family_name, sort_key, email, email_key,
                phone, locale, time_zone, user_id, source, external_id, version, created_at, created_by)
            VALUES (\(organization), \(id), \(draft.givenName), \(draft.familyName), \(Self.sortKey(draft)),
                \(draft.email?.text), \(draft.email?.key), \(draft.phone), \(draft.locale), \(draft.zone),
                \(draft.user), \(draft.source), \(draft.externalID), \(1), \(tx.now), \(createdBy))
            """)
    }

    /// Changes where mail goes of somebody without an account; of whoever has one it is the account's.
    ///
    /// - Returns: Whether there is such a person without a user.
    public func change(_ id: ID<Person>, email: EmailAddress, in tx: Transaction) throws -> Bool {
        guard let organization = tx.scope.organization else { return false }
        return try tx.entering(.kernel).execute(
            """
            UPDATE \(Person.table)
            SET email = \(email.text), email_key = \(email.key), version = version + 1
            WHERE organization_id = \(organization) AND id = \(id) AND user_id IS NULL AND archived_at IS NULL
            """) == 1
    }

    /// The address with which a person signs in, if it was shown to be theirs.
    ///
    /// - Returns: `nil` for whoever has no account, and where nobody ever asked whether the address is theirs.
    public func verifiedEmail(of id: ID<Person>, in tx: ReadTransaction) throws -> EmailAddress? {
        guard let organization = tx.scope.organization else { return nil }
        return try tx.entering(.kernel).value(
            """
            SELECT u.email FROM \(Person.table) p JOIN \(User.table) u ON u.id = p.user_id
            WHERE p.organization_id = \(organization) AND organization_id = \(organization) AND p.id = \(id)
                AND p.archived_at IS NULL AND u.is_active AND u.email_verified_at IS NOT NULL
            """, as: EmailAddress.self)
    }

    /// The people without an account to whom mail goes to an address.
    public func withoutUser(_ email: EmailAddress, in tx: ReadTransaction) throws -> [ID<Person>] {
        guard let organization = tx.scope.organization else { return [] }
        return try tx.entering(.kernel).values(
            """
            SELECT id FROM \(Person.table)
            WHERE organization_id = \(organization) AND email_key = \(email.key) AND user_id IS NULL
                AND archived_at IS NULL
            ORDER BY id
            """, as: ID<Person>.self)
    }

    private static func sortKey(_ draft: PersonDraft) -> FoldKey {
        FoldKey("\(draft.familyName) \(draft.givenName)")
    }

    private static func agrees(_ person: Person, with draft: PersonDraft) -> Bool {
        // By bytes: another spelling of the same letters is a change too.
        func same(_ left: String?, _ right: String?) -> Bool {
            left.map { Array($0.utf8) } == right.map { Array($0.utf8) }
        }
        return same(person.givenName, draft.givenName) && same(person.familyName, draft.familyName)
            && same(person.email, draft.email?.text) && same(person.phone, draft.phone)
            && same(person.locale, draft.locale) && person.zone == draft.zone
    }
}
