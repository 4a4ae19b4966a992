internal import AlmanacStorage

/// What has been mailed to somebody and waits to be sent back: a row for each ``MailedToken``, and for each that would
/// have been one had there been an account.
///
/// A request by mail leaves the same traces whether or not somebody has the address, so that neither its answer nor the
/// time it takes tells. The token of a row that nobody may use is drawn and thrown away.
enum AccountToken {
    /// What a token is good for.
    enum Purpose: String, Sendable {
        /// Making an account, or joining the organization with one.
        case register
        /// Choosing a password anew.
        case reset
        /// Taking a new address.
        case email
    }

    static let table = Table(.kernel, "account_token")

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("purpose", .text)
            Column("token_hash", .bytes)
            Column("user_id", .uuid, optional: true)
            Column("email", .text)
            Column("email_key", .text)
            Column("given_name", .text)
            Column("family_name", .text)
            Column("locale", .text, optional: true)
            Column("created_at", .instant)
            Column("expires_at", .instant)
            Column("used_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("user_id", references: User.table, onDelete: .cascade)
        },
        CreateIndex(on: Self.table, "token_hash", unique: true, acrossOrganizations: true),
        CreateIndex(on: Self.table, "email_key", "purpose"),
        CreateIndex(on: Self.table, "user_id", acrossOrganizations: true),
        CreateIndex(on: Self.table, "expires_at", acrossOrganizations: true),
    ]

    /// Seconds for which a token works (ASVS 6.6.2).
    static let lifetimeSeconds: Int64 = 600
    /// Seconds for which a registration is remembered beyond its token, so that it can be mailed once more.
    static let memorySeconds: Int64 = 86_400
    /// How many tokens of one purpose may be under way to an address at a time: more would be a way to fill mailboxes.
    static let limitPerAddress = 5

    /// The statement that uses a token up: it changes one row for one of those who show it, however many at once.
    static func use(
        _ token: ID<AccountTokenRow>, _ purpose: Purpose, in organization: OrganizationID, at now: Instant
    ) -> SQL {
        """
        UPDATE \(self.table) SET used_at = \(now)
        WHERE organization_id = \(organization) AND id = \(token) AND purpose = \(purpose.rawValue)
            AND used_at IS NULL AND expires_at > \(now)
        """
    }

    /// Makes all tokens of a user for a purpose useless: in a transaction of the platform's.
    static func void(_ purposes: [Purpose], of user: ID<User>, _ tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(self.table) SET used_at = \(tx.now)
            WHERE user_id = \(user) AND purpose IN \(list: purposes.map(\.rawValue)) AND used_at IS NULL
            """)
    }

    /// Why a token is refused, whatever is wrong with it.
    static let refusal = Refusal(
        .invalid, "token_invalid",
        "this link or code is unknown, has been used or has expired: ask for a new one",
        fields: [.init("/token", "token_invalid", "unknown, used or expired")])
}
