internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What the caller may do with a series now.
enum SeriesAction: String, Sendable, CaseIterable, Codable, APIValue {
    case cancel
    case reschedule

    /// What may be done with at least one of some bookings.
    static func allowed(by bookings: [BookingView]) -> [Self] {
        let actions = Set(bookings.flatMap(\.allowed))
        return [(BookingAction.cancel, Self.cancel), (.reschedule, .reschedule)]
            .filter { actions.contains($0.0) }.map(\.1)
    }
}

/// A series as the API shows it.
struct BookingSeriesView: Codable, Sendable, Versioned {
    /// One of its bookings, as far as the caller may see it.
    struct Occurrence: Codable, Sendable {
        let booking: ID<Booking>
        let number: String
        let status: Booking.Status
        /// The wall time that the series has for it.
        let occurrence: LocalDateTime
        let start: Instant
        let end: Instant
        let provider: ID<Provider>
        /// Whether it was moved alone, to another time than the series has for it.
        let isException: Bool
    }

    let id: ID<BookingSeries>
    let eventType: ID<EventType>
    /// Who was asked for; absent when anybody was.
    let provider: ID<Provider>?
    let customer: ID<Customer>
    /// Whose clock shows the times of the series.
    let timeZone: Zone
    /// The first start.
    let start: LocalDateTime
    /// How it repeats; absent when its starts were listed, or no rule makes them any more.
    let rule: RecurrenceRule?
    /// Starts besides those of the rule.
    let added: [LocalDateTime]
    /// Starts of the rule that are left out.
    let excluded: [LocalDateTime]
    /// The series of which it is the later part, since somebody moved that.
    let earlier: ID<BookingSeries>?
    /// Its bookings by start, those cancelled included; absent in lists.
    let occurrences: [Occurrence]?
    let version: Int
    let createdAt: Instant
    let allowed: [SeriesAction]

    /// - Parameters:
    ///   - row: The series.
    ///   - rows: Its bookings, as far as the caller may see them, by start.
    ///   - allowed: What the caller may do with at least one of them.
    ///   - isListed: Whether it is shown among others, without its bookings.
    init(_ row: SeriesRow, _ rows: [BookingRow], allowed: [SeriesAction], isListed: Bool = false) {
        self.id = row.id
        self.eventType = row.eventType
        self.provider = row.provider
        self.customer = row.customer
        self.timeZone = row.recurrence.zone
        self.start = row.recurrence.localStart
        self.rule = row.recurrence.rule
        self.added = row.recurrence.added
        self.excluded = row.recurrence.excluded
        self.earlier = row.earlier
        self.occurrences = isListed ? nil : rows.map { Occurrence($0) }
        self.version = row.version
        self.createdAt = row.createdAt
        self.allowed = allowed
    }
}

extension BookingSeriesView.Occurrence {
    init(_ row: BookingRow) {
        self.booking = row.id
        self.number = row.number.text
        self.status = row.status
        let local = row.zone.local(at: row.start)
        self.occurrence = row.place?.local ?? LocalDateTime(local.date, secondOfDay: local.secondOfDay)
        self.start = row.start
        self.end = row.end
        self.provider = row.provider
        self.isException = row.isException
    }
}

/// The answer to whoever books a series or changes one.
struct SeriesAnswer: Codable, Sendable, Versioned {
    /// The series of the bookings that were made or changed.
    let series: BookingSeriesView
    /// The bookings that were made or changed, by start.
    let bookings: [BookingView]
    /// What could not be had, and why; empty unless only what is free was wanted.
    let conflicts: [SeriesConflict]
    /// What the customer owes for the change of all of them; absent when that is nothing.
    var fee: Money?

    var version: Int { self.series.version }
}

/// What would come of booking a series.
struct SeriesPreview: Codable, Sendable {
    /// One of its times.
    struct Occurrence: Codable, Sendable {
        let occurrence: LocalDateTime
        let start: Instant
        let end: Instant
        let isFree: Bool
        /// Who would give it.
        let provider: ID<Provider>?
        /// What it would cost, before other plugins have set its price.
        let price: Money?
        /// Why it is not free, for programs.
        let code: String?
        /// Why it is not free, for people.
        let detail: String?
        /// The nearest free starts, where it is not free.
        let alternatives: [SeriesConflict.Alternative]
    }

    let timeZone: Zone
    let occurrences: [Occurrence]
    /// How many of them are free.
    let free: Int
    /// What those that are free would cost together, before other plugins have set their prices.
    let total: Money
    /// Whether the bookings would wait until somebody approves them.
    let requiresApproval: Bool
    /// What changes of each would cost.
    let policies: BookingPolicies?

    init(
        _ plan: SeriesPlan, _ free: [(index: Int, assignment: Assignment)], _ conflicts: [SeriesConflict], seats: Int
    ) throws {
        let price = try plan.eventType.price(seats: seats)
        let hosts = Dictionary(uniqueKeysWithValues: free.map { ($0.index, $0.assignment.host) })
        let refused = Dictionary(conflicts.map { ($0.start, $0) }) { first, _ in first }
        self.timeZone = plan.times.recurrence.zone
        self.occurrences = plan.times.occurrences.enumerated().map { index, occurrence in
            let (host, conflict) = (hosts[index], refused[occurrence.instant])
            return Occurrence(
                occurrence: occurrence.local, start: occurrence.instant, end: plan.joint.checks[index].end,
                isFree: host != nil, provider: host?.id, price: host.map { _ in price }, code: conflict?.code,
                detail: conflict?.detail, alternatives: conflict?.alternatives ?? [])
        }
        self.free = free.count
        self.total = try Money(amount: price.amount * free.count, currency: price.currency)
        self.requiresApproval = plan.eventType.rules.approvalMinutes != nil
        self.policies = plan.eventType.rules.policies
    }
}
