internal import AlmanacStorage
internal import Crypto

/// A request for a mail with a token, as it is written down: the same statements for whatever address.
struct AccountRequest: Sendable {
    let purpose: AccountToken.Purpose
    let email: EmailAddress
    let token: MailedToken
    var user: ID<User>?
    var givenName = ""
    var familyName = ""
    var locale: String?

    /// Writes the request down, unless too many are under way to the address.
    ///
    /// - Returns: Whether it was.
    func store(in organization: OrganizationID, _ tx: Transaction) throws -> Bool {
        try tx.lock([self.lockKey])
        let underWay = try tx.value(
            """
            SELECT count(*) FROM \(AccountToken.table)
            WHERE organization_id = \(organization) AND email_key = \(self.email.key)
                AND purpose = \(self.purpose.rawValue) AND expires_at > \(tx.now)
            """, as: Int.self)
        guard underWay ?? 0 < AccountToken.limitPerAddress else { return false }
        try tx.post(
            """
            INSERT INTO \(AccountToken.table) (organization_id, id, purpose, token_hash, user_id, email, email_key,
                given_name, family_name, locale, created_at, expires_at)
            VALUES (\(organization), \(tx.id(AccountTokenRow.self)), \(self.purpose.rawValue), \(self.token.digest),
                \(self.user), \(self.email.text), \(self.email.key), \(self.givenName), \(self.familyName),
                \(self.locale), \(tx.now), \(tx.now.adding(seconds: AccountToken.lifetimeSeconds)))
            """)
        return true
    }

    /// One request for an address at a time, so that they are counted.
    private var lockKey: LockKey {
        let digest = Array(SHA256.hash(data: Array(self.email.key.text.utf8)))
        func half(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        return LockKey("account mail", ID<AccountTokenRow>(high: half(digest[0..<8]), low: half(digest[8..<16])))
    }
}

/// A token that was sent back, with what it is for.
struct AccountTokenRow: Record {
    static let columns: Columns = ["id", "user_id", "email", "given_name", "family_name", "locale"]

    let id: ID<AccountTokenRow>
    let user: ID<User>?
    let email: EmailAddress
    let givenName: String
    let familyName: String
    let locale: String?

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.user = try row.nextIfPresent()
        self.email = try row.next()
        self.givenName = try row.next()
        self.familyName = try row.next()
        self.locale = try row.nextIfPresent()
    }

    /// The row of a token that still works, or `nil`.
    static func find(
        _ token: MailedToken, _ purpose: AccountToken.Purpose, in organization: OrganizationID, _ tx: ReadTransaction
    ) throws -> AccountTokenRow? {
        try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(AccountToken.table)
            WHERE organization_id = \(organization) AND token_hash = \(token.digest) AND purpose = \(purpose.rawValue)
                AND used_at IS NULL AND expires_at > \(tx.now)
            """, as: AccountTokenRow.self)
    }
}
