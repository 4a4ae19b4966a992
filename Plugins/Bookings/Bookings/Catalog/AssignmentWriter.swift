internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// Stores whom and what bookings of an event type take; the caller touches the catalog.
struct AssignmentWriter {
    private let eventType: ID<EventType>
    private let call: Call

    init(of eventType: ID<EventType>, _ call: Call) {
        self.eventType = eventType
        self.call = call
    }

    /// Puts rules in the place of those that were there, when the providers have been linked.
    func store(_ rules: AssignmentRules, in tx: Transaction) throws {
        let hosting = rules.hosting
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType)
            SET hosts = \(hosting.mode), choice = \(hosting.choice), fairness = \(hosting.fairness),
                fairness_days = \(hosting.fairnessDays), capacity = \(rules.capacity)
            WHERE organization_id = \(self.call.organization) AND id = \(self.eventType)
            """)
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventTypeProvider) SET priority = 0, weight = 1
            WHERE organization_id = \(self.call.organization) AND event_type_id = \(self.eventType)
            """)
        for (provider, rank) in rules.ranks {
            try tx.post(
                """
                UPDATE \(BookingsSchema.eventTypeProvider)
                SET priority = \(rank.priority), weight = \(rank.weight)
                WHERE organization_id = \(self.call.organization) AND event_type_id = \(self.eventType)
                    AND provider_id = \(provider)
                """)
        }
        try self.clear(in: tx)
        try self.insert(hosting.attributes, at: 0, in: tx)
        for (index, requirement) in rules.requirements.enumerated() {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.requirement) (organization_id, event_type_id, position, kind, quantity,
                    units)
                VALUES (\(self.call.organization), \(self.eventType), \(index + 1), \(requirement.kind),
                    \(requirement.count), \(requirement.units))
                """)
            try self.insert(requirement.attributes, at: index + 1, in: tx)
        }
    }

    private func clear(in tx: Transaction) throws {
        for table in [BookingsSchema.requirement, BookingsSchema.requiredAttribute] {
            try tx.post(
                """
                DELETE FROM \(table)
                WHERE organization_id = \(self.call.organization) AND event_type_id = \(self.eventType)
                """)
        }
    }

    private func insert(_ rule: AttributeRule, at position: Int, in tx: Transaction) throws {
        let all = rule.allOf.map { (RequiredAttributeRow.Rule.all, $0) }
        for (kind, attribute) in all + rule.anyOf.map({ (RequiredAttributeRow.Rule.any, $0) }) {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.requiredAttribute) (organization_id, event_type_id, position, rule, name,
                    value)
                VALUES (\(self.call.organization), \(self.eventType), \(position), \(kind), \(attribute.name),
                    \(attribute.value))
                """)
        }
    }
}
