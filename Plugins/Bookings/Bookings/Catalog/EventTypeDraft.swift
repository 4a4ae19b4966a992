internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// An event type that is to be made or replaced.
struct EventTypeDraft: Sendable {
    var slug: Slug
    var name: LocalizedText
    var price: Money
    var durationMinutes: Int
    var bufferBeforeMinutes: Int
    var bufferAfterMinutes: Int
    var minimumNoticeMinutes: Int?
    var bookingWindowDays: Int?
    var slotIntervalMinutes: Int?
    var providers: [ID<Provider>]
    /// Where starts may fall beyond the grid; `nil` leaves what is stored.
    var placement: PlacementTerms?
    /// How much may be booked; `nil` leaves what is stored.
    var limits: [BookingLimit]?
    /// What it is to ask of its bookings; what is there stays when it is left out.
    var rules: EventTypeRulesDraft?
    /// Whom and what bookings take; `nil` leaves that as it is, or as usual.
    var assignment: AssignmentRules?
    /// Where it takes place; `nil` leaves what is stored.
    var place: PlaceDraft?
    /// What is known to be wrong before the catalog is asked.
    var faults: [Refusal.Field] = []

    /// The terms, with defaults in place of what was left out.
    func terms(_ defaults: Bookings.Settings.Defaults) -> AgreedTerms {
        AgreedTerms(
            durationMinutes: self.durationMinutes, bufferBeforeMinutes: self.bufferBeforeMinutes,
            bufferAfterMinutes: self.bufferAfterMinutes,
            minimumNoticeMinutes: self.minimumNoticeMinutes ?? defaults.minimumNoticeMinutes,
            bookingWindowDays: self.bookingWindowDays ?? self.usualWindow(defaults),
            slotIntervalMinutes: self.slotIntervalMinutes ?? self.durationMinutes,
            placement: self.placement ?? PlacementTerms())
    }

    /// How many days ahead one can book when nobody says: no fewer than a last date that is given allows.
    private func usualWindow(_ defaults: Bookings.Settings.Defaults) -> Int {
        self.placement?.bookableTo == nil ? defaults.bookingWindowDays : EventTypeLimits.window.upperBound
    }

    /// Refuses what the form of the input cannot tell.
    func check(in catalog: Catalog) throws {
        var fields = self.faults + (self.rules?.faults ?? []) + self.timingFaults
        fields += self.place?.faults(in: catalog, capacity: self.assignment?.capacity ?? 1) ?? []
        var seen: Set<ID<Provider>> = []
        for (index, provider) in self.providers.enumerated() {
            if catalog.provider(provider) == nil {
                fields.append(.init("/providers/\(index)", "unknown_provider", "there is no such provider"))
            } else if !seen.insert(provider).inserted {
                fields.append(.init("/providers/\(index)", "duplicate", "each provider may come once only"))
            }
        }
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "invalid_event_type", "the event type cannot be stored as it stands", fields: fields)
        }
    }
}
