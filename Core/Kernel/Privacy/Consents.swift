public import AlmanacStorage

/// What people have agreed to, in the caller's transaction.
///
/// Ask before each use, not once: a consent may be taken back at any time.
public struct Consents: Sendable {
    init() {}

    /// Whether a person agrees to a purpose now.
    ///
    /// - Parameters:
    ///   - person: The person, of the transaction's organization.
    ///   - purpose: What is asked for, as `newsletter`.
    ///   - tx: The caller's transaction.
    /// - Returns: Whether the latest line of the purpose gives consent; `false` when there is none.
    /// - Throws: ``AlmanacStorage/StorageError``.
    public func isGiven(by person: ID<Person>, for purpose: String, in tx: ReadTransaction) throws -> Bool {
        guard let organization = tx.scope.organization else { return false }
        return try tx.entering(.kernel).value(
            """
            SELECT is_given FROM \(Consent.table)
            WHERE organization_id = \(organization) AND person_id = \(person) AND purpose = \(purpose)
            ORDER BY id DESC LIMIT 1
            """) ?? false
    }

    /// The ledger of the caller's own consents, the latest first.
    package func own(after cursor: Cursor?, limit: Int, in tx: ReadTransaction) throws -> [Consent] {
        let (organization, person) = try Self.caller(tx)
        var condition: SQL = "organization_id = \(organization) AND person_id = \(person)"
        if let cursor { condition.append(" AND \(cursor.before(["id"]))") }
        return try tx.fetchAll(
            "SELECT \(Consent.columns) FROM \(Consent.table) WHERE \(condition) ORDER BY id DESC LIMIT \(limit)")
    }

    /// Notes what the caller agrees to or takes back.
    ///
    /// - Throws: ``Refusal`` when the purpose is no purpose's name, or the caller is no user.
    package func record(
        _ purpose: String, textVersion: String, isGiven: Bool, in tx: Transaction
    ) throws -> Consent {
        guard Self.isPurpose(purpose) else {
            throw Refusal.invalid(
                "/purpose", "purpose_malformed",
                "a purpose is 1 to 60 lower-case letters, digits and hyphens and begins with a letter: newsletter")
        }
        let (organization, person) = try Self.caller(tx.reading)
        let id: ID<Consent> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(Consent.table)
                (organization_id, id, person_id, purpose, text_version, is_given, recorded_at, recorded_by)
            VALUES (\(organization), \(id), \(person), \(purpose), \(textVersion), \(isGiven), \(tx.now),
                \(tx.call?.principal.name))
            """)
        try tx.audit(
            isGiven ? "kernel.consent.given" : "kernel.consent.withdrawn", object: .init("person", person),
            detail: ["purpose": .string(purpose), "textVersion": .string(textVersion)])
        let stored = try tx.fetchOne(
            "SELECT \(Consent.columns) FROM \(Consent.table) WHERE organization_id = \(organization) AND id = \(id)",
            as: Consent.self)
        guard let stored else { throw Refusal.notFound("consent") }
        return stored
    }

    private static func isPurpose(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...60).contains(bytes.count), let first = bytes.first, (0x61...0x7A).contains(first) else {
            return false
        }
        return bytes.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func caller(_ tx: ReadTransaction) throws -> (OrganizationID, ID<Person>) {
        let call = try tx.callState().call
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return (call.organization, user.person)
    }
}
