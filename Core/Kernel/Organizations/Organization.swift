public import AlmanacStorage

/// One school, clinic or centre: the owner of everything that is booked, and the wall between tenants.
public struct Organization: Sendable, Equatable, Record {
    /// Identifies it.
    public let id: OrganizationID
    /// A permanent short name for addresses: lower-case letters, digits and hyphens.
    public let slug: String
    /// What it is called.
    public let name: String
    /// Where its clocks are.
    public let zone: Zone
    /// The language it speaks when a customer's is not offered, as a BCP 47 tag.
    public let locale: String
    /// The currency of its prices (ISO 4217).
    public let currency: String

    static let table = Table(.kernel, "organization", ownership: .deployment)
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = ["id", "slug", "name", "time_zone", "locale", "currency"]

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("slug", .text)
        Column("name", .text)
        Column("time_zone", .text)
        Column("locale", .text)
        Column("currency", .text)
        Column("created_at", .instant)
        PrimaryKey("id")
        Unique("slug")
    }

    /// Describes an organization.
    public init(id: OrganizationID, slug: String, name: String, zone: Zone, locale: String, currency: String) {
        self.id = id
        self.slug = slug
        self.name = name
        self.zone = zone
        self.locale = locale
        self.currency = currency
    }

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.slug = try row.next()
        self.name = try row.next()
        self.zone = try row.next()
        self.locale = try row.next()
        self.currency = try row.next()
    }
}
