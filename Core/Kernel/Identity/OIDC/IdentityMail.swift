internal import AlmanacStorage

/// Tells the owner of an account that another way in was opened or closed.
struct IdentityMail: Sendable {
    /// What has happened.
    enum Change: String, Sendable, CaseIterable {
        /// An identity has been linked.
        case linked
        /// An account has been made for an identity.
        case registered
        /// An identity has been unlinked.
        case unlinked
    }

    let change: Change
    /// The name of the provider, or its issuer when it is no longer configured.
    let provider: String

    /// Sends it once the change is committed, to the address that the account has then.
    ///
    /// - Parameters:
    ///   - user: Whose account it is.
    ///   - organization: In whose name.
    ///   - accounts: Who sends.
    ///   - call: Who has changed it, for the language.
    ///   - tx: The transaction of the change.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database refuses a statement.
    func post(
        to user: ID<User>, from organization: Organization, _ accounts: Accounts, _ call: Call, in tx: Transaction
    ) throws {
        guard let holder = try AccountHolder.find(user, in: organization.id, tx.reading) else { return }
        let languages = [holder.locale].compactMap { $0 } + call.languages
        tx.afterCommit { accounts.send(.identity(self), to: holder.email, from: organization, in: languages) }
    }
}
