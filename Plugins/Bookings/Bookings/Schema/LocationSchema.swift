internal import AlmanacStorage

/// Where appointments take place, and how long the ways between take.
enum LocationSchema {
    static let location = Table(BookingsSchema.room, "location")
    static let travelTime = Table(BookingsSchema.room, "travel_time")
    /// Where an event type takes place, for those that take place at locations.
    static let eventTypeLocation = Table(BookingsSchema.room, "event_type_location")

    static let steps: [any MigrationStep] =
        [
            CreateTable(Self.location) {
                Column("id", .uuid)
                Column("name", .text)
                Column("address_lines", .json)
                Column("latitude", .real, optional: true)
                Column("longitude", .real, optional: true)
                Column("time_zone", .text, optional: true)
                Column("source", .text, optional: true)
                Column("external_id", .text, optional: true)
                Column("version", .integer)
                Column("created_at", .instant)
                Column("created_by", .text)
                Column("archived_at", .instant, optional: true)
                PrimaryKey("id")
                Check("both", "(latitude IS NULL) = (longitude IS NULL)")
                Check("latitude", "latitude IS NULL OR latitude BETWEEN -90 AND 90")
                Check("longitude", "longitude IS NULL OR longitude BETWEEN -180 AND 180")
            },
            CreateIndex(
                on: Self.location, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
            CreateTable(Self.travelTime) {
                Column("from_location_id", .uuid)
                Column("to_location_id", .uuid)
                Column("minutes", .integer)
                PrimaryKey("from_location_id", "to_location_id")
                ForeignKey("from_location_id", references: Self.location, onDelete: .cascade)
                ForeignKey("to_location_id", references: Self.location, onDelete: .cascade)
                Check("minutes", "minutes BETWEEN 0 AND 1440")
                Check("different", "from_location_id <> to_location_id")
            },
            CreateIndex(on: Self.travelTime, "to_location_id"),
            CreateTable(Self.eventTypeLocation) {
                Column("event_type_id", .uuid)
                Column("location_id", .uuid)
                Column("position", .integer)
                PrimaryKey("event_type_id", "location_id")
                ForeignKey("event_type_id", references: BookingsSchema.eventType, onDelete: .cascade)
                ForeignKey("location_id", references: Self.location)
            },
            CreateIndex(on: Self.eventTypeLocation, "location_id"),
        ] + Self.columns

    private static let columns: [any MigrationStep] = [
        // What sort of place it is, and where those go who meet by video.
        AddColumn(Column("place", .text, optional: true), to: BookingsSchema.eventType),
        AddColumn(Column("place_link", .text, optional: true), to: BookingsSchema.eventType),
        // Where the provider is then. No foreign keys: columns that are added have none.
        AddColumn(Column("location_id", .uuid, optional: true), to: BookingsSchema.weeklyRule),
        // What was agreed, and the location for whoever looks for its bookings.
        AddColumn(Column("place", .json, optional: true), to: BookingsSchema.booking),
        AddColumn(Column("location_id", .uuid, optional: true), to: BookingsSchema.booking),
        // Where the customer is, who takes it along when they are erased.
        AddColumn(Column("customer_address", .json, optional: true), to: BookingsSchema.booking),
        CreateIndex(on: BookingsSchema.booking, "location_id", "start_at", where: "location_id IS NOT NULL"),
        AddColumn(Column("place", .json, optional: true), to: BookingsSchema.hold),
        // Where whoever is taken is during it, for the way to the next one.
        AddColumn(Column("location_id", .uuid, optional: true), to: BookingsSchema.claim),
        AddColumn(Column("is_at_customer", .boolean, default: "false"), to: BookingsSchema.claim),
    ]
}
