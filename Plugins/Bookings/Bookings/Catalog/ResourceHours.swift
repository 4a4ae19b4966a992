internal import AlmanacStorage

/// The hours of rooms and vehicles, which need none to be taken.
enum ResourceHours {
    /// Hours made of rules and overrides.
    ///
    /// - Returns: `nil`, which is always, when there are neither. With overrides alone every other date is open as a
    ///   whole.
    static func hours(rules: [WeeklyRule], overrides: [DateOverride]) -> OpeningHours? {
        if rules.isEmpty, overrides.isEmpty { return nil }
        return OpeningHours(rules: rules.isEmpty ? Self.allDay : rules, overrides: overrides)
    }

    private static let allDay = Weekday.allCases.map { WeeklyRule($0, .startOfDay, .endOfDay) }
}
