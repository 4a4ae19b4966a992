internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoint with which users see what their accounts have done, and from where: the log of their sessions among it.
enum ActivityEndpoint {
    static func all() -> [Endpoint] {
        [
            Endpoint.get("/me/activity", self.list, "Lists what the caller's account has done, the latest first.")
                .inProduct()
        ]
    }

    /// Who has acted.
    enum Doer: String, CaseIterable, APIValue {
        /// The caller.
        case me
        /// Somebody who worked in the caller's name.
        case others
    }

    struct ListActivity: APIInput {
        let by: Doer
        let limit: Int
        let after: String?

        static let constraints: [String: Constraint] = [
            "by": .field(
                default: "me", "Who has acted: the caller, or others (administrators) who worked in the caller's name."),
            "limit": .pageLength, "after": .pageStart,
        ]
    }

    struct ActivityView: Codable, Sendable {
        let id: ID<AuditEntry>
        let at: Instant
        let action: String
        let object: AuditEndpoints.AuditedObject?
        let outcome: AuditEndpoints.Outcome
        let channel: String?
        let address: String?
        let userAgent: String?
        /// Browser and system, as `Firefox on Windows`.
        let device: String?

        init(_ entry: StoredAuditEntry, by doer: Doer) {
            let view = AuditEndpoints.AuditEntryView(entry)
            self.id = view.id
            self.at = view.at
            self.action = view.action
            self.object = view.object
            self.outcome = view.outcome
            self.channel = view.channel
            // From where somebody else worked is that person's own affair.
            self.address = doer == .me ? view.address : nil
            self.userAgent = doer == .me ? view.userAgent : nil
            self.device = DeviceName.of(self.userAgent)
        }
    }

    private static let list = Query<ListActivity, Page<ActivityView>>("kernel.activity.list", .signedIn) {
        input, call, tx in
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        var filter = AuditFilter()
        switch input.by {
        case .me: filter.actor = "user:\(user.id)"
        case .others: filter.onBehalfOf = "user:\(user.id)"
        }
        let cursor = try input.after.map { try Cursor($0, list: "activity", keys: 2) }
        let found = try AuditSearch.page(
            filter, after: cursor, limit: input.limit + 1, of: call.organization, in: tx.entering(.kernel))
        return Page(found.map { ActivityView($0, by: input.by) }, limit: input.limit) {
            Cursor(list: "activity", keys: [$0.at.sqlValue, $0.id.sqlValue])
        }
    }
}
