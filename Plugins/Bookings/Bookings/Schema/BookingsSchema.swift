internal import AlmanacStorage

/// The plugin's tables.
enum BookingsSchema {
    static let room = Namespace("bookings")

    /// One row an organization: which version of the catalog holds, and how far back a claim may reach.
    static let catalog = Table(Self.room, "catalog")
    static let resource = Table(Self.room, "resource")
    static let provider = Table(Self.room, "provider")
    static let customer = Table(Self.room, "customer")
    static let eventType = Table(Self.room, "event_type")
    static let eventTypeProvider = Table(Self.room, "event_type_provider")
    static let weeklyRule = Table(Self.room, "weekly_rule")
    static let dateOverride = Table(Self.room, "date_override")
    static let dateOverrideRange = Table(Self.room, "date_override_range")
    static let claim = Table(Self.room, "claim")
    static let booking = Table(Self.room, "booking")
    static let bookingChange = Table(Self.room, "booking_change")
    static let hold = Table(Self.room, "hold")

    /// The schema's history; what has shipped stays as it is.
    static let migrations: [Migration] = [
        Migration(1, "resources, providers, customers, event types") {
            Self.people
            Self.eventTypes
        },
        Migration(2, "availability") { Self.availability },
        Migration(3, "bookings and claims") {
            Self.bookings
            Self.claims
        },
        Migration(4, "approvals, holds and a whole history") { LifeMigration.steps },
        Migration(5, "limits, holidays, journeys, where starts fall") {
            Self.placement
            Self.limits
            Self.holidays
            Self.journeys
        },
        Migration(6, "calendars of other programs") { CalendarSchema.steps },
        Migration(7, "whom and what a booking takes") { AssignmentSchema.steps },
        Migration(8, "questions and answers") { QuestionSchema.steps },
        Migration(9, "attendees and guests") {
            AttendeeSchema.steps
            GuestSchema.steps
        },
        Migration(10, "guardians and reviews") {
            GuardianSchema.steps
            ReviewSchema.steps
        },
        Migration(11, "series of bookings") { SeriesSchema.steps },
        Migration(12, "sessions") { SessionSchema.steps },
        Migration(13, "the waitlist") { WaitlistSchema.steps },
        Migration(14, "locations and the ways between them") { LocationSchema.steps },
        Migration(15, "searches for calendars") { CalendarSchema.discoverySteps },
        Migration(16, "events of people's calendars") { CalendarSchema.eventSteps },
        Migration(17, "when entries of the waitlist were over") { WaitlistSchema.settling },
        Migration(18, "holds of series and of guests") { HoldSchema.steps },
        Migration(19, "guests who wait") { WaitlistSchema.guestSteps },
        Migration(20, "what guests who wait are mailed") { WaitlistSchema.accessSteps },
        Migration(21, "stamps of what is taken") { ClaimStampSchema.steps },
        Migration(22, "one index less of a booking's provider") { Self.leanSteps },
    ]

    private static let people: [any MigrationStep] = [
        CreateTable(Self.catalog) {
            Column("stamp", .uuid)
            Column("longest_claim", .integer)
            PrimaryKey()
        },
        CreateTable(Self.resource) {
            Column("id", .uuid)
            Column("kind", .text)
            Column("name", .text)
            Column("capacity", .integer)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            Check("kind", "kind IN ('person', 'room', 'vehicle')")
            Check("capacity", "capacity >= 1")
        },
        CreateIndex(on: Self.resource, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.provider) {
            Column("id", .uuid)
            Column("person_id", .uuid)
            Column("resource_id", .uuid)
            Column("name", .text)
            Column("bio", .text, optional: true)
            Column("time_zone", .text, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("person_id")
            Unique("resource_id")
            ForeignKey("resource_id", references: Self.resource)
        },
        CreateIndex(on: Self.provider, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.customer) {
            Column("id", .uuid)
            Column("person_id", .uuid)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("person_id")
        },
        CreateIndex(on: Self.customer, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
    ]

    private static let eventTypes: [any MigrationStep] = [
        CreateTable(Self.eventType) {
            Column("id", .uuid)
            Column("slug", .text)
            Column("name", .json)
            Column("duration_minutes", .integer)
            Column("price_amount", .integer)
            Column("price_currency", .text)
            Column("buffer_before_minutes", .integer)
            Column("buffer_after_minutes", .integer)
            Column("minimum_notice_minutes", .integer)
            Column("booking_window_days", .integer)
            Column("slot_interval_minutes", .integer)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            Check("duration", "duration_minutes BETWEEN 5 AND 1440")
            Check("buffers", "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440")
            Check("notice", "minimum_notice_minutes BETWEEN 0 AND 525600")
            Check("window", "booking_window_days BETWEEN 1 AND 730")
            Check("interval", "slot_interval_minutes BETWEEN 5 AND 1440")
            Check("price", "price_amount >= 0")
        },
        CreateIndex(on: Self.eventType, "slug", unique: true, where: "archived_at IS NULL"),
        CreateIndex(on: Self.eventType, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.eventTypeProvider) {
            Column("event_type_id", .uuid)
            Column("provider_id", .uuid)
            Column("position", .integer)
            PrimaryKey("event_type_id", "provider_id")
            ForeignKey("event_type_id", references: Self.eventType, onDelete: .cascade)
            ForeignKey("provider_id", references: Self.provider)
        },
        CreateIndex(on: Self.eventTypeProvider, "provider_id"),
    ]

    private static let availability: [any MigrationStep] = [
        CreateTable(Self.weeklyRule) {
            Column("id", .uuid)
            Column("provider_id", .uuid)
            Column("weekday", .integer)
            Column("start_time", .time)
            Column("end_time", .time)
            Column("valid_from", .date, optional: true)
            Column("valid_to", .date, optional: true)
            PrimaryKey("id")
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
            Check("weekday", "weekday BETWEEN 1 AND 7")
            Check("times", "start_time < end_time")
            Check("validity", "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to")
        },
        CreateIndex(on: Self.weeklyRule, "provider_id"),
        CreateTable(Self.dateOverride) {
            Column("id", .uuid)
            Column("provider_id", .uuid)
            Column("date", .date)
            PrimaryKey("id")
            Unique("provider_id", "date")
            ForeignKey("provider_id", references: Self.provider, onDelete: .cascade)
        },
        CreateTable(Self.dateOverrideRange) {
            Column("override_id", .uuid)
            Column("start_time", .time)
            Column("end_time", .time)
            PrimaryKey("override_id", "start_time")
            ForeignKey("override_id", references: Self.dateOverride, onDelete: .cascade)
            Check("times", "start_time < end_time")
        },
    ]

    private static let bookings: [any MigrationStep] = [
        CreateTable(Self.booking) {
            Column("id", .uuid)
            Column("number", .text)
            Column("status", .text)
            Column("event_type_id", .uuid)
            Column("provider_id", .uuid)
            Column("customer_id", .uuid)
            // The customer's person: what access, export and erasure ask for.
            Column("customer_person_id", .uuid)
            Column("start_at", .instant)
            Column("end_at", .instant)
            Column("local_date", .date)
            Column("local_time", .time)
            Column("time_zone", .text)
            Column("event_type_name", .json)
            Column("provider_name", .text)
            Column("customer_name", .text)
            Column("price_amount", .integer)
            Column("price_currency", .text)
            Column("terms", .json)
            Column("notes", .text, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("created_via", .text)
            PrimaryKey("id")
            Unique("number")
            ForeignKey("event_type_id", references: Self.eventType)
            ForeignKey("provider_id", references: Self.provider)
            ForeignKey("customer_id", references: Self.customer)
            Check(
                "status",
                "status IN ('pending', 'confirmed', 'inProgress', 'completed', 'noShow', 'cancelled', 'rejected')")
            Check("times", "start_at < end_at")
        },
        CreateIndex(on: Self.booking, "start_at", "id"),
        CreateIndex(on: Self.booking, "provider_id", "start_at"),
        CreateIndex(on: Self.booking, "customer_person_id", "start_at"),
        CreateIndex(on: Self.booking, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateTable(Self.bookingChange) {
            Column("id", .uuid)
            Column("booking_id", .uuid)
            Column("kind", .text)
            Column("from_provider_id", .uuid)
            Column("from_start", .instant)
            Column("from_end", .instant)
            Column("to_provider_id", .uuid, optional: true)
            Column("to_start", .instant, optional: true)
            Column("to_end", .instant, optional: true)
            Column("reason", .text, optional: true)
            Column("changed_at", .instant)
            Column("changed_by", .text)
            Column("changed_via", .text)
            PrimaryKey("id")
            ForeignKey("booking_id", references: Self.booking)
            Check("kind", "kind IN ('rescheduled', 'cancelled')")
        },
        CreateIndex(on: Self.bookingChange, "booking_id", "id"),
    ]

    private static let claims: [any MigrationStep] = [
        CreateTable(Self.claim) {
            Column("id", .uuid)
            Column("resource_id", .uuid)
            Column("kind", .text)
            Column("state", .text)
            Column("core_start", .instant)
            Column("core_end", .instant)
            Column("padded_start", .instant)
            Column("padded_end", .instant)
            Column("units", .integer)
            // Whether the resource takes one at a time: the exclusion constraint cannot look that up.
            Column("is_sole", .boolean)
            Column("expires_at", .instant, optional: true)
            Column("booking_id", .uuid, optional: true)
            Column("reason", .text, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            PrimaryKey("id")
            ForeignKey("resource_id", references: Self.resource)
            ForeignKey("booking_id", references: Self.booking)
            Check("kind", "kind IN ('exclusive', 'fact')")
            Check("state", "state IN ('hold', 'pending', 'confirmed', 'blocked', 'released')")
            Check("core", "core_start < core_end")
            Check("padding", "padded_start <= core_start AND core_end <= padded_end")
            Check("units", "units >= 1")
            Exclusion(
                "overlap", equal: ["resource_id"], from: "core_start", to: "core_end",
                where: "kind = 'exclusive' AND is_sole AND state <> 'released'")
        },
        CreateIndex(on: Self.claim, "resource_id", "padded_start", where: "state <> 'released'"),
        CreateIndex(on: Self.claim, "booking_id", where: "booking_id IS NOT NULL"),
        CreateIndex(on: Self.claim, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
    ]
}
