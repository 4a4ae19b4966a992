internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The holidays of regions, kept once and followed by any number of providers.
///
/// Those who follow a calendar see a change of it with the next question: it is part of the catalog.
struct HolidayCalendars: Sendable {
    let catalogs: CatalogStore

    private struct Row: Record {
        static let columns: Columns = ["k.id", "k.name", "k.region", "k.version"]

        let id: ID<HolidayCalendar>
        let name: LocalizedText
        let region: RegionCode?
        let version: Int

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.name = try row.next()
            self.region = try row.nextIfPresent()
            self.version = try row.next()
        }
    }

    private struct DateRow: Record {
        static let columns: Columns = ["date", "name", "start_time", "end_time"]

        let value: HolidayValue

        init(row: inout RowReader) throws {
            let date: LocalDate = try row.next()
            let name: LocalizedText = try row.next()
            self.value = HolidayValue(date: date, name: name, hours: try DateOverride.Hours(nextIn: &row))
        }
    }

    private struct Line: Record {
        static let columns: Columns = ["k.id", "k.name", "k.region", "k.version", "count(h.date)"]

        let row: Row
        let count: Int

        init(row: inout RowReader) throws {
            self.row = try Row(row: &row)
            self.count = try row.next()
        }
    }

    // MARK: Reading

    /// The calendars, by age.
    func list(_ input: PageInput, _ call: Call, in tx: ReadTransaction) throws -> Page<HolidayCalendarLine> {
        // Every scope may see them: they belong to nobody.
        _ = try tx.filter(.readAvailability)
        var conditions: [SQL] = ["k.organization_id = \(call.organization)", "k.archived_at IS NULL"]
        if let after = input.after {
            conditions.append(try Cursor(after, list: "holiday-calendars", keys: 1).after(["k.id"]))
        }
        let lines = try tx.fetchAll(
            """
            SELECT \(Line.columns) FROM \(BookingsSchema.holidayCalendar) k
            LEFT JOIN \(BookingsSchema.holiday) h ON h.organization_id = k.organization_id AND h.calendar_id = k.id
            WHERE \(SQL.joined(conditions, by: " AND "))
            GROUP BY k.organization_id, k.id ORDER BY k.id LIMIT \(input.limit + 1)
            """, as: Line.self)
        let views = lines.map { line in
            HolidayCalendarLine(
                id: line.row.id, name: line.row.name, region: line.row.region, holidays: line.count,
                version: line.row.version)
        }
        return Page(views, limit: input.limit) { Cursor(list: "holiday-calendars", keys: [$0.id.sqlValue]) }
    }

    /// A calendar with its dates.
    func find(_ id: ID<HolidayCalendar>, in tx: ReadTransaction) throws -> HolidayCalendarView {
        _ = try tx.filter(.readAvailability)
        return try self.view(id, in: tx)
    }

    private func view(_ id: ID<HolidayCalendar>, in tx: ReadTransaction) throws -> HolidayCalendarView {
        guard let organization = tx.scope.organization else { throw NoOrganization() }
        let found = try tx.fetchOne(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.holidayCalendar) k
            WHERE k.organization_id = \(organization) AND k.id = \(id) AND k.archived_at IS NULL
            """, as: Row.self)
        guard let found else { throw Refusal.notFound("holiday calendar") }
        return HolidayCalendarView(
            id: found.id, name: found.name, region: found.region,
            holidays: try Self.dates(of: id, organization, in: tx), version: found.version)
    }

    /// The dates of a calendar, in order.
    static func dates(
        of id: ID<HolidayCalendar>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> [HolidayValue] {
        try tx.fetchAll(
            """
            SELECT \(DateRow.columns) FROM \(BookingsSchema.holiday)
            WHERE organization_id = \(organization) AND calendar_id = \(id) ORDER BY date
            """, as: DateRow.self
        ).map(\.value)
    }

    /// The calendars that can be followed.
    static func known(_ organization: OrganizationID, in tx: ReadTransaction) throws -> Set<ID<HolidayCalendar>> {
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.holidayCalendar) k
            WHERE k.organization_id = \(organization) AND k.archived_at IS NULL
            """, as: Row.self)
        return Set(rows.map(\.id))
    }

    // MARK: Changing

    /// Makes a calendar.
    func create(_ input: CreateHolidayCalendar, _ call: Call, in tx: Transaction) throws -> HolidayCalendarView {
        try Self.check(input.holidays)
        try self.catalogs.lock(in: tx)
        let id: ID<HolidayCalendar> = tx.id()
        try self.insert(id, name: input.name, region: input.region, externalID: nil, call, in: tx)
        try self.store(input.holidays, of: id, call, in: tx)
        try tx.audit("bookings.holiday-calendar.created", object: AuditEntry.Object("holiday-calendar", id))
        // Nobody follows it yet: the catalog is the same.
        return try self.view(id, in: tx.reading)
    }

    /// Replaces all of a calendar.
    func replace(_ input: ReplaceHolidayCalendar, _ call: Call, in tx: Transaction) throws -> HolidayCalendarView {
        try Self.check(input.holidays)
        try self.catalogs.lock(in: tx)
        let before = try self.view(input.id, in: tx.reading)
        try call.match(version: before.version)
        try self.update(input.id, name: input.name, region: input.region, call, in: tx)
        try self.store(input.holidays, of: input.id, call, in: tx)
        try self.catalogs.touch(in: tx)
        let after = try self.view(input.id, in: tx.reading)
        var changes = AuditChanges()
        try changes.compare("name", before.name, after.name)
        try changes.compare("region", before.region, after.region)
        try changes.compare("holidays", before.holidays, after.holidays)
        try tx.audit(
            "bookings.holiday-calendar.changed", object: AuditEntry.Object("holiday-calendar", input.id),
            changes: changes)
        return after
    }

    /// Takes a calendar away: its dates are days like others from now on.
    func archive(_ id: ID<HolidayCalendar>, _ call: Call, in tx: Transaction) throws {
        try self.catalogs.lock(in: tx)
        try call.match(version: try self.view(id, in: tx.reading).version)
        try tx.post(
            """
            UPDATE \(BookingsSchema.holidayCalendar) SET archived_at = \(tx.now), version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
        try tx.audit("bookings.holiday-calendar.archived", object: AuditEntry.Object("holiday-calendar", id))
        try self.catalogs.touch(in: tx)
    }

    // MARK: Storing

    /// Stores a new calendar without dates.
    func insert(
        _ id: ID<HolidayCalendar>, name: LocalizedText, region: RegionCode?, externalID: String?, _ call: Call,
        in tx: Transaction
    ) throws {
        try tx.post(
            """
            INSERT INTO \(BookingsSchema.holidayCalendar) (organization_id, id, name, region, source, external_id,
                version, created_at, created_by)
            VALUES (\(call.organization), \(id), \(name), \(region),
                \(externalID.map { _ in ImportSource.holidayCalendars }), \(externalID), \(1), \(tx.now),
                \(call.principal.name))
            """)
    }

    /// Stores what has become of a calendar, apart from its dates; the caller touches the catalog.
    func update(
        _ id: ID<HolidayCalendar>, name: LocalizedText, region: RegionCode?, _ call: Call, in tx: Transaction
    ) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.holidayCalendar)
            SET name = \(name), region = \(region), archived_at = NULL, version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }

    /// Gives a calendar another version, because its dates have changed.
    func countChange(of id: ID<HolidayCalendar>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            UPDATE \(BookingsSchema.holidayCalendar) SET version = version + 1
            WHERE organization_id = \(call.organization) AND id = \(id)
            """)
    }

    /// Puts these dates in the place of those that a calendar had; the caller touches the catalog.
    func store(_ holidays: [HolidayValue], of id: ID<HolidayCalendar>, _ call: Call, in tx: Transaction) throws {
        try tx.post(
            """
            DELETE FROM \(BookingsSchema.holiday)
            WHERE organization_id = \(call.organization) AND calendar_id = \(id)
            """)
        for holiday in holidays {
            try tx.post(
                """
                INSERT INTO \(BookingsSchema.holiday) (organization_id, calendar_id, date, name, start_time, end_time)
                VALUES (\(call.organization), \(id), \(holiday.date), \(holiday.name), \(holiday.hours?.start),
                    \(holiday.hours?.end))
                """)
        }
    }

    private static func check(_ holidays: [HolidayValue]) throws {
        var fields: [Refusal.Field] = []
        var dates: Set<LocalDate> = []
        for (index, holiday) in holidays.enumerated() {
            if !dates.insert(holiday.date).inserted {
                fields.append(.init("/holidays/\(index)/date", "duplicate", "\(holiday.date) stands twice"))
            }
            if let hours = holiday.hours, hours.start >= hours.end {
                fields.append(
                    .init(
                        "/holidays/\(index)/hours/end", "end_not_after_start",
                        "the hours that are left must end after they begin; leave them out when all of it is closed"))
            }
        }
        guard fields.isEmpty else {
            throw Refusal(
                .invalid, "invalid_holidays", "the holidays cannot be stored as they stand", fields: fields)
        }
    }
}
