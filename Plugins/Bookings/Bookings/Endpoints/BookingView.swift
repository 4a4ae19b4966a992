internal import AlmanacKernel
internal import AlmanacStorage
public import AlmanacSurface
public import BookingsAPI

/// A booking as the API shows it.
struct BookingView: Codable, Sendable, Versioned {
    /// What was booked, under the name it had then.
    struct EventTypeView: Codable, Sendable {
        let id: ID<EventType>
        let slug: String
        let name: String
    }

    /// Who gives it, under the name that counted then.
    struct ProviderView: Codable, Sendable {
        let id: ID<Provider>
        let name: String
    }

    /// Who takes it, under the name that counted then.
    struct CustomerView: Codable, Sendable {
        let id: ID<Customer>
        let name: String
    }

    let id: ID<Booking>
    let number: String
    let status: Booking.Status
    let start: Instant
    let end: Instant
    let timeZone: Zone
    let eventType: EventTypeView
    let provider: ProviderView
    let customer: CustomerView
    let price: Money
    let notes: String?
    let version: Int
    let createdAt: Instant
    let allowed: [BookingAction]

    init(_ row: BookingRow, languages: [String], locale: String, allowed: [BookingAction]) {
        self.id = row.id
        self.number = row.number.text
        self.status = row.status
        self.start = row.start
        self.end = row.end
        self.timeZone = row.zone
        self.eventType = EventTypeView(
            id: row.eventType, slug: row.eventTypeSlug,
            name: row.eventTypeName.resolved(for: languages, fallback: locale))
        self.provider = ProviderView(id: row.provider, name: row.providerName)
        self.customer = CustomerView(id: row.customer, name: row.customerName)
        self.price = row.price
        self.notes = row.notes
        self.version = row.version
        self.createdAt = row.createdAt
        self.allowed = allowed
    }
}

/// What the caller may do with a booking now.
enum BookingAction: String, Sendable, CaseIterable, Codable, APIValue {
    case cancel
    case reschedule
}

extension Booking.Status: APIValue {}
