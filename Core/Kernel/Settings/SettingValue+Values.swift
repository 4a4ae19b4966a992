public import AlmanacStorage

extension LocalDate: SettingValue {
    /// 1970-01-01.
    public static var placeholder: LocalDate { LocalDate(daysSinceEpoch: 0) }

    /// A date as `YYYY-MM-DD`.
    public static var settingType: SettingType { .text(format: "date") }

    /// Takes a date that exists, as `YYYY-MM-DD`.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a date such as 2026-03-01"
        guard let date = Self(try node.text(expected: expected)) else {
            throw SettingMismatch(expected: expected, found: node)
        }
        self = date
    }

    /// The date as `YYYY-MM-DD`.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.description))) }
}

extension LocalTime: SettingValue {
    /// 00:00.
    public static var placeholder: LocalTime { .startOfDay }

    /// A time of day as `HH:MM`.
    public static var settingType: SettingType { .text(pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$") }

    /// Takes a time of day as `HH:MM`, up to `24:00`, the end of the day.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a time of day such as 09:30"
        guard let time = Self(try node.text(expected: expected)) else {
            throw SettingMismatch(expected: expected, found: node)
        }
        self = time
    }

    /// The time of day as `HH:MM`.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.description))) }
}

extension Zone: SettingValue {
    /// UTC.
    public static var placeholder: Zone { .utc }

    /// The name of a zone.
    public static var settingType: SettingType { .text() }

    /// Takes the name of a zone that this machine knows.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let name = try node.text(expected: "a time zone such as Europe/Berlin")
        do {
            self = try Zone(name)
        } catch {
            guard error.code == .unknownZone else { throw SettingMismatch(error.description) }
            throw SettingMismatch(expected: "a time zone such as Europe/Berlin", found: node)
        }
    }

    /// The name.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.name))) }
}
