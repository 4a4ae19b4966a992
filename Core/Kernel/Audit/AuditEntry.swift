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

    /// The form that is hashed and kept for ever: canonical JSON (RFC 8785) with fixed member names.
    ///
    /// A hash over a JSON column would not survive the database's own re-ordering; these bytes do.
    var canonicalBytes: [UInt8] {
        let object: JSON = self.object.map { ["type": .string($0.type), "id": .string($0.id)] } ?? .null
        let document: JSON = [
            "v": 1,
            "id": .string(self.id.description),
            "at": .number(JSONNumber(self.at.microseconds)),
            "organization": .string(self.organization.description),
            "actor": .string(self.actor),
            "action": .string(self.action),
            "object": object,
            "success": .bool(self.isSuccess),
            "channel": .string(self.origin.channel.rawValue),
            "address": self.origin.address.map { .string($0) } ?? .null,
            "userAgent": self.origin.userAgent.map { .string($0) } ?? .null,
            "request": .string(self.origin.requestID),
            "detail": self.detail,
        ]
        return document.canonical
    }
}
