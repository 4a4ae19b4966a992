internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Limits, holidays, journeys and absences of providers.
extension AvailabilityStore {
    // MARK: Reading

    /// The calendars whose holidays a provider keeps.
    func holidayCalendars(
        of provider: ID<Provider>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [ID<HolidayCalendar>] {
        try tx.fetchAll(
            """
            SELECT \(HolidayCalendarID.columns) FROM \(BookingsSchema.providerHolidayCalendar) s
            JOIN \(BookingsSchema.holidayCalendar) k ON k.organization_id = s.organization_id AND k.id = s.calendar_id
            WHERE s.organization_id = \(organization) AND s.provider_id = \(provider) AND k.archived_at IS NULL
            ORDER BY s.calendar_id
            """, as: HolidayCalendarID.self
        ).map(\.id)
    }

    private struct HolidayCalendarID: Record {
        static let columns: Columns = ["s.calendar_id"]
        let id: ID<HolidayCalendar>

        init(row: inout RowReader) throws {
            self.id = try row.next()
        }
    }

    /// When a provider is away.
    func absences(
        of provider: ID<Provider>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [AbsenceValue] {
        try tx.fetchAll(
            """
            SELECT \(AbsenceRow.columns) FROM \(BookingsSchema.providerAbsence)
            WHERE organization_id = \(organization) AND provider_id = \(provider) ORDER BY from_date
            """, as: AbsenceRow.self
        ).map { AbsenceValue($0) }
    }

    // MARK: Replacing

    /// Replaces all limits of a provider.
    func replace(_ input: ReplaceProviderLimits, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        let limits = input.limits.map(\.limit)
        try Self.refuse(BookingLimitValue.faults(of: limits, at: "/limits"))
        return try self.replace(of: input.id, "limits", call, in: tx) { _ in
            try BookingLimitRow.store(limits, of: input.id, call, in: tx)
        }
    }

    /// Replaces the calendars whose holidays a provider keeps.
    func replace(_ input: ReplaceHolidaySubscriptions, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        try self.replace(of: input.id, "holiday-calendars", call, in: tx) { _ in
            let known = try HolidayCalendars.known(call.organization, in: tx.reading)
            var seen: Set<ID<HolidayCalendar>> = []
            for (index, calendar) in input.calendars.enumerated() {
                guard known.contains(calendar) else {
                    throw Refusal.invalid(
                        "/calendars/\(index)", "unknown_holiday_calendar",
                        "there is no such holiday calendar: GET /holiday-calendars lists them")
                }
                guard seen.insert(calendar).inserted else {
                    throw Refusal.invalid("/calendars/\(index)", "duplicate", "each calendar may come once only")
                }
            }
            try self.store(input.calendars, of: input.id, call, in: tx)
        }
    }

    /// Replaces all journeys of a provider.
    func replace(_ input: ReplaceStays, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        try Self.refuse(Self.faults(of: input.stays.map { ($0.from, $0.to) }, at: "/stays"))
        return try self.replace(of: input.id, "stays", call, in: tx) { _ in
            try self.clear(BookingsSchema.providerStay, of: input.id, call, in: tx)
            for stay in input.stays {
                try tx.post(
                    """
                    INSERT INTO \(BookingsSchema.providerStay) (organization_id, provider_id, from_date, to_date,
                        time_zone)
                    VALUES (\(call.organization), \(input.id), \(stay.from), \(stay.to), \(stay.timeZone))
                    """)
            }
        }
    }

    /// Replaces all absences of a provider.
    func replace(_ input: ReplaceAbsences, _ call: Call, in tx: Transaction) throws -> AvailabilityView {
        try Self.refuse(Self.faults(of: input.absences.map { ($0.from, $0.to) }, at: "/absences"))
        return try self.replace(of: input.id, "absences", call, in: tx) { catalog in
            for (index, absence) in input.absences.enumerated() {
                guard let standIn = absence.standIn else { continue }
                guard standIn != input.id else {
                    throw Refusal.invalid(
                        "/absences/\(index)/standIn", "conflict", "nobody can stand in for themselves")
                }
                guard catalog.provider(standIn) != nil else {
                    throw Refusal.invalid(
                        "/absences/\(index)/standIn", "unknown_provider",
                        "there is no such provider: GET /providers lists them")
                }
            }
            try self.clear(BookingsSchema.providerAbsence, of: input.id, call, in: tx)
            for absence in input.absences {
                try tx.post(
                    """
                    INSERT INTO \(BookingsSchema.providerAbsence) (organization_id, provider_id, from_date, to_date,
                        stand_in_id, reason)
                    VALUES (\(call.organization), \(input.id), \(absence.from), \(absence.to), \(absence.standIn),
                        \(absence.reason))
                    """)
            }
        }
    }

    /// Puts these subscriptions in the place of those the provider had; the caller touches the catalog.
    func store(_ calendars: [ID<HolidayCalendar>], of id: ID<Provider>, _ call: Call, in tx: Transaction) throws {
        try self.clear(BookingsSchema.providerHolidayCalendar, of: id, call, in: tx)
        for calendar in calendars {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.providerHolidayCalendar) (organization_id, provider_id, calendar_id)
                VALUES (\(call.organization), \(id), \(calendar))
                """)
        }
    }

    private func clear(_ table: Table, of id: ID<Provider>, _ call: Call, in tx: Transaction) throws {
        try tx.post("DELETE FROM \(table) WHERE organization_id = \(call.organization) AND provider_id = \(id)")
    }

    // MARK: Checking

    private static func refuse(_ fields: [Refusal.Field]) throws {
        guard !fields.isEmpty else { return }
        throw Refusal(.invalid, "invalid_schedule", "the schedule cannot be stored as it stands", fields: fields)
    }

    /// What is wrong with stretches of dates of which no two may share one.
    private static func faults(of stretches: [(from: LocalDate, to: LocalDate)], at place: String) -> [Refusal.Field] {
        var fields: [Refusal.Field] = []
        for (index, stretch) in stretches.enumerated() {
            if stretch.to < stretch.from {
                fields.append(
                    .init("\(place)/\(index)/to", "end_before_start", "`to` is before `from`: swap the two dates"))
            } else if stretches[..<index].contains(where: { $0.from <= stretch.to && stretch.from <= $0.to }) {
                fields.append(.init("\(place)/\(index)/from", "overlap", "shares dates with one before it in the list"))
            }
        }
        return fields
    }
}
