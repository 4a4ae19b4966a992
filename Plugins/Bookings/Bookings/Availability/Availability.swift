internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The working hours of one provider, as the API shows and takes them.
struct AvailabilityView: Codable, Sendable, Versioned {
    let provider: ID<Provider>
    let timeZone: Zone
    let weeklyRules: [WeeklyRuleValue]
    let dateOverrides: [DateOverrideValue]
    let holidayCalendars: [ID<HolidayCalendar>]
    let stays: [StayValue]
    let absences: [AbsenceValue]
    let limits: [BookingLimitValue]
    let version: Int
}

/// A weekly rule on the wire.
struct WeeklyRuleValue: Codable, Sendable, Equatable {
    let weekday: Weekday
    let start: LocalTime
    let end: LocalTime
    let validFrom: LocalDate?
    let validTo: LocalDate?
    /// Where the provider is then: nothing at another location can be booked.
    let location: ID<Location>?

    init(_ rule: WeeklyRule) {
        self.weekday = rule.weekday
        self.start = rule.start
        self.end = rule.end
        self.validFrom = rule.validFrom
        self.validTo = rule.validTo
        self.location = rule.location
    }

    var rule: WeeklyRule {
        var rule = WeeklyRule(self.weekday, self.start, self.end, validFrom: self.validFrom, validTo: self.validTo)
        rule.location = self.location
        return rule
    }
}

/// A date override on the wire: the hours of one date, none when it is closed.
struct DateOverrideValue: APIInput, Codable, Equatable {
    /// Hours within the date.
    struct Hours: Codable, Sendable, Equatable {
        let start: LocalTime
        let end: LocalTime
    }

    let date: LocalDate
    let hours: [Hours]

    static let constraints: [String: Constraint] = ["hours": .items(0...48, "Within the date; none when it is closed.")]

    init(_ override: DateOverride) {
        self.date = override.date
        self.hours = override.hours.map { Hours(start: $0.start, end: $0.end) }
    }

    var entry: DateOverride {
        DateOverride(self.date, self.hours.map { DateOverride.Hours($0.start, $0.end) })
    }
}

/// The input of `GET /providers/{id}/availability`.
struct ReadAvailability: APIInput {
    let id: ID<Provider>
}

/// The input of `PUT /providers/{id}/weekly-rules`: all rules are replaced.
struct ReplaceWeeklyRules: APIInput {
    let id: ID<Provider>
    let rules: [WeeklyRuleValue]

    static let constraints: [String: Constraint] = ["rules": .items(0...200, "In the provider's zone.")]
}

/// The input of `PUT /providers/{id}/date-overrides`: all overrides are replaced.
struct ReplaceDateOverrides: APIInput {
    let id: ID<Provider>
    let overrides: [DateOverrideValue]

    static let constraints: [String: Constraint] = [
        "overrides": .items(0...1_000, "Dates in the provider's zone; no hours when the date is closed.")
    ]
}
