public import AlmanacStorage

/// A human being known to one organization, with or without a way to sign in.
///
/// Providers, customers, contacts and patients are facets that plugins key by person.
public struct Person: Sendable, Record {
    /// Identifies the person.
    public let id: ID<Person>
    /// First and middle names; may be empty.
    public let givenName: String
    /// Family name; may be empty.
    public let familyName: String
    /// Where mail goes.
    public let email: String?
    /// Where calls go, as it was written.
    public let phone: String?
    /// The preferred language as a BCP 47 tag.
    public let locale: String?
    /// Where the person's clock is, if that differs from the organization's.
    public let zone: Zone?
    /// The user, when the person can sign in.
    public let user: ID<User>?
    /// Where the person was imported from and what it is called there.
    public let externalID: String?
    /// Counts changes from 1.
    public let version: Int

    /// The name as it is shown.
    public var displayName: String { Self.displayName(self.givenName, self.familyName) }

    static func displayName(_ givenName: String, _ familyName: String) -> String {
        if familyName.isEmpty { return givenName }
        return givenName.isEmpty ? familyName : "\(givenName) \(familyName)"
    }

    package static let table = Table(.kernel, "person")
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = [
        "id", "given_name", "family_name", "email", "phone", "locale", "time_zone", "user_id", "external_id", "version",
    ]

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("id", .uuid)
            Column("given_name", .text)
            Column("family_name", .text)
            Column("sort_key", .text)
            Column("email", .text, optional: true)
            Column("email_key", .text, optional: true)
            Column("phone", .text, optional: true)
            Column("locale", .text, optional: true)
            Column("time_zone", .text, optional: true)
            Column("user_id", .uuid, optional: true)
            Column("source", .text, optional: true)
            Column("external_id", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
            ForeignKey("user_id", references: User.table)
        },
        CreateIndex(on: Self.table, "user_id", unique: true, where: "user_id IS NOT NULL"),
        CreateIndex(on: Self.table, "user_id", acrossOrganizations: true, where: "user_id IS NOT NULL"),
        CreateIndex(on: Self.table, "source", "external_id", unique: true, where: "external_id IS NOT NULL"),
        CreateIndex(on: Self.table, "email_key", where: "email_key IS NOT NULL"),
        CreateIndex(on: Self.table, "sort_key", "id"),
    ]

    /// What people say of themselves; see ``Profiles``.
    static let profileSteps: [any MigrationStep] = [
        AddColumn(Column("display_name", .text, optional: true), to: Self.table),
        AddColumn(Column("username", .text, optional: true), to: Self.table),
        AddColumn(Column("username_key", .text, optional: true), to: Self.table),
        AddColumn(Column("slug", .text, optional: true), to: Self.table),
        AddColumn(Column("preferences", .json, optional: true), to: Self.table),
        CreateIndex(on: Self.table, "username_key", unique: true, where: "username_key IS NOT NULL"),
        CreateIndex(on: Self.table, "slug", unique: true, where: "slug IS NOT NULL"),
    ]

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.givenName = try row.next()
        self.familyName = try row.next()
        self.email = try row.nextIfPresent()
        self.phone = try row.nextIfPresent()
        self.locale = try row.nextIfPresent()
        self.zone = try row.nextIfPresent()
        self.user = try row.nextIfPresent()
        self.externalID = try row.nextIfPresent()
        self.version = try row.next()
    }
}

/// What is known of a person who is to be made or changed.
public struct PersonDraft: Sendable, Equatable {
    /// First and middle names; may be empty.
    public var givenName: String
    /// Family name; may be empty.
    public var familyName: String
    /// Where mail goes.
    public var email: EmailAddress?
    /// Where calls go.
    public var phone: String?
    /// The preferred language as a BCP 47 tag.
    public var locale: String?
    /// Where the person's clock is.
    public var zone: Zone?
    var user: ID<User>?
    var source: String?
    var externalID: String?

    /// Begins a draft with a name.
    public init(givenName: String, familyName: String) {
        self.givenName = givenName
        self.familyName = familyName
    }
}
