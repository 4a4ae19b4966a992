internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// How one person wants to be told, with what holds where they have said nothing.
struct Preferences: Sendable, Equatable {
    /// On which channels, as far as they are there.
    var channels: [ChannelID]
    /// When the person is not to be disturbed; `nil` for never.
    var quietHours: QuietHours?
    /// How many minutes before the start the person is reminded; 0 for never.
    var reminderLeadMinutes: Int
    /// In which language; `nil` for that of the person's profile.
    var locale: String?
    /// Counts changes from 1, also when nothing is stored yet.
    var version: Int
}

/// What a person has said: `nil` stands for whatever holds for everybody.
struct PreferenceRow: Record {
    static let columns: Columns = [
        "channels", "quiet_from", "quiet_to", "reminder_lead_minutes", "locale", "version",
    ]

    var channels: [ChannelID]?
    var quietHours: QuietHours?
    var reminderLeadMinutes: Int?
    var locale: String?
    var version: Int

    /// Nothing said.
    static let none = PreferenceRow(version: 1)

    private init(version: Int) { self.version = version }

    init(row: inout RowReader) throws {
        let channels: JSON? = try row.nextIfPresent()
        self.channels = channels.map { ($0.array ?? []).compactMap(\.string).map { ChannelID($0) } }
        let from: LocalTime? = try row.nextIfPresent()
        let to: LocalTime? = try row.nextIfPresent()
        if let from, let to { self.quietHours = QuietHours(from: from, to: to) }
        self.reminderLeadMinutes = try row.nextIfPresent()
        self.locale = try row.nextIfPresent()
        self.version = try row.next()
    }
}
