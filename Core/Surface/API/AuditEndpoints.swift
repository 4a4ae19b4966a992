internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoint with which administrators look into the audit log of their organization.
enum AuditEndpoints {
    static func all() -> [Endpoint] {
        [Endpoint.get("/audit", self.search, "Searches the audit log, the latest entries first.").inProduct()]
    }

    enum Outcome: String, CaseIterable, APIValue {
        case success, refused
    }

    struct SearchAudit: APIInput {
        let user: ID<User>?
        let actor: String?
        let onBehalfOf: ID<User>?
        let action: String?
        let objectType: String?
        let objectId: String?
        let address: String?
        let outcome: Outcome?
        let from: Instant?
        let to: Instant?
        let limit: Int
        let after: String?

        static let constraints: [String: Constraint] = [
            "user": .field("The user who did it; short for `actor`."),
            "actor": .text(1...100, "Who did it: `user:ID`, `system:NAME` or `anonymous`."),
            "onBehalfOf": .field("The user as whom somebody else did it."),
            "action": .text(1...200, "What was done, as `bookings.booking.cancelled`."),
            "objectType": .text(1...100, "The kind of thing it was done to, as `booking`."),
            "objectId": .text(1...200, "The thing it was done to."),
            "address": .text(1...45, "The network address it came from."),
            "outcome": .field("Whether it was done or refused."),
            "from": .field("The first instant."),
            "to": .field("The first instant that is too late."),
            "limit": .pageLength, "after": .pageStart,
        ]

        func filter() throws -> AuditFilter {
            var filter = AuditFilter()
            filter.actor = self.actor
            if let user = self.user {
                let name = "user:\(user)"
                guard self.actor?.utf8.elementsEqual(name.utf8) != false else {
                    throw Refusal.invalid("/user", "contradiction", "user and actor name different callers")
                }
                filter.actor = name
            }
            filter.onBehalfOf = self.onBehalfOf.map { "user:\($0)" }
            filter.action = self.action
            filter.objectType = self.objectType
            filter.objectID = self.objectId
            // As addresses are written down: in one form each.
            filter.address = self.address.map { NetworkAddress($0)?.description ?? $0 }
            filter.isSuccess = self.outcome.map { $0 == .success }
            filter.from = self.from
            filter.to = self.to
            return filter
        }
    }

    struct AuditedObject: Codable, Sendable {
        let type: String
        let id: String
    }

    enum Withheld: String, CaseIterable, APIValue {
        case personal, secret, size
    }

    struct AuditedChange: Codable, Sendable {
        let field: String
        let from: JSON?
        let to: JSON?
        let withheld: Withheld?

        init(_ change: AuditChanges.Change) {
            self.field = change.field
            self.withheld = change.withheld.flatMap { Withheld(rawValue: $0.rawValue) }
            self.from = change.withheld == nil ? change.before : nil
            self.to = change.withheld == nil ? change.after : nil
        }
    }

    struct AuditEntryView: Codable, Sendable {
        let id: ID<AuditEntry>
        let at: Instant
        let actor: String
        let onBehalfOf: String?
        let action: String
        let object: AuditedObject?
        let outcome: Outcome
        let channel: String?
        let address: String?
        let userAgent: String?
        let request: String?
        let changes: [AuditedChange]?
        let detail: JSON
        let position: Int?

        init(_ entry: StoredAuditEntry) {
            self.id = entry.id
            self.at = entry.at
            self.actor = entry.actor
            self.onBehalfOf = entry.onBehalfOf
            self.action = entry.action
            if let type = entry.objectType, let id = entry.objectID {
                self.object = AuditedObject(type: type, id: id)
            } else {
                self.object = nil
            }
            self.outcome = entry.isSuccess ? .success : .refused
            self.channel = entry.channel
            self.address = entry.address
            self.userAgent = entry.userAgent
            self.request = entry.requestID
            self.changes = entry.changes?.changes.map { AuditedChange($0) }
            self.detail = entry.detail
            self.position = entry.position.map { Int($0) }
        }
    }

    private static let search = Query<SearchAudit, Page<AuditEntryView>>(
        "kernel.audit.search", .permission(.readAudit)
    ) { input, call, tx in
        guard try tx.filter(.readAudit) == .organization else {
            throw Refusal.forbidden(.readAudit)
        }
        let cursor = try input.after.map { try Cursor($0, list: "audit", keys: 2) }
        let found = try AuditSearch.page(
            input.filter(), after: cursor, limit: input.limit + 1, of: call.organization, in: tx.entering(.kernel))
        return Page(found.map { AuditEntryView($0) }, limit: input.limit) {
            Cursor(list: "audit", keys: [$0.at.sqlValue, $0.id.sqlValue])
        }
    }
}
