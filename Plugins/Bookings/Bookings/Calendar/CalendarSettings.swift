internal import AlmanacKernel

/// What an operator may set for calendars of other programs.
struct CalendarSettings: PluginSettings {
    /// Minutes from one fetch of a provider's calendar to the next.
    let refreshMinutes: Int

    init(from read: inout SettingsReader) throws {
        self.refreshMinutes = read(
            "refreshMinutes", "Minutes after which the calendars of providers are fetched again", in: 5...1_440,
            default: 15)
    }
}
