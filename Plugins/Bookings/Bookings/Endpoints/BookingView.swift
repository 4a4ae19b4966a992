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

    /// Something that it takes besides its hosts; which one it is, and how much of it, is for the staff.
    struct ResourceView: Codable, Sendable {
        let kind: ResourceKind
        let name: String
        let id: ID<Resource>?
        let units: Int?
    }

    /// Its place in a series.
    struct SeriesView: Codable, Sendable {
        let id: ID<BookingSeries>
        /// The wall time that the series has for it, in the zone of the series.
        let occurrence: LocalDateTime
        /// Whether it was moved alone, to another time than that.
        let isException: Bool
    }

    let id: ID<Booking>
    let number: String
    let status: Booking.Status
    let start: Instant
    let end: Instant
    let timeZone: Zone
    let eventType: EventTypeView
    let provider: ProviderView
    /// Everybody who gives it, the provider first.
    let hosts: [ProviderView]
    /// What it takes besides.
    let resources: [ResourceView]
    let customer: CustomerView
    /// How many take part.
    let seats: Int
    /// The session of which it has seats.
    let session: ID<GroupSession>?
    /// The series that it was made in; absent when it was made alone.
    let series: SeriesView?
    let price: Money
    let notes: String?
    /// Where it takes place; absent when nothing was said about that.
    let place: PlaceView?
    /// When a pending booking lapses.
    let expiresAt: Instant?
    /// What a pending booking waits for, as `plugin.requirement`.
    let waitsFor: [String]
    let version: Int
    let createdAt: Instant
    let allowed: [BookingAction]

    init(
        _ row: BookingRow, languages: [String], locale: String, waitsFor: [String] = [], allowed: [BookingAction],
        isForStaff: Bool
    ) {
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
        self.hosts =
            [self.provider]
            + row.further.compactMap { part in
                guard part.role == .host, let provider = part.provider else { return nil }
                return ProviderView(id: provider, name: part.name)
            }
        self.resources = row.further.filter { $0.role == .requirement }.map { part in
            ResourceView(
                kind: part.kind, name: part.name, id: isForStaff ? part.resource : nil,
                units: isForStaff ? part.units : nil)
        }
        self.customer = CustomerView(id: row.customer, name: row.customerName)
        self.seats = row.seats
        self.session = row.session
        self.series = row.place.map {
            SeriesView(id: $0.series, occurrence: $0.local, isException: row.isException)
        }
        self.price = row.price
        self.notes = row.notes
        self.place = row.bookedPlace.map { PlaceView($0) }
        self.expiresAt = row.expiresAt
        self.waitsFor = waitsFor
        self.version = row.version
        self.createdAt = row.createdAt
        self.allowed = allowed
    }
}

/// Written while everybody else waits for the database, so that it writes itself.
extension BookingView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("number", self.number)
            writer.member("status", self.status.rawValue)
            writer.member("start", self.start)
            writer.member("end", self.end)
            writer.member("timeZone", self.timeZone)
            writer.member("eventType", self.eventType)
            writer.member("provider", self.provider)
            writer.key("hosts")
            writer.array { writer in
                for host in self.hosts { host.write(to: &writer) }
            }
            writer.key("resources")
            writer.array { writer in
                for resource in self.resources { resource.write(to: &writer) }
            }
            writer.member("customer", self.customer)
            writer.member("seats", self.seats)
            writer.member("session", ifPresent: self.session)
            writer.member("series", ifPresent: self.series)
            writer.member("price", self.price)
            writer.member("notes", ifPresent: self.notes)
            writer.member("place", ifPresent: self.place)
            writer.member("expiresAt", ifPresent: self.expiresAt)
            writer.member("waitsFor", self.waitsFor)
            writer.member("version", self.version)
            writer.member("createdAt", self.createdAt)
            writer.key("allowed")
            writer.array { writer in
                for action in self.allowed { writer.string(action.rawValue) }
            }
        }
    }
}

extension BookingView.EventTypeView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("slug", self.slug)
            writer.member("name", self.name)
        }
    }
}

extension BookingView.ProviderView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("name", self.name)
        }
    }
}

extension BookingView.CustomerView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("name", self.name)
        }
    }
}

extension BookingView.ResourceView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", self.kind.rawValue)
            writer.member("name", self.name)
            writer.member("id", ifPresent: self.id)
            writer.member("units", ifPresent: self.units)
        }
    }
}

extension BookingView.SeriesView: JSONStreamable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", self.id)
            writer.member("occurrence", self.occurrence)
            writer.member("isException", self.isException)
        }
    }
}

/// What the caller may do with a booking now.
enum BookingAction: String, Sendable, CaseIterable, Codable, APIValue {
    case cancel
    case reschedule
    case approve
    case reject
    case start
    case complete
    case noShow
}

extension Booking.Status: APIValue {}
