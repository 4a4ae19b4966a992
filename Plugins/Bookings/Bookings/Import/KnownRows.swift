internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// A provider that an earlier import made.
struct KnownProvider: Record {
    static let columns: Columns = [
        "external_id", "id", "resource_id", "name", "bio", "time_zone", "archived_at",
    ]

    let externalID: String
    let id: ID<Provider>
    let resource: ID<Resource>
    let draft: ProviderDraft
    let isArchived: Bool

    init(row: inout RowReader) throws {
        self.externalID = try row.next()
        self.id = try row.next()
        self.resource = try row.next()
        let name: String = try row.next()
        let bio: String? = try row.nextIfPresent()
        self.draft = ProviderDraft(name: name, bio: bio, zone: try row.nextIfPresent())
        self.isArchived = !row.nextIsNull()
    }
}

/// An event type that an earlier import made.
struct KnownEventType: Record {
    static let columns: Columns = [
        "external_id", "id", "slug", "name", "price_amount", "price_currency", "duration_minutes",
        "buffer_before_minutes", "buffer_after_minutes", "minimum_notice_minutes", "booking_window_days",
        "slot_interval_minutes", "archived_at",
    ]

    let externalID: String
    let id: ID<EventType>
    let slug: String
    let name: LocalizedText
    let price: Money
    let terms: AgreedTerms
    let isArchived: Bool

    init(row: inout RowReader) throws {
        self.externalID = try row.next()
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
        self.isArchived = !row.nextIsNull()
    }
}

/// A customer that an earlier import made.
struct KnownCustomer: Record {
    static let columns: Columns = ["external_id", "id"]

    let externalID: String
    let id: ID<Customer>

    init(row: inout RowReader) throws {
        self.externalID = try row.next()
        self.id = try row.next()
    }
}

/// A blocked time that an earlier import made.
struct KnownBlock: Record {
    static let columns: Columns = ["external_id", "id", "resource_id", "core_start", "core_end", "reason", "state"]

    let externalID: String
    let id: ID<BlockedTime>
    let resource: ID<Resource>
    let start: Instant
    let end: Instant
    let reason: String?
    let state: StoredClaim.State

    init(row: inout RowReader) throws {
        self.externalID = try row.next()
        self.id = try row.next()
        self.resource = try row.next()
        self.start = try row.next()
        self.end = try row.next()
        self.reason = try row.nextIfPresent()
        self.state = try row.next()
    }
}
