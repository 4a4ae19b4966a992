package import AlmanacStorage

/// Gives people the data that is kept about them, and erases it.
///
/// Both run over what the kernel and every plugin in the program declare as ``PersonalData``.
package struct Privacy: Sendable {
    let inventory: PersonalInventory
    let cache: PrincipalCache

    /// The permission to take out what is kept about somebody.
    package static let canExport = Permission("people:export")
    /// The permission to erase somebody.
    package static let canErase = Permission("people:erase")

    /// What erasing a person did, by the table that had rows of theirs.
    package struct Erased: Sendable, Equatable {
        /// `plugin.table` with the number of rows that were emptied or removed, in the order of erasing.
        package let rows: [String: Int]
        /// Whether the way to sign in is gone too: it stays while the user is a person in another organization.
        package let erasesUser: Bool
    }

    /// Everything that is kept about a person of the caller's organization, as one document.
    package var export: Query<ID<Person>, JSON> {
        Query("kernel.privacy.export", .permission(Self.canExport)) { [inventory] person, call, tx in
            try tx.require(Self.canExport, on: Ownership(owners: [person]))
            return try PersonalExport(of: person, in: call.organization, inventory).document(tx)
        }
    }

    /// Erases a person of the caller's organization: in one transaction, in every table, for ever.
    package var erase: Command<ID<Person>, Erased> {
        Command("kernel.privacy.erase", .permission(Self.canErase)) { [self] person, call, tx in
            try tx.require(Self.canErase, on: Ownership())
            let erased = try PersonalErasure(of: person, in: call.organization, self.inventory).perform(tx)
            tx.afterCommit { [cache] in cache.empty() }
            return erased
        }
    }

    /// The people of the caller's organization that a text may mean: a person's or user's id, or an e-mail address.
    package static let find = Query<String, [ID<Person>]>("kernel.privacy.find", .permission(Self.canExport)) {
        text, call, tx in
        let meant: SQL
        if let id = ID<Person>(text) {
            meant = "(id = \(id) OR user_id = \(id))"
        } else if let email = try? EmailAddress(text) {
            meant = "email_key = \(email.key)"
        } else {
            throw Refusal.invalid("", "not_a_person", "\(text) is neither an id nor an e-mail address")
        }
        _ = try tx.filter(Self.canExport)
        return try tx.values(
            "SELECT id FROM \(Person.table) WHERE organization_id = \(call.organization) AND \(meant) ORDER BY id LIMIT 20"
        )
    }
}
