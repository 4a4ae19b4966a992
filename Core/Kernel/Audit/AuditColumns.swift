internal import AlmanacStorage

/// What can be searched of an entry: as columns hold it, and as the canonical bytes say it.
struct AuditColumns: Sendable {
    static let names: Columns = [
        "at", "actor", "on_behalf_of", "action", "object_type", "object_id", "is_success", "address",
    ]

    let at: Instant
    private let actor: String
    private let onBehalfOf: String?
    private let action: String
    private let objectType: String?
    private let objectID: String?
    private let isSuccess: Bool
    private var address: String?

    init(row: inout RowReader) throws {
        self.at = try row.next()
        self.actor = try row.next()
        self.onBehalfOf = try row.nextIfPresent()
        self.action = try row.next()
        self.objectType = try row.nextIfPresent()
        self.objectID = try row.nextIfPresent()
        self.isSuccess = try row.next()
        self.address = try row.nextIfPresent()
    }

    /// Reads canonical bytes; `nil` where they are none of a known version.
    ///
    /// The address of an entry whose personal fields are sealed is not among what they say.
    init?(_ document: JSON) {
        guard let version = document["v"]?.int, (1...AuditEntry.version).contains(version),
            let at = document["at"]?.int64, let actor = document["actor"]?.string,
            let action = document["action"]?.string, let isSuccess = document["success"]?.bool
        else { return nil }
        self.at = Instant(microseconds: at)
        self.actor = actor
        self.onBehalfOf = document["onBehalfOf"]?.string
        self.action = action
        self.objectType = document["object"]?["type"]?.string
        self.objectID = document["object"]?["id"]?.string
        self.isSuccess = isSuccess
        self.address = document["address"]?.string
    }

    /// What the seal of an entry that says this has to say, where it says `found`.
    func sealed(_ personal: PersonalState, found: AuditColumns) -> AuditColumns {
        var expected = self
        switch personal {
        case .absent: break
        case .open(let fields, let isEnding):
            expected.address = isEnding && found.address == nil ? nil : fields.address
        case .erased, .forged: expected.address = nil
        // Nobody can tell.
        case .unavailable: expected.address = found.address
        }
        return expected
    }

    /// The names of the columns in which two differ.
    func differences(from other: AuditColumns) -> [String] {
        var found: [String] = []
        if self.at != other.at { found.append("at") }
        if !Self.same(self.actor, other.actor) { found.append("actor") }
        if !Self.same(self.onBehalfOf, other.onBehalfOf) { found.append("on_behalf_of") }
        if !Self.same(self.action, other.action) { found.append("action") }
        if !Self.same(self.objectType, other.objectType) { found.append("object_type") }
        if !Self.same(self.objectID, other.objectID) { found.append("object_id") }
        if self.isSuccess != other.isSuccess { found.append("is_success") }
        if !Self.same(self.address, other.address) { found.append("address") }
        return found
    }

    /// Whether an entry that tells this is meant; as ``AuditFilter/conditions(on:)`` decides for rows.
    func meets(_ filter: AuditFilter) -> Bool {
        func isWanted(_ wanted: String?, _ value: String?) -> Bool { wanted == nil || Self.same(wanted, value) }
        return isWanted(filter.actor, self.actor) && isWanted(filter.onBehalfOf, self.onBehalfOf)
            && isWanted(filter.action, self.action) && isWanted(filter.objectType, self.objectType)
            && isWanted(filter.objectID, self.objectID) && isWanted(filter.address, self.address)
            && (filter.isSuccess == nil || filter.isSuccess == self.isSuccess)
            && (filter.from.map { $0 <= self.at } ?? true) && (filter.to.map { self.at < $0 } ?? true)
    }

    /// Equality of strings is canonical equivalence, under which somebody could change bytes.
    private static func same(_ one: String?, _ other: String?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?): one.utf8.elementsEqual(other.utf8)
        default: false
        }
    }
}
