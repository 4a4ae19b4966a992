internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A provider with the capacity of its resource.
struct ProviderRow: Record {
    static let columns: Columns = [
        "p.id", "p.person_id", "p.resource_id", "r.capacity", "p.name", "p.bio", "p.time_zone", "p.version",
    ]

    let id: ID<Provider>
    let person: ID<Person>
    let resource: ID<Resource>
    let capacity: Int
    let name: String
    let bio: String?
    let zone: Zone?
    let version: Int

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.person = try row.next()
        self.resource = try row.next()
        self.capacity = try row.next()
        self.name = try row.next()
        self.bio = try row.nextIfPresent()
        self.zone = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// An event type.
struct EventTypeRow: Record {
    static let columns: Columns = [
        "id", "slug", "name", "price_amount", "price_currency", "duration_minutes", "buffer_before_minutes",
        "buffer_after_minutes", "minimum_notice_minutes", "booking_window_days", "slot_interval_minutes", "version",
        "approval_minutes", "policies", "allows_guests", "series_occurrences",
    ]

    let id: ID<EventType>
    let slug: String
    let name: LocalizedText
    let price: Money
    let terms: AgreedTerms
    let version: Int
    let rules: EventTypeRules

    init(row: inout RowReader) throws {
        self.id = try row.next()
        self.slug = try row.next()
        self.name = try row.next()
        let amount: Int = try row.next()
        self.price = try Money(amount: amount, currency: try row.next())
        let duration: Int = try row.next()
        let before: Int = try row.next()
        let after: Int = try row.next()
        let notice: Int = try row.next()
        let window: Int = try row.next()
        self.terms = AgreedTerms(
            durationMinutes: duration, bufferBeforeMinutes: before, bufferAfterMinutes: after,
            minimumNoticeMinutes: notice, bookingWindowDays: window, slotIntervalMinutes: try row.next())
        self.version = try row.next()
        let approval: Int? = try row.nextIfPresent()
        let policies: BookingPolicies? = try row.nextIfPresent()
        self.rules = EventTypeRules(
            approvalMinutes: approval, policies: policies, allowsGuests: try row.nextIfPresent(),
            seriesOccurrences: try row.nextIfPresent())
    }
}

/// That a provider gives an event type.
struct EventTypeProviderRow: Record {
    static let columns: Columns = ["event_type_id", "provider_id"]

    let eventType: ID<EventType>
    let provider: ID<Provider>

    init(row: inout RowReader) throws {
        self.eventType = try row.next()
        self.provider = try row.next()
    }
}
