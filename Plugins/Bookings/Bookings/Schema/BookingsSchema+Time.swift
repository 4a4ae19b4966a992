internal import AlmanacStorage

/// What decides on times beside weekly rules and date overrides.
extension BookingsSchema {
    static let bookingLimit = Table(Self.room, "booking_limit")
    static let holidayCalendar = Table(Self.room, "holiday_calendar")
    static let holiday = Table(Self.room, "holiday")
    static let providerHolidayCalendar = Table(Self.room, "provider_holiday_calendar")
    static let providerStay = Table(Self.room, "provider_stay")
    static let providerAbsence = Table(Self.room, "provider_absence")

    static let placement: [any MigrationStep] = [
        AddColumn(Column("bookable_from", .date, optional: true), to: Self.eventType),
        AddColumn(Column("bookable_to", .date, optional: true), to: Self.eventType),
        AddColumn(Column("start_offset_minutes", .integer, default: "0"), to: Self.eventType),
        AddColumn(Column("minimum_gap_minutes", .integer, default: "0"), to: Self.eventType),
        AddColumn(Column("packing", .text, default: "'none'"), to: Self.eventType),
    ]

    static let limits: [any MigrationStep] = [
        CreateTable(Self.bookingLimit) {
            Column("id", .uuid)
            Column("event_type_id", .uuid, optional: true)
            Column("provider_id", .uuid, optional: true)
            Column("period", .text)
            Column("bookings", .integer, optional: true)
            Column("minutes", .integer, optional: true)
            PrimaryKey("id")
            ForeignKey("event_type_id", references: Self.eventType, onDelete: .cascade)
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
            Check("holder", "(event_type_id IS NULL) <> (provider_id IS NULL)")
            Check("period", "period IN ('day', 'week', 'month')")
            Check("limit", "bookings IS NOT NULL OR minutes IS NOT NULL")
            Check("bookings", "bookings IS NULL OR bookings >= 1")
            Check("minutes", "minutes IS NULL OR minutes >= 1")
        },
        CreateIndex(on: Self.bookingLimit, "event_type_id", "period", unique: true, where: "event_type_id IS NOT NULL"),
        CreateIndex(on: Self.bookingLimit, "provider_id", "period", unique: true, where: "provider_id IS NOT NULL"),
        // What limits count.
        CreateIndex(on: Self.booking, "event_type_id", "local_date"),
        Self.providerDates,
    ]

    private static let providerDates = CreateIndex(on: Self.booking, "provider_id", "local_date")

    /// Each index of bookings costs a page of its own for each that is made: what limits count of a provider is found by
    /// start as well.
    static let leanSteps: [any MigrationStep] = [DropIndex(Self.providerDates)]

    static let holidays: [any MigrationStep] = [
        CreateTable(Self.holidayCalendar) {
            Column("id", .uuid)
            Column("name", .json)
            Column("region", .text, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
        },
        CreateIndex(on: Self.holidayCalendar, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.holiday) {
            Column("calendar_id", .uuid)
            Column("date", .date)
            Column("name", .json)
            Column("start_time", .time, optional: true)
            Column("end_time", .time, optional: true)
            PrimaryKey("calendar_id", "date")
            ForeignKey("calendar_id", references: Self.holidayCalendar, onDelete: .cascade)
            Check("both_times", "(start_time IS NULL) = (end_time IS NULL)")
            Check("times", "start_time IS NULL OR start_time < end_time")
        },
        CreateTable(Self.providerHolidayCalendar) {
            Column("provider_id", .uuid)
            Column("calendar_id", .uuid)
            PrimaryKey("provider_id", "calendar_id")
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
            ForeignKey("calendar_id", references: Self.holidayCalendar, onDelete: .cascade)
        },
        CreateIndex(on: Self.providerHolidayCalendar, "calendar_id"),
    ]

    static let journeys: [any MigrationStep] = [
        CreateTable(Self.providerStay) {
            Column("provider_id", .uuid)
            Column("from_date", .date)
            Column("to_date", .date)
            Column("time_zone", .text)
            PrimaryKey("provider_id", "from_date")
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
            Check("dates", "from_date <= to_date")
        },
        CreateTable(Self.providerAbsence) {
            Column("provider_id", .uuid)
            Column("from_date", .date)
            Column("to_date", .date)
            Column("stand_in_id", .uuid, optional: true)
            Column("reason", .text, optional: true)
            PrimaryKey("provider_id", "from_date")
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
            ForeignKey("stand_in_id", references: Self.provider)
            Check("dates", "from_date <= to_date")
            Check("stand_in", "stand_in_id IS NULL OR stand_in_id <> provider_id")
        },
        CreateIndex(on: Self.providerAbsence, "stand_in_id", where: "stand_in_id IS NOT NULL"),
    ]
}
