internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What an event type asks of its bookings once they are made.
struct EventTypeRules: Sendable, Hashable {
    /// Within how many minutes a booking has to be approved; nobody has to where there are none.
    var approvalMinutes: Int?
    /// What changes cost customers; nothing where there are none.
    var policies: BookingPolicies?
    /// Whether people without an account may book it; as the organization has it, when left out.
    var allowsGuests: Bool?
    /// How many occurrences a series may have; 0 allows none, `nil` is as the organization has it.
    var seriesOccurrences: Int?

    /// Whether it may be booked as a series.
    var allowsSeries: Bool { self.seriesOccurrences != 0 }

    /// Whether a booking with a provider has to be approved: not where whoever makes or moves it may approve it.
    func needsApproval(with provider: ID<Person>, in tx: Transaction) -> Bool {
        self.approvalMinutes != nil && !tx.allows(.approveBooking, on: Ownership(assignees: [provider]))
    }

    /// Stores the rules with their event type; the caller touches the catalog.
    func store(with id: ID<EventType>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.eventType)
            SET approval_minutes = \(self.approvalMinutes), policies = \(self.policies),
                allows_guests = \(self.allowsGuests), series_occurrences = \(self.seriesOccurrences)
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }
}

/// What somebody wants an event type to ask of its bookings.
struct EventTypeRulesDraft: Sendable {
    var requiresApproval: Bool
    var approvalMinutes: Int?
    /// The organization's, when left out.
    var policies: BookingPolicies?
    /// The organization's, when left out.
    var allowsGuests: Bool?
    var allowsSeries = true
    var seriesOccurrences: Int?

    /// The rules, with defaults in place of what was left out.
    func rules(_ defaults: Bookings.Settings.Defaults) -> EventTypeRules {
        EventTypeRules(
            approvalMinutes: self.requiresApproval ? self.approvalMinutes ?? defaults.pendingMinutes : nil,
            policies: self.policies ?? defaults.policies, allowsGuests: self.allowsGuests,
            seriesOccurrences: self.allowsSeries ? self.seriesOccurrences : 0)
    }

    /// What the form of the input cannot tell.
    var faults: [Refusal.Field] {
        var faults = self.policies?.faults ?? []
        if self.approvalMinutes != nil, !self.requiresApproval {
            faults.append(
                .init("/approvalMinutes", "no_approval", "say `requiresApproval` too, or leave it out: nobody approves")
            )
        }
        if self.seriesOccurrences != nil, !self.allowsSeries {
            faults.append(
                .init("/seriesOccurrences", "no_series", "say `allowsSeries` too, or leave it out: nobody books series")
            )
        }
        return faults
    }
}
