package import AlmanacStorage
internal import Crypto

/// A month of an organization's log that stands in a file outside the database, as the database tells of it.
///
/// What is told is signed with the key of the checkpoints (Ed25519, RFC 8032), so that whoever can only write to the
/// database can neither put another file in its place nor pretend that one was removed because its time had come.
package struct AuditSegment: Sendable, Equatable {
    package static let table = Table(.kernel, "audit_segment")

    /// Whose log.
    package let organization: OrganizationID
    /// The first day of the month, by UTC.
    package let month: LocalDate
    /// The first position in the file.
    package let first: Int64
    /// The last position in the file.
    package let last: Int64
    /// The earliest time of an entry.
    package let from: Instant
    /// The latest time of an entry.
    package let to: Instant
    /// The chain's hash before the first position.
    package let previous: [UInt8]
    /// The chain's hash at the last position.
    package let hash: [UInt8]
    /// SHA-256 of the file.
    package let digest: [UInt8]
    /// The size of the file in bytes.
    package let size: Int64
    /// Over all of that.
    package var signature: [UInt8] = []
    /// When the file was removed because its time had come, signed too.
    package var removal: Removal?

    /// That a file was removed.
    package struct Removal: Sendable, Equatable {
        /// When.
        package let at: Instant
        /// Over the segment and the time.
        package let signature: [UInt8]
    }

    static let migrationStep = CreateTable(Self.table) {
        Column("first_position", .integer)
        Column("last_position", .integer)
        Column("month", .date)
        Column("first_at", .instant)
        Column("last_at", .instant)
        Column("previous_hash", .bytes)
        Column("hash", .bytes)
        Column("digest", .bytes)
        Column("size", .integer)
        Column("signature", .bytes)
        Column("removed_at", .instant, optional: true)
        Column("removal_signature", .bytes, optional: true)
        PrimaryKey("first_position")
    }

    /// How many entries are in the file.
    package var count: Int64 { self.last - self.first + 1 }

    /// The name of the file below the folder of all segments: `ORGANIZATION/2025-09-1.jsonl.gz`.
    package var file: String { "\(self.organization)/\(self.month.description.prefix(7))-\(self.first).jsonl.gz" }

    /// Describes a segment that is not signed yet.
    init(
        _ organization: OrganizationID, _ month: LocalDate, first: Int64, last: Int64, _ previous: [UInt8],
        hash: [UInt8] = [], from: Instant = Instant(microseconds: 0), to: Instant = Instant(microseconds: 0),
        digest: [UInt8] = [], size: Int64 = 0
    ) {
        self.organization = organization
        self.month = month
        self.first = first
        self.last = last
        self.previous = previous
        self.hash = hash
        self.from = from
        self.to = to
        self.digest = digest
        self.size = size
    }

    // MARK: Signing

    private static let domain = Array("almanac audit segment 1\0".utf8)
    private static let removalDomain = Array("almanac audit segment removal 1\0".utf8)

    private var members: JSONObject {
        [
            "digest": .string(Hexadecimal.encode(self.digest)), "first": .number(JSONNumber(self.first)),
            "from": .number(JSONNumber(self.from.microseconds)), "hash": .string(Hexadecimal.encode(self.hash)),
            "last": .number(JSONNumber(self.last)), "month": .string("\(self.month)"),
            "organization": .string("\(self.organization)"), "previous": .string(Hexadecimal.encode(self.previous)),
            "size": .number(JSONNumber(self.size)), "to": .number(JSONNumber(self.to.microseconds)),
        ]
    }

    private var signedBytes: [UInt8] { Self.domain + JSON.object(self.members).canonical }

    private func signedBytes(ofRemovalAt at: Instant) -> [UInt8] {
        var members = self.members
        members["removedAt"] = .number(JSONNumber(at.microseconds))
        return Self.removalDomain + JSON.object(members).canonical
    }

    mutating func sign(by key: AuditKey) throws { self.signature = try key.sign(self.signedBytes) }

    mutating func remove(at now: Instant, signedBy key: AuditKey) throws {
        self.removal = Removal(at: now, signature: try key.sign(self.signedBytes(ofRemovalAt: now)))
    }

    /// Whether all that is told was signed with a key.
    func isSigned(by key: AuditPublicKey) -> Bool {
        guard key.isSignature(self.signature, of: self.signedBytes) else { return false }
        guard let removal = self.removal else { return true }
        return key.isSignature(removal.signature, of: self.signedBytes(ofRemovalAt: removal.at))
    }
}

extension AuditSegment: Record {
    package static let columns: Columns = [
        "organization_id", "month", "first_position", "last_position", "first_at", "last_at", "previous_hash", "hash",
        "digest", "size", "signature", "removed_at", "removal_signature",
    ]

    package init(row: inout RowReader) throws {
        self.organization = try row.next()
        self.month = try row.next()
        self.first = try row.next()
        self.last = try row.next()
        self.from = try row.next()
        self.to = try row.next()
        self.previous = try row.next()
        self.hash = try row.next()
        self.digest = try row.next()
        self.size = try row.next()
        self.signature = try row.next()
        let removedAt: Instant? = try row.nextIfPresent()
        let signature: [UInt8]? = try row.nextIfPresent()
        self.removal = removedAt.map { Removal(at: $0, signature: signature ?? []) }
    }

    /// All segments of an organization, those whose files were removed included, by position.
    static func all(of organization: OrganizationID, in tx: ReadTransaction) throws -> [AuditSegment] {
        try tx.fetchAll(
            """
            SELECT \(Self.columns) FROM \(Self.table) WHERE organization_id = \(organization) ORDER BY first_position
            """, as: Self.self)
    }

    /// The last segment of an organization.
    static func last(of organization: OrganizationID, in tx: ReadTransaction) throws -> AuditSegment? {
        try tx.fetchOne(
            """
            SELECT \(Self.columns) FROM \(Self.table) WHERE organization_id = \(organization)
            ORDER BY first_position DESC LIMIT 1
            """, as: Self.self)
    }

    func insert(in tx: Transaction) throws {
        try tx.post(
            """
            INSERT INTO \(Self.table) (\(Self.columns))
            VALUES (\(self.organization), \(self.month), \(self.first), \(self.last), \(self.from), \(self.to),
                \(self.previous), \(self.hash), \(self.digest), \(self.size), \(self.signature), \(self.removal?.at),
                \(self.removal?.signature))
            """)
    }

    func saveRemoval(in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(Self.table)
            SET removed_at = \(self.removal?.at), removal_signature = \(self.removal?.signature)
            WHERE organization_id = \(self.organization) AND first_position = \(self.first) AND removed_at IS NULL
            """)
    }
}
