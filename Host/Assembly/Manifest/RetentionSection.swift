internal import AlmanacKernel

/// The section `retention`: how long what is kept, where it is not as plugins declare.
struct RetentionSection: PluginSettings {
    let settings: RetentionSettings

    init(from read: inout SettingsReader) throws {
        var settings = RetentionSettings()
        settings.eventDays = read(
            "eventDays", "Days for which events are kept that all have handled, to be looked at and replayed",
            in: 1...36_600, default: settings.eventDays)
        let tables: [(name: RetainedTable, value: TableSection)] = try read.map(
            "tables", "Days for the rows of a table, as messaging.message, in place of what its plugin declares",
            names: RetainedTable.self)
        for (table, section) in tables { settings.tables[table.retention.name] = section.choice }
        self.settings = settings
        for (table, section) in tables where section.choice.archiveDays ?? 0 > 0 {
            read.check(
                "tables", "says archiveDays for \(table.retention.name), of which its plugin leaves nothing to archive",
                table.retention.archiveDays != nil)
        }
    }
}

/// What is said for one table.
private struct TableSection: PluginSettings {
    let choice: RetentionSettings.Choice

    init(from read: inout SettingsReader) throws {
        let days: Int? = read.optional("days", "Days after which a row is removed", in: 1...36_600)
        let archiveDays: Int? = read.optional(
            "archiveDays", "Days for which removed rows are kept compressed; 0 for not at all", in: 0...36_600)
        self.choice = RetentionSettings.Choice(days: days, archiveDays: archiveDays)
    }
}
