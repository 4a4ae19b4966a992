internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What the providers of an organization have beside weekly rules and date overrides, read at once.
struct ProviderSchedules {
    private let holidays: [ID<Provider>: [Holiday]]
    private let stays: [ID<Provider>: [ZonePlan.Stay]]
    private let absences: [ID<Provider>: [Absence]]
    private let limits: [ID<Provider>: [BookingLimit]]

    private struct HolidayRow: Record {
        static let columns: Columns = ["s.provider_id", "h.date", "h.start_time", "h.end_time"]

        let provider: ID<Provider>
        let holiday: Holiday

        init(row: inout RowReader) throws {
            self.provider = try row.next()
            self.holiday = try Holiday(date: row.next(), hours: DateOverride.Hours(nextIn: &row))
        }
    }

    init(_ organization: OrganizationID, in tx: ReadTransaction) throws {
        let holidays = try tx.fetchAll(
            """
            SELECT \(HolidayRow.columns) FROM \(BookingsSchema.providerHolidayCalendar) s
            JOIN \(BookingsSchema.holidayCalendar) k ON k.organization_id = s.organization_id AND k.id = s.calendar_id
            JOIN \(BookingsSchema.holiday) h ON h.organization_id = s.organization_id AND h.calendar_id = s.calendar_id
            WHERE s.organization_id = \(organization) AND k.archived_at IS NULL
            """, as: HolidayRow.self)
        let stays = try tx.fetchAll(
            """
            SELECT \(StayRow.columns) FROM \(BookingsSchema.providerStay)
            WHERE organization_id = \(organization) ORDER BY provider_id, from_date
            """, as: StayRow.self)
        let absences = try tx.fetchAll(
            """
            SELECT \(AbsenceRow.columns) FROM \(BookingsSchema.providerAbsence)
            WHERE organization_id = \(organization) ORDER BY provider_id, from_date
            """, as: AbsenceRow.self)
        self.holidays = Dictionary(grouping: holidays, by: \.provider).mapValues { $0.map(\.holiday) }
        self.stays = Dictionary(grouping: stays, by: \.provider).mapValues { $0.map(\.stay) }
        self.absences = Dictionary(grouping: absences, by: \.provider).mapValues { $0.map(\.absence) }
        self.limits = try BookingLimitRow<Provider>.grouped(organization, in: tx)
    }

    /// The holidays of all calendars that a provider follows.
    func holidays(of provider: ID<Provider>) -> [Holiday] { self.holidays[provider] ?? [] }

    /// When a provider is in another zone.
    func stays(of provider: ID<Provider>) -> [ZonePlan.Stay] { self.stays[provider] ?? [] }

    /// When a provider is away.
    func absences(of provider: ID<Provider>) -> [Absence] { self.absences[provider] ?? [] }

    /// How much may be booked with a provider.
    func limits(of provider: ID<Provider>) -> [BookingLimit] { self.limits[provider] ?? [] }

    /// Notes for each provider how long the shortest event type takes that they give.
    static func noteShortest(of eventTypes: [EventTypeEntry], in providers: inout [ProviderEntry]) {
        var shortest: [ID<Provider>: Int] = [:]
        for eventType in eventTypes {
            for provider in eventType.providers {
                shortest[provider] = min(shortest[provider] ?? .max, eventType.terms.durationMinutes)
            }
        }
        for index in providers.indices { providers[index].shortestMinutes = shortest[providers[index].id] }
    }
}

/// Dates that a provider spends in another zone.
struct StayRow: Record {
    static let columns: Columns = ["provider_id", "from_date", "to_date", "time_zone"]

    let provider: ID<Provider>
    let stay: ZonePlan.Stay

    init(row: inout RowReader) throws {
        self.provider = try row.next()
        let from: LocalDate = try row.next()
        let to: LocalDate = try row.next()
        self.stay = ZonePlan.Stay(from: from, to: to, zone: try row.next())
    }
}

/// Dates on which a provider is away, with what only the staff reads.
struct AbsenceRow: Record {
    static let columns: Columns = ["provider_id", "from_date", "to_date", "stand_in_id", "reason"]

    let provider: ID<Provider>
    let absence: Absence
    let reason: String?

    init(row: inout RowReader) throws {
        self.provider = try row.next()
        let from: LocalDate = try row.next()
        let to: LocalDate = try row.next()
        self.absence = Absence(from: from, to: to, standIn: try row.nextIfPresent())
        self.reason = try row.nextIfPresent()
    }
}

extension DateOverride.Hours {
    /// Reads two columns that hold hours, or nothing.
    init?(nextIn row: inout RowReader) throws {
        let start: LocalTime? = try row.nextIfPresent()
        let end: LocalTime? = try row.nextIfPresent()
        guard let start, let end else { return nil }
        self.init(start, end)
    }
}

extension ProviderEntry {
    /// In which zone each date is meant.
    var zones: ZonePlan { ZonePlan(home: self.zone, stays: self.stays) }

    /// The zone that holds at an instant.
    func zone(at instant: Instant) -> Zone { self.stays.isEmpty ? self.zone : self.zones.zone(at: instant) }

    /// The dates as the engine wants them; providers of one zone who do not travel share a table.
    func days(in tables: inout DayTables) -> DayTable {
        self.stays.isEmpty ? tables.table(of: self.zone) : tables.table(of: self.zones)
    }

    /// The hours in which they can be at a location; all hours, where it is none.
    func hours(at location: ID<Location>?) -> OpeningHours {
        guard let location, let other = self.otherHours else { return self.hours }
        return self.placedHours[location] ?? other
    }

    /// Notes which hours are spent where, if weekly rules say so.
    mutating func place(_ rules: [WeeklyRule], _ hours: ([WeeklyRule]) -> OpeningHours) {
        let named = Set(rules.compactMap(\.location))
        guard !named.isEmpty else { return }
        self.otherHours = hours(rules.filter { $0.location == nil })
        for location in named {
            self.placedHours[location] = hours(rules.filter { $0.location == nil || $0.location == location })
        }
    }

    /// The provider as the engine asks about them: the same for offers, bookings and explanations.
    ///
    /// - Parameters:
    ///   - claims: What is taken.
    ///   - quotas: What is left of the limits.
    ///   - place: Where they would be asked for; hours that are spent at another location are not offered.
    ///   - tables: The dates of zones.
    /// - Returns: The calendar.
    func calendar(
        _ claims: [ClaimSpan], _ quotas: Quotas, at place: Whereabouts?, in tables: inout DayTables
    ) -> ProviderCalendar {
        var calendar = ProviderCalendar(
            days: self.days(in: &tables), hours: self.hours(at: place?.location), claims: claims,
            capacity: self.capacity)
        calendar.quota = quotas.quota(with: self)
        calendar.shortestMinutes = self.shortestMinutes
        return calendar
    }
}
