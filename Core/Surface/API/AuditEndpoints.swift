internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoint with which administrators look into the audit log of their organization.
enum AuditEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        let names = ObjectDirectory(runtime.platform.graph)
        return [
            Endpoint.get("/audit", self.search(names), "Searches the audit log, the latest entries first.").inProduct()
        ]
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
        /// What it is called now, for those who may read all things of the kind.
        let name: String?
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
        /// What the actor is called now, for those who may read all users.
        let actorName: String?
        let onBehalfOf: String?
        /// What the user in whose name it was done is called now, for those who may read all users.
        let onBehalfOfName: String?
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

        init(_ entry: StoredAuditEntry, _ names: [ObjectDirectory.Mention: String] = [:]) {
            func name(_ caller: String?) -> String? {
                caller.flatMap { ObjectDirectory.Mention(caller: $0) }.flatMap { names[$0] }
            }
            self.id = entry.id
            self.at = entry.at
            self.actor = entry.actor
            self.actorName = name(entry.actor)
            self.onBehalfOf = entry.onBehalfOf
            self.onBehalfOfName = name(entry.onBehalfOf)
            self.action = entry.action
            if let type = entry.objectType, let id = entry.objectID {
                self.object = AuditedObject(type: type, id: id, name: names[ObjectDirectory.Mention(type, id)])
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

    private static func search(_ directory: ObjectDirectory) -> Query<SearchAudit, Page<AuditEntryView>> {
        Query("kernel.audit.search", .permission(.readAudit)) { input, call, tx in
            guard try tx.filter(.readAudit) == .organization else {
                throw Refusal.forbidden(.readAudit)
            }
            let cursor = try input.after.map { try Cursor($0, list: "audit", keys: 2) }
            let found = try AuditSearch.page(
                input.filter(), after: cursor, limit: input.limit + 1, of: call.organization, in: tx.entering(.kernel))
            let names = try directory.names(of: found.flatMap { Self.mentions(in: $0) }, for: call, in: tx)
            return Page(found.map { AuditEntryView($0, names) }, limit: input.limit) {
                Cursor(list: "audit", keys: [$0.at.sqlValue, $0.id.sqlValue])
            }
        }
    }

    /// Who and what an entry is about.
    private static func mentions(in entry: StoredAuditEntry) -> [ObjectDirectory.Mention] {
        let callers = [entry.actor, entry.onBehalfOf].compactMap { $0 }
        let object = entry.objectType.flatMap { type in
            entry.objectID.map { ObjectDirectory.Mention(type, $0) }
        }
        return callers.compactMap { ObjectDirectory.Mention(caller: $0) } + [object].compactMap { $0 }
    }
}
