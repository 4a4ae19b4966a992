internal import AlmanacKernel
internal import AlmanacStorage

/// What the plugin keeps about calendars of other programs: feeds that they fetch from us, sources that we fetch.
enum CalendarSchema {
    private static let room = Namespace("bookings")

    /// The feed of a person, for whoever knows its address.
    static let feed = Table(Self.room, "calendar_feed")
    /// A calendar of a provider's whose busy times are imported as claims.
    static let source = Table(Self.room, "calendar_source")

    /// An event of somebody's calendar that is no booking.
    static let event = Table(Self.room, "calendar_event")
    /// Who takes part in it besides its owner, and what they say.
    static let participant = Table(Self.room, "calendar_participant")
    /// A search for the calendars that somebody has on a server, for an hour.
    static let discovery = Table(Self.room, "calendar_discovery")

    /// Address and credentials of a source, sealed: the addresses of private calendars are secrets too.
    static let secrets = EncryptedColumn(Self.source, "secrets", keys: .uuid("id"))

    /// Who searches where and what was found, sealed.
    static let discoverySecrets = EncryptedColumn(Self.discovery, "secrets", keys: .uuid("id"))

    static let discoverySteps: [any MigrationStep] = [
        CreateTable(Self.discovery) {
            Column("id", .uuid)
            Column("provider_id", .uuid)
            Column("host", .text)
            Column("secrets", .bytes, optional: true)
            Column("state", .text)
            Column("failure", .text, optional: true)
            Column("failure_detail", .text, optional: true)
            Column("expires_at", .instant)
            Column("created_at", .instant)
            Column("created_by", .text)
            PrimaryKey("id")
            ForeignKey("provider_id", references: BookingsSchema.provider)
            Check("state", "state IN ('searching', 'found', 'failed')")
        },
        CreateIndex(on: Self.discovery, "provider_id"),
    ]

    static let eventSteps: [any MigrationStep] = [
        CreateTable(Self.event) {
            Column("id", .uuid)
            Column("owner_person_id", .uuid)
            Column("title", .text)
            Column("description", .text, optional: true)
            Column("place", .text, optional: true)
            Column("start_at", .instant)
            Column("end_at", .instant)
            // The first and the last date, of what lasts whole dates.
            Column("start_date", .date, optional: true)
            Column("end_date", .date, optional: true)
            Column("time_zone", .text)
            Column("is_busy", .boolean)
            // Minutes before it.
            Column("reminders", .json)
            // Which state of it calendars have.
            Column("sequence", .integer)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("changed_at", .instant)
            Column("cancelled_at", .instant, optional: true)
            PrimaryKey("id")
            Check("times", "start_at < end_at")
            Check("both_dates", "(start_date IS NULL) = (end_date IS NULL)")
            Check("dates", "start_date IS NULL OR start_date <= end_date")
        },
        CreateIndex(on: Self.event, "owner_person_id", "start_at"),
        CreateTable(Self.participant) {
            Column("event_id", .uuid)
            Column("person_id", .uuid)
            Column("position", .integer)
            Column("answer", .text)
            PrimaryKey("event_id", "person_id")
            ForeignKey("event_id", references: Self.event, onDelete: .cascade)
            Check("answer", "answer IN ('needsAction', 'accepted', 'declined', 'tentative')")
        },
        CreateIndex(on: Self.participant, "person_id"),
    ]

    static let steps: [any MigrationStep] = [
        CreateTable(Self.feed) {
            Column("id", .uuid)
            Column("person_id", .uuid)
            Column("digest", .bytes)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("fetched_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("person_id")
            Unique("digest")
        },
        CreateTable(Self.source) {
            Column("id", .uuid)
            Column("provider_id", .uuid)
            Column("resource_id", .uuid)
            Column("kind", .text)
            Column("host", .text)
            Column("secrets", .bytes, optional: true)
            // Whether the provider is not offered while nobody knows when they are busy.
            Column("fails_closed", .boolean)
            Column("closes_after_hours", .integer)
            // From when on that is so, unless the calendar is verified again before.
            Column("closes_at", .instant)
            Column("attempted_at", .instant, optional: true)
            Column("verified_at", .instant, optional: true)
            Column("failing_since", .instant, optional: true)
            Column("failure", .text, optional: true)
            Column("failure_detail", .text, optional: true)
            Column("unreadable_events", .integer)
            // What the server calls the state that was read last, and up to when that state is imported.
            Column("entity_tag", .text, optional: true)
            Column("modified", .text, optional: true)
            Column("covered_until", .instant, optional: true)
            Column("next_at", .instant)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("provider_id", references: BookingsSchema.provider)
            ForeignKey("resource_id", references: BookingsSchema.resource)
            Check("kind", "kind IN ('ics', 'caldav')")
            Check("closes", "closes_after_hours BETWEEN 1 AND 720")
            Check("failure", "(failure IS NULL) = (failing_since IS NULL)")
        },
        CreateIndex(on: Self.source, "provider_id", where: "archived_at IS NULL"),
        CreateIndex(on: Self.source, "resource_id", where: "fails_closed AND archived_at IS NULL"),
        CreateIndex(on: Self.source, "next_at", acrossOrganizations: true, where: "archived_at IS NULL"),
    ]
}
