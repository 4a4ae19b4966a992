internal import AlmanacKernel
internal import AlmanacStorage

/// The plugin's tables.
enum MessagingSchema {
    private static let room = Namespace("messaging")

    /// One row for each message, recipient and channel: what waits, what was sent and why something was not.
    static let message = Table(Self.room, "message")
    /// The texts that an organization has put in place of the built-in ones.
    static let template = Table(Self.room, "template")
    /// How people want to be told; who has no row takes things as they come.
    static let preference = Table(Self.room, "preference")
    /// How many messages have come into a person's inbox; who has no row never got one.
    static let inbox = Table(Self.room, "inbox")

    /// The schema's history; what has shipped stays as it is.
    static let migrations: [Migration] = [
        Migration(1, "messages, templates, preferences") {
            Self.messages
            Self.templates
            Self.preferences
        },
        Migration(2, "removing old messages") {
            DropIndex(Self.settledIndex)
            CreateIndex(
                on: Self.message, "settled_at", acrossOrganizations: true, where: "settled_at IS NOT NULL")
        },
        Migration(3, "numbers of messages in inboxes") { InboxMigration.steps },
        Migration(4, "messages about several bookings") {
            AddColumn(Column("bookings", .integer, default: "1"), to: Self.message)
        },
        // What a booking has told one person is looked for at each event. By the booking alone, SQLite takes the index
        // of the person, and reads everything that they were ever told.
        Migration(5, "what a booking has told a person") {
            DropIndex(Self.bookingIndex)
            CreateIndex(on: Self.message, "booking_id", "person_id")
        },
    ]

    private static let messages: [any MigrationStep] = [
        CreateTable(Self.message) {
            Column("id", .uuid)
            Column("person_id", .uuid)
            Column("audience", .text)
            Column("type", .text)
            Column("channel", .text)
            Column("booking_id", .uuid)
            // Up to which version of the booking its recipient knows what there is to know.
            Column("booking_version", .integer)
            // The appointment that it tells of.
            Column("start_at", .instant)
            Column("end_at", .instant)
            // The appointment that the recipient knew before, where it was moved.
            Column("previous_start_at", .instant, optional: true)
            Column("previous_provider_id", .uuid, optional: true)
            // One event makes one message for each recipient and channel.
            Column("dedupe_key", .text)
            Column("state", .text)
            Column("reason", .text, optional: true)
            Column("attempts", .integer)
            // When it is sent; of a message that is being sent, when whoever sends it is given up.
            Column("due_at", .instant)
            Column("response", .text, optional: true)
            Column("locale", .text, optional: true)
            // What it said: kept for the inbox in the program only.
            Column("subject", .text, optional: true)
            Column("body", .text, optional: true)
            Column("read_at", .instant, optional: true)
            Column("created_at", .instant)
            // When nothing more was to become of it: retention counts from here.
            Column("settled_at", .instant, optional: true)
            PrimaryKey("id")
            Unique("dedupe_key")
            Check("audience", "audience IN ('customer', 'provider')")
            Check("state", "state IN ('waiting', 'sending', 'sent', 'failed', 'suppressed')")
            Check("settled", "(settled_at IS NULL) = (state IN ('waiting', 'sending'))")
            Check("attempts", "attempts >= 0")
        },
        CreateIndex(
            on: Self.message, "due_at", acrossOrganizations: true, where: "state IN ('waiting', 'sending')"),
        Self.bookingIndex,
        CreateIndex(on: Self.message, "person_id", "id"),
        Self.settledIndex,
    ]

    private static let bookingIndex = CreateIndex(on: Self.message, "booking_id")
    private static let settledIndex = CreateIndex(
        on: Self.message, "settled_at", where: "settled_at IS NOT NULL")

    private static let templates: [any MigrationStep] = [
        CreateTable(Self.template) {
            Column("id", .uuid)
            Column("type", .text)
            Column("audience", .text)
            Column("channel", .text)
            Column("locale", .text)
            Column("subject", .text)
            Column("text", .text)
            Column("html", .text, optional: true)
            Column("version", .integer)
            Column("created_at", .instant)
            Column("created_by", .text)
            Column("archived_at", .instant, optional: true)
            PrimaryKey("id")
        },
        CreateIndex(
            on: Self.template, "type", "audience", "channel", "locale", unique: true, where: "archived_at IS NULL"),
    ]

    private static let preferences: [any MigrationStep] = [
        CreateTable(Self.preference) {
            Column("person_id", .uuid)
            Column("channels", .json, optional: true)
            Column("quiet_from", .time, optional: true)
            Column("quiet_to", .time, optional: true)
            Column("reminder_lead_minutes", .integer, optional: true)
            Column("locale", .text, optional: true)
            Column("version", .integer)
            Column("changed_at", .instant)
            Column("changed_by", .text)
            PrimaryKey("person_id")
            Check("quiet", "(quiet_from IS NULL) = (quiet_to IS NULL)")
        }
    ]

    /// What the plugin keeps about people.
    static let personalData: [PersonalData] = [
        // Nobody is written to who was erased: what waits goes with the rest.
        PersonalData(
            Self.message, person: "person_id", columns: ["subject", "body", "response"],
            context: [
                "type", "audience", "channel", "locale", "state", "reason", "start_at", "due_at", "read_at",
                "created_at", "settled_at",
            ], erasure: .removesRows),
        PersonalData(
            Self.preference, person: "person_id",
            columns: ["channels", "quiet_from", "quiet_to", "reminder_lead_minutes", "locale"],
            context: ["changed_at"], erasure: .removesRows),
        PersonalData(Self.inbox, person: "person_id", columns: [], context: ["arrivals"], erasure: .removesRows),
    ]

    /// How long what is kept: the log of messages, and with it what stands in inboxes.
    ///
    /// Until the appointment is over the log also says who has heard of it, and who therefore hears of its end. What is
    /// left of the log for two years says what was sent when and what became of it, not to whom: the key by which one
    /// message is told from another holds the recipient.
    static let retention = [
        Retention(
            Self.message, since: "settled_at", days: 90, archiveDays: 2 * 365, until: "end_at",
            omitting: ["dedupe_key"])
    ]
}
