internal import AlmanacStorage

/// Gives a user a person and roles in an organization.
struct UserPlacement {
    let user: ID<User>
    let email: EmailAddress
    let organization: OrganizationID
    let roles: [Role]
    /// What a person who is made is called; taken from the address when both names are empty.
    var givenName = ""
    /// The family name of a person who is made.
    var familyName = ""
    /// The language of a person who is made.
    var locale: String?

    /// Links the user to a person, made when there is none, and gives the roles.
    ///
    /// - Throws: ``Refusal`` `unknown_role` when the organization has no such role.
    func settle(preferring person: ID<Person>?, _ tx: Transaction) throws {
        if self.roles.contains(where: { !$0.isBuiltIn }) {
            // Nobody deletes a role while it is given.
            try AccessLock.take(for: self.organization, in: tx)
            let unknown = try RoleStore(organization: self.organization).unknown(among: self.roles, in: tx.reading)
            if let role = unknown.first {
                throw Refusal.invalid("/role", "unknown_role", "there is no role called \(role)")
            }
        }
        let present = try tx.value(
            """
            SELECT id FROM \(Person.table) WHERE organization_id = \(self.organization) AND user_id = \(self.user)
            """, as: ID<Person>.self)
        if let present {
            if let person, person != present {
                throw Refusal(
                    .conflict, "user_is_another_person", "this user is another person in the organization already")
            }
        } else {
            try self.link(person ?? self.personWithThisAddress(tx), tx)
        }
        for role in self.roles {
            try tx.execute(
                """
                INSERT INTO \(UserRole.table) (organization_id, user_id, role, created_at)
                VALUES (\(self.organization), \(self.user), \(role.name), \(tx.now))
                ON CONFLICT (organization_id, user_id, role) DO NOTHING
                """)
        }
    }

    /// A person who has this address and nobody else's user.
    private func personWithThisAddress(_ tx: Transaction) throws -> ID<Person>? {
        try tx.value(
            """
            SELECT id FROM \(Person.table)
            WHERE organization_id = \(self.organization) AND email_key = \(self.email.key) AND user_id IS NULL
                AND archived_at IS NULL
            ORDER BY id LIMIT 1
            """, as: ID<Person>.self)
    }

    private func link(_ person: ID<Person>?, _ tx: Transaction) throws {
        guard let person else {
            let isNamed = !self.givenName.isEmpty || !self.familyName.isEmpty
            var draft = PersonDraft(
                givenName: isNamed ? self.givenName : String(self.email.text.prefix { $0 != "@" }),
                familyName: self.familyName)
            draft.locale = self.locale
            draft.email = self.email
            draft.user = self.user
            try People.insert(draft, id: tx.id(), organization: self.organization, createdBy: "system:identity", in: tx)
            return
        }
        let changed = try tx.execute(
            """
            UPDATE \(Person.table) SET user_id = \(self.user), version = version + 1
            WHERE organization_id = \(self.organization) AND id = \(person) AND user_id IS NULL
            """)
        guard changed == 1 else {
            throw Refusal(.conflict, "person_has_user", "this person does not exist or has a user already")
        }
    }
}
