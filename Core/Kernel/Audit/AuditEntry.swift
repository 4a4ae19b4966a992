public import AlmanacStorage

/// One line of the audit log: who did what to which object, when, through what, and whether it was allowed.
public struct AuditEntry: Sendable {
    /// What an action was done to.
    public struct Object: Sendable, Equatable {
        /// The kind of thing: `booking`.
        public let type: String
        /// Its id as text.
        public let id: String

        /// Names an object.
        public init<Entity>(_ type: String, _ id: ID<Entity>) {
            self.type = type
            self.id = id.description
        }
    }

    /// Identifies the entry.
    public let id: ID<AuditEntry>
    /// When it happened.
    public let at: Instant
    /// Where it happened.
    public let organization: OrganizationID
    /// Who did it; see ``Principal/name``.
    public let actor: String
    /// As whom the actor did it, when an administrator acts as another user; see ``Principal/name``.
    public internal(set) var onBehalfOf: String?
    /// What was done, as `bookings.booking.cancelled`.
    public let action: String
    /// What it was done to.
    public let object: Object?
    /// Whether it was done, or refused.
    public let isSuccess: Bool
    /// Through what.
    public let origin: Origin
    /// Facts that explain it.
    public let detail: JSON
    /// Which fields an update has changed; `nil` for what is no update.
    public internal(set) var changes: AuditChanges?

    /// The version of the form in which entries are written now.
    ///
    /// Version 2 added `onBehalfOf`, version 3 `changes`; version 4 has `personal`, sealed, in the place of `address`
    /// and `userAgent`. Entries of every version stay as they are: a new member is a new version.
    static let version = 4

    /// The form that is hashed and kept for ever: canonical JSON (RFC 8785) with fixed member names.
    ///
    /// A hash over a JSON column would not survive the database's own re-ordering; these bytes do.
    /// It is written without a tree in between, so the members stand here in the order in which RFC 8785 sorts them.
    ///
    /// - Parameter personal: What stands for the origin's address and program; `nil` when it has neither.
    /// - Returns: The bytes.
    func canonicalBytes(_ personal: SealedFields?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("action", self.action)
            writer.member("actor", self.actor)
            writer.key("at")
            writer.integer(self.at.microseconds)
            writer.key("changes")
            if let changes = self.changes { writer.json(changes.json.canonicalForm) } else { writer.null() }
            writer.member("channel", self.origin.channel.rawValue)
            writer.key("detail")
            writer.json(self.detail.canonicalForm)
            writer.member("id", self.id)
            writer.key("object")
            if let object = self.object {
                writer.object { writer in
                    writer.member("id", object.id)
                    writer.member("type", object.type)
                }
            } else {
                writer.null()
            }
            Self.write("onBehalfOf", self.onBehalfOf, to: &writer)
            writer.member("organization", self.organization)
            writer.key("personal")
            if let personal { personal.write(to: &writer) } else { writer.null() }
            writer.member("request", self.origin.requestID)
            writer.key("success")
            writer.bool(self.isSuccess)
            writer.key("v")
            writer.integer(Self.version)
        }
        return writer.bytes
    }

    private static func write(_ name: StaticString, _ text: String?, to writer: inout JSONWriter) {
        writer.key(name)
        if let text { writer.string(text) } else { writer.null() }
    }
}
