package import AlmanacStorage

/// An entry of the audit log as it is read again.
///
/// What can be searched for comes from columns, the rest from the canonical bytes; whether the two agree is for the
/// ``AuditVerifier`` to say.
package struct StoredAuditEntry: Sendable {
    package let id: ID<AuditEntry>
    package let at: Instant
    package let actor: String
    package let onBehalfOf: String?
    package let action: String
    package let objectType: String?
    package let objectID: String?
    package let isSuccess: Bool
    /// The entry's place in the chain; `nil` until it is sealed.
    package let position: Int64?
    /// The form that is hashed.
    package let canonical: [UInt8]
    /// From where and with what it was done; `nil` when that is not known, or was erased.
    private var personal: PersonalFields?
    private let document: JSON?

    /// Through what it was done: `http`, `cli`.
    package var channel: String? { self.document?["channel"]?.string }
    /// The network address it came from; `nil` when there was none, or it was erased.
    package var address: String? { self.personal?.address }
    /// What the caller's program called itself; `nil` when it said nothing, or that was erased.
    package var userAgent: String? { self.personal?.userAgent }
    /// Names the request in logs.
    package var requestID: String? { self.document?["request"]?.string }
    /// Which fields an update has changed; `nil` for what is no update, and for entries from before they were told.
    package var changes: AuditChanges? { AuditChanges(self.document?["changes"]) }
    /// Facts that explain it.
    package var detail: JSON { self.document?["detail"] ?? .object([:]) }

    /// The personal fields as the entry has them, sealed.
    var fields: SealedFields? { self.document.flatMap { SealedFields($0) } }

    /// Takes what the sealed fields say, when that can be read.
    mutating func open(_ state: PersonalState) {
        if case .open(let fields, _) = state { self.personal = fields }
    }
}

extension StoredAuditEntry: Record {
    package static let columns: Columns = [
        "id", "at", "actor", "on_behalf_of", "action", "object_type", "object_id", "is_success", "address", "canonical",
    ]

    /// Reads ``columns``, and behind them the position.
    package init(row: inout RowReader) throws {
        self.id = try row.next()
        self.at = try row.next()
        self.actor = try row.next()
        self.onBehalfOf = try row.nextIfPresent()
        self.action = try row.next()
        self.objectType = try row.nextIfPresent()
        self.objectID = try row.nextIfPresent()
        self.isSuccess = try row.next()
        let address: String? = try row.nextIfPresent()
        self.canonical = try row.next()
        self.position = try row.nextIfPresent()
        self.document = try? JSON(parsing: self.canonical)
        // In the clear, before version 4.
        self.personal = PersonalFields(address: address, userAgent: self.document?["userAgent"]?.string)
    }
}
