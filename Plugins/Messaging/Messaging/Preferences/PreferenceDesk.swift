internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

/// Shows and changes how people want to be told.
struct PreferenceDesk: Sendable {
    let store: PreferenceStore
    let reminders: ReminderPlan
    let channels: ChannelDirectory
    let people: People

    /// The caller's own.
    func own(_ call: Call, in tx: ReadTransaction) throws -> PreferencesView {
        self.view(try self.store.of(Self.caller(call), in: tx))
    }

    /// Somebody's, for the staff.
    func find(_ person: ID<Person>, in tx: ReadTransaction) throws -> PreferencesView {
        try tx.require(.manageMessagePreferences, on: Ownership(owners: [person]))
        guard try self.people.name(of: person, in: tx) != nil else { throw Refusal.notFound("person") }
        return self.view(try self.store.of(person, in: tx))
    }

    /// Replaces the caller's own.
    func replaceOwn(_ input: ReplaceOwnPreferences, _ call: Call, in tx: Transaction) throws -> PreferencesView {
        try self.replace(input.wishes, of: Self.caller(call), call, in: tx)
    }

    /// Replaces somebody's, for the staff.
    func replace(_ input: ReplacePreferences, _ call: Call, in tx: Transaction) throws -> PreferencesView {
        try tx.require(.manageMessagePreferences, on: Ownership(owners: [input.person]))
        guard try self.people.name(of: input.person, in: tx.reading) != nil else { throw Refusal.notFound("person") }
        return try self.replace(input.wishes, of: input.person, call, in: tx)
    }

    private func replace(
        _ wishes: Wishes, of person: ID<Person>, _ call: Call, in tx: Transaction
    ) throws -> PreferencesView {
        let before = try self.store.stored(person, in: tx.reading) ?? .none
        try call.match(version: before.version)
        var row = before
        try self.apply(wishes, to: &row)
        try self.store.replace(before, by: row, of: person, in: tx)
        row.version = before.version + 1
        let preferences = self.store.resolved(row)
        try self.reminders.move(remindersOf: person, to: preferences, in: tx)
        try tx.audit(
            "messaging.preferences.changed", object: .init("person", person), changes: try Self.changes(before, row))
        return self.view(preferences)
    }

    /// Takes over what was said, or refuses all that is wrong at once.
    private func apply(_ wishes: Wishes, to row: inout PreferenceRow) throws {
        var problems: [Refusal.Field] = []
        if let channels = wishes.channels, let unknown = channels.first(where: { !self.channels.ids.contains($0) }) {
            problems.append(
                .init(
                    "/channels", "unknown_channel",
                    "there is no channel \(unknown.name.prefix(40)); there are "
                        + self.channels.ids.map(\.name).joined(separator: ", ")))
        }
        row.channels = wishes.channels
        switch (wishes.quietFrom, wishes.quietTo) {
        case (nil, nil): row.quietHours = nil
        case (let from?, let to?): row.quietHours = QuietHours(from: from, to: to)
        default:
            problems.append(
                .init(
                    wishes.quietFrom == nil ? "/quietFrom" : "/quietTo", "quiet_hours_incomplete",
                    "give both ends of the time when you are not to be disturbed, or neither"))
        }
        row.reminderLeadMinutes = wishes.reminderLeadMinutes
        row.locale = wishes.locale.flatMap(MessageLocale.normalized)
        if wishes.locale != nil, row.locale == nil {
            problems.append(.init("/locale", "locale_invalid", "a language is a tag such as de or de-CH"))
        }
        guard let first = problems.first else { return }
        throw Refusal(.invalid, first.code, first.detail, fields: problems)
    }

    /// All of it says something about its person.
    private static func changes(_ before: PreferenceRow, _ after: PreferenceRow) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("channels", before.channels, after.channels, as: .personal)
        try changes.compare(
            "quietFrom", before.quietHours?.from, after.quietHours?.from, as: .personal)
        try changes.compare("quietTo", before.quietHours?.to, after.quietHours?.to, as: .personal)
        try changes.compare(
            "reminderLeadMinutes", before.reminderLeadMinutes, after.reminderLeadMinutes, as: .personal)
        try changes.compare("locale", before.locale, after.locale, as: .personal)
        return changes
    }

    private func view(_ preferences: Preferences) -> PreferencesView {
        PreferencesView(
            channels: preferences.channels, availableChannels: self.channels.ids,
            quietFrom: preferences.quietHours?.from, quietTo: preferences.quietHours?.to,
            reminderLeadMinutes: preferences.reminderLeadMinutes, locale: preferences.locale,
            version: preferences.version)
    }

    private static func caller(_ call: Call) throws -> ID<Person> {
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return user.person
    }
}

/// How somebody wants to be told, as the API shows it: with what holds where they have said nothing.
struct PreferencesView: Codable, Sendable, Versioned {
    let channels: [ChannelID]
    let availableChannels: [ChannelID]
    let quietFrom: LocalTime?
    let quietTo: LocalTime?
    let reminderLeadMinutes: Int
    let locale: String?
    let version: Int
}

/// What somebody says about how they want to be told; what is left out goes back to what holds for everybody.
struct Wishes: Sendable {
    let channels: [ChannelID]?
    let quietFrom: LocalTime?
    let quietTo: LocalTime?
    let reminderLeadMinutes: Int?
    let locale: String?

    static let constraints: [String: Constraint] = [
        "channels": .items(0...20, "On which channels; none at all, when empty."),
        "quietFrom": .field("From when on not to be disturbed, by the clock of the person."),
        "quietTo": .field("Until when not to be disturbed; it may be on the next day."),
        "reminderLeadMinutes": .integer(0...40_320, "How long before the start to be reminded; 0 for never."),
        "locale": .text(2...35, "The language of messages, as a BCP 47 tag; that of the profile, when left out."),
    ]
}

/// The input of `PUT /me/message-preferences`: all of it is replaced.
struct ReplaceOwnPreferences: APIInput {
    let channels: [ChannelID]?
    let quietFrom: LocalTime?
    let quietTo: LocalTime?
    let reminderLeadMinutes: Int?
    let locale: String?

    static let constraints = Wishes.constraints

    var wishes: Wishes {
        Wishes(
            channels: self.channels, quietFrom: self.quietFrom, quietTo: self.quietTo,
            reminderLeadMinutes: self.reminderLeadMinutes, locale: self.locale)
    }
}

/// The input of `PUT /message-preferences/{person}`: all of it is replaced.
struct ReplacePreferences: APIInput {
    let person: ID<Person>
    let channels: [ChannelID]?
    let quietFrom: LocalTime?
    let quietTo: LocalTime?
    let reminderLeadMinutes: Int?
    let locale: String?

    static let constraints = Wishes.constraints

    var wishes: Wishes {
        Wishes(
            channels: self.channels, quietFrom: self.quietFrom, quietTo: self.quietTo,
            reminderLeadMinutes: self.reminderLeadMinutes, locale: self.locale)
    }
}

/// The input of `GET /message-preferences/{person}`.
struct PreferencesByPerson: APIInput {
    let person: ID<Person>
}
