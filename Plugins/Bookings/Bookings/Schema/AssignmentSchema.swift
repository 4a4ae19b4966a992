internal import AlmanacStorage

/// The tables behind whom and what a booking takes.
enum AssignmentSchema {
    static let steps: [any MigrationStep] = Self.resources + Self.rules + Self.bookings + Self.groups

    private static let resources: [any MigrationStep] = [
        AddColumn(Column("time_zone", .text, optional: true), to: BookingsSchema.resource),
        CreateTable(BookingsSchema.resourceAttribute) {
            Column("resource_id", .uuid)
            Column("name", .text)
            Column("value", .text)
            PrimaryKey("resource_id", "name", "value")
            ForeignKey("resource_id", references: BookingsSchema.resource, onDelete: .cascade)
        },
        CreateIndex(on: BookingsSchema.resourceAttribute, "name", "value"),
        CreateTable(BookingsSchema.resourceRule) {
            Column("id", .uuid)
            Column("resource_id", .uuid)
            Column("weekday", .integer)
            Column("start_time", .time)
            Column("end_time", .time)
            Column("valid_from", .date, optional: true)
            Column("valid_to", .date, optional: true)
            PrimaryKey("id")
            ForeignKey("resource_id", references: BookingsSchema.resource, onDelete: .cascade)
            Check("weekday", "weekday BETWEEN 1 AND 7")
            Check("times", "start_time < end_time")
            Check("validity", "valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to")
        },
        CreateIndex(on: BookingsSchema.resourceRule, "resource_id"),
        CreateTable(BookingsSchema.resourceOverride) {
            Column("id", .uuid)
            Column("resource_id", .uuid)
            Column("date", .date)
            PrimaryKey("id")
            Unique("resource_id", "date")
            ForeignKey("resource_id", references: BookingsSchema.resource, onDelete: .cascade)
        },
        CreateTable(BookingsSchema.resourceOverrideRange) {
            Column("override_id", .uuid)
            Column("start_time", .time)
            Column("end_time", .time)
            PrimaryKey("override_id", "start_time")
            ForeignKey("override_id", references: BookingsSchema.resourceOverride, onDelete: .cascade)
            Check("times", "start_time < end_time")
        },
    ]

    private static let rules: [any MigrationStep] = [
        AddColumn(Column("hosts", .text, default: "'one'"), to: BookingsSchema.eventType),
        AddColumn(Column("choice", .text, default: "'timeFirst'"), to: BookingsSchema.eventType),
        AddColumn(Column("fairness", .text, default: "'minutes'"), to: BookingsSchema.eventType),
        AddColumn(Column("fairness_days", .integer, default: "30"), to: BookingsSchema.eventType),
        AddColumn(Column("priority", .integer, default: "0"), to: BookingsSchema.eventTypeProvider),
        AddColumn(Column("weight", .integer, default: "1"), to: BookingsSchema.eventTypeProvider),
        CreateTable(BookingsSchema.requirement) {
            Column("event_type_id", .uuid)
            // Counts from 1; in the attributes 0 stands for the hosts.
            Column("position", .integer)
            Column("kind", .text)
            Column("quantity", .integer)
            Column("units", .integer)
            PrimaryKey("event_type_id", "position")
            ForeignKey("event_type_id", references: BookingsSchema.eventType, onDelete: .cascade)
            Check("position", "position >= 1")
            Check("kind", "kind IN ('person', 'room', 'vehicle')")
            Check("quantity", "quantity BETWEEN 1 AND 10")
            Check("units", "units >= 1")
        },
        CreateTable(BookingsSchema.requiredAttribute) {
            Column("event_type_id", .uuid)
            Column("position", .integer)
            Column("rule", .text)
            Column("name", .text)
            Column("value", .text)
            PrimaryKey("event_type_id", "position", "rule", "name", "value")
            ForeignKey("event_type_id", references: BookingsSchema.eventType, onDelete: .cascade)
            Check("rule", "rule IN ('all', 'any')")
        },
    ]

    private static let bookings: [any MigrationStep] = [
        // How many resources the booking takes; those beyond its provider's stand in a table of their own.
        AddColumn(Column("resource_count", .integer, default: "1"), to: BookingsSchema.booking),
        CreateTable(BookingsSchema.bookingResource) {
            Column("booking_id", .uuid)
            Column("position", .integer)
            Column("role", .text)
            Column("resource_id", .uuid)
            // Whose resource it is, when it is a person's.
            Column("provider_id", .uuid, optional: true)
            Column("kind", .text)
            // The name that counted when it was agreed.
            Column("name", .text)
            Column("units", .integer)
            PrimaryKey("booking_id", "resource_id")
            ForeignKey("booking_id", references: BookingsSchema.booking, onDelete: .cascade)
            ForeignKey("resource_id", references: BookingsSchema.resource)
            ForeignKey("provider_id", references: BookingsSchema.provider)
            Check("role", "role IN ('host', 'requirement')")
            Check("kind", "kind IN ('person', 'room', 'vehicle')")
            Check("units", "units >= 1")
        },
        CreateIndex(on: BookingsSchema.bookingResource, "provider_id", where: "provider_id IS NOT NULL"),
        CreateIndex(on: BookingsSchema.bookingResource, "resource_id"),
    ]

    private static let groups: [any MigrationStep] = [
        // How many seats a session of the event type has.
        AddColumn(Column("capacity", .integer, default: "1"), to: BookingsSchema.eventType),
        AddColumn(Column("seats", .integer, default: "1"), to: BookingsSchema.booking),
        AddColumn(Column("seats", .integer, default: "1"), to: BookingsSchema.hold),
        // Claims of one session take the time of a resource once, together.
        AddColumn(Column("session_id", .uuid, optional: true), to: BookingsSchema.claim),
        AddColumn(Column("event_type_id", .uuid, optional: true), to: BookingsSchema.claim),
        AddColumn(Column("seats", .integer, default: "1"), to: BookingsSchema.claim),
    ]
}

extension BookingsSchema {
    /// What is true of a resource, a provider's included.
    static let resourceAttribute = Table(Self.room, "resource_attribute")
    /// The weekly rules of rooms and vehicles; one without any is always open.
    static let resourceRule = Table(Self.room, "resource_rule")
    static let resourceOverride = Table(Self.room, "resource_override")
    static let resourceOverrideRange = Table(Self.room, "resource_override_range")
    /// What bookings of an event type take besides their hosts.
    static let requirement = Table(Self.room, "requirement")
    static let requiredAttribute = Table(Self.room, "required_attribute")
    /// What a booking takes besides its provider, for bookings that take more.
    static let bookingResource = Table(Self.room, "booking_resource")
}
