internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// A good row of a file, with its place for what turns out later to be wrong with it.
struct Imported<Value: Sendable>: Sendable {
    let row: CSVRow
    let value: Value
}

/// A person of `providers.csv` or `customers.csv`.
struct ImportedPerson: Sendable {
    let externalID: String
    let draft: PersonDraft
    /// What only providers have.
    var bio: String?
    var zone: Zone?
    /// The calendars whose holidays a provider keeps; empty leaves them as they are.
    var holidayCalendars: [String] = []

    var name: String {
        [self.draft.givenName, self.draft.familyName].filter { !$0.isEmpty }.joined(separator: " ")
    }

    static let providerColumns: [CSVColumn] = [
        .required("external_id"), .required("given_name"), .required("family_name"), .required("email"),
        .required("phone"), .required("time_zone"), .optional("bio"), .optional("holiday_calendars"),
    ]

    static let customerColumns: [CSVColumn] = [
        .required("external_id"), .required("given_name"), .required("family_name"), .required("email"),
        .required("phone"), .required("locale"), .optional("time_zone"),
    ]

    static func provider(_ row: inout CSVRow) -> ImportedPerson {
        var person = Self.person(&row)
        person.zone = row.zone("time_zone")
        person.bio = row.optionalValue("bio", expected: "at most 4,000 characters") {
            $0.unicodeScalars.count <= 4_000 ? $0 : nil
        }
        person.holidayCalendars = row.list("holiday_calendars")
        return person
    }

    static func customer(_ row: inout CSVRow) -> ImportedPerson {
        let person = Self.person(&row)
        var draft = person.draft
        draft.locale = row.language("locale")
        draft.zone = row.zone("time_zone")
        return ImportedPerson(externalID: person.externalID, draft: draft)
    }

    private static func person(_ row: inout CSVRow) -> ImportedPerson {
        let externalID = row.externalID("external_id")
        var draft = PersonDraft(givenName: row.line("given_name"), familyName: row.line("family_name"))
        draft.email = row.email("email")
        draft.phone = row.phone("phone")
        return ImportedPerson(externalID: externalID, draft: draft)
    }
}

/// A row of `weekly_rules.csv`.
struct ImportedRule: Sendable {
    let provider: String
    /// Without its location, which is looked up when all files have been read.
    let rule: WeeklyRule
    let location: String?

    static let columns: [CSVColumn] = [
        .required("provider"), .required("weekday"), .required("start"), .required("end"), .optional("valid_from"),
        .optional("valid_to"), .optional("location"),
    ]

    static func read(_ row: inout CSVRow) -> ImportedRule? {
        let provider = row.externalID("provider")
        let weekday = row.weekday("weekday")
        let (start, end) = (row.time("start"), row.time("end"))
        let (from, to) = (row.optionalDate("valid_from"), row.optionalDate("valid_to"))
        let location = row.reference("location")
        guard let weekday, let start, let end else { return nil }
        if start >= end { row.refuse("end", "must be after the start; a shift past midnight is two rows") }
        if let from, let to, to < from { row.refuse("valid_to", "must not be before valid_from") }
        return ImportedRule(
            provider: provider, rule: WeeklyRule(weekday, start, end, validFrom: from, validTo: to),
            location: location)
    }
}

/// A row of `date_overrides.csv`: hours of a date, or that it is closed.
struct ImportedOverride: Sendable {
    let provider: String
    let date: LocalDate
    let hours: DateOverride.Hours?

    static let columns: [CSVColumn] = [
        .required("provider"), .required("date"), .required("start"), .required("end"),
    ]

    static func read(_ row: inout CSVRow) -> ImportedOverride? {
        let provider = row.externalID("provider")
        let date = row.date("date")
        let (start, end) = (row.optionalTime("start"), row.optionalTime("end"))
        guard let date, row.problems.isEmpty else { return nil }
        switch (start, end) {
        case (nil, nil): return ImportedOverride(provider: provider, date: date, hours: nil)
        case (let start?, let end?):
            if start >= end { row.refuse("end", "must be after the start; a shift past midnight is two rows") }
            return ImportedOverride(provider: provider, date: date, hours: DateOverride.Hours(start, end))
        case (nil, _): row.refuse("start", "must not be empty when there is an end; leave both empty for a closed day")
        case (_, nil): row.refuse("end", "must not be empty when there is a start; leave both empty for a closed day")
        }
        return nil
    }
}

/// A row of `blocked_times.csv`.
struct ImportedBlock: Sendable {
    let externalID: String
    let provider: String
    let start: Instant
    let end: Instant
    let reason: String?

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("provider"), .required("start"), .required("end"), .optional("reason"),
    ]

    static func read(_ row: inout CSVRow) -> ImportedBlock? {
        let externalID = row.externalID("external_id")
        let provider = row.externalID("provider")
        let (start, end) = (row.instant("start"), row.instant("end"))
        let reason = row.optionalLine("reason")
        guard let start, let end else { return nil }
        if let fault = BlockedTimes.fault(from: start, to: end) { row.refuse("end", fault.detail) }
        return ImportedBlock(externalID: externalID, provider: provider, start: start, end: end, reason: reason)
    }
}

/// A row of `event_types.csv`; its providers are external ids.
struct ImportedEventType: Sendable {
    let externalID: String
    /// Without providers, which are looked up when all files have been read.
    let draft: EventTypeDraft
    let providers: [String]
    /// What sort of place it is; `nil` leaves what is stored.
    var place: BookedPlace.Kind?
    /// Where, by external ids.
    var locations: [String] = []

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("slug"), .required("name", translations: true),
        .required("duration_minutes"), .required("price_amount"), .required("price_currency"),
        .required("buffer_before_minutes"), .required("buffer_after_minutes"), .required("minimum_notice_minutes"),
        .required("booking_window_days"), .required("slot_interval_minutes"), .required("providers"),
        .optional("place"), .optional("locations"),
    ]

    static func read(_ row: inout CSVRow, locale: String) -> ImportedEventType? {
        let externalID = row.externalID("external_id")
        let slug = row.value("slug", expected: Slug.expectation) { Slug($0) }
        let name = row.localizedLine("name", locale: locale)
        let price = Self.price(&row)
        let duration = row.integer("duration_minutes", in: EventTypeLimits.duration)
        let before = row.integer("buffer_before_minutes", in: EventTypeLimits.buffer)
        let after = row.integer("buffer_after_minutes", in: EventTypeLimits.buffer)
        let notice = row.integer("minimum_notice_minutes", in: EventTypeLimits.notice)
        let window = row.integer("booking_window_days", in: EventTypeLimits.window)
        let interval = row.integer("slot_interval_minutes", in: EventTypeLimits.interval)
        let providers = row.list("providers")
        if providers.isEmpty { row.refuse("providers", "must name at least one provider") }
        let place = row.place("place", at: "locations")
        guard let slug, let name, let price else { return nil }
        return ImportedEventType(
            externalID: externalID,
            draft: EventTypeDraft(
                slug: slug, name: name, price: price, durationMinutes: duration, bufferBeforeMinutes: before,
                bufferAfterMinutes: after, minimumNoticeMinutes: notice, bookingWindowDays: window,
                slotIntervalMinutes: interval, providers: []),
            providers: providers, place: place?.kind, locations: place?.locations ?? [])
    }

    private static func price(_ row: inout CSVRow) -> Money? {
        let amount = row.integer("price_amount", in: EventTypeLimits.price)
        return row.value("price_currency", expected: "a currency of ISO 4217 such as EUR") {
            try? Money(amount: amount, currency: $0)
        }
    }
}
