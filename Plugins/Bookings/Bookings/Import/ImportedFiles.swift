internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Everything a folder holds for this plugin, read and checked as far as the files alone allow.
struct ImportedFiles: Sendable {
    private(set) var providers: [Imported<ImportedPerson>] = []
    private(set) var rules: [Imported<ImportedRule>] = []
    private(set) var overrides: [Imported<ImportedOverride>] = []
    private(set) var eventTypes: [Imported<ImportedEventType>] = []
    private(set) var customers: [Imported<ImportedPerson>] = []
    private(set) var blocks: [Imported<ImportedBlock>] = []
    private(set) var holidayCalendars: [Imported<ImportedHolidayCalendar>] = []
    private(set) var holidays: [Imported<ImportedHoliday>] = []
    private(set) var resources: [Imported<ImportedResource>] = []
    private(set) var locations: [Imported<ImportedLocation>] = []
    private(set) var travelTimes: [Imported<ImportedTravelTime>] = []
    private(set) var sessions: [Imported<ImportedSession>] = []
    /// What is wrong so far.
    var problems = CSVProblems()

    /// The files in the order in which they need each other.
    static let names = [
        "providers.csv", "weekly_rules.csv", "date_overrides.csv", "event_types.csv", "customers.csv",
        "blocked_times.csv", "holiday_calendars.csv", "holidays.csv", "resources.csv", "sessions.csv",
        "locations.csv", "travel_times.csv",
    ]

    init(_ folder: ImportFolder, locale: String) {
        self.providers = self.read(folder, Self.names[0], ImportedPerson.providerColumns) {
            ImportedPerson.provider(&$0)
        }
        self.rules = self.read(folder, Self.names[1], ImportedRule.columns) { ImportedRule.read(&$0) }
        self.overrides = self.read(folder, Self.names[2], ImportedOverride.columns) { ImportedOverride.read(&$0) }
        self.eventTypes = self.read(folder, Self.names[3], ImportedEventType.columns) {
            ImportedEventType.read(&$0, locale: locale)
        }
        self.customers = self.read(folder, Self.names[4], ImportedPerson.customerColumns) {
            ImportedPerson.customer(&$0)
        }
        self.blocks = self.read(folder, Self.names[5], ImportedBlock.columns) { ImportedBlock.read(&$0) }
        self.holidayCalendars = self.read(folder, Self.names[6], ImportedHolidayCalendar.columns) {
            ImportedHolidayCalendar.read(&$0, locale: locale)
        }
        self.holidays = self.read(folder, Self.names[7], ImportedHoliday.columns) {
            ImportedHoliday.read(&$0, locale: locale)
        }
        self.resources = self.read(folder, "resources.csv", ImportedResource.columns) { ImportedResource.read(&$0) }
        self.locations = self.read(folder, "locations.csv", ImportedLocation.columns) { ImportedLocation.read(&$0) }
        self.travelTimes = self.read(folder, "travel_times.csv", ImportedTravelTime.columns) {
            ImportedTravelTime.read(&$0)
        }
        self.sessions = self.read(folder, "sessions.csv", ImportedSession.columns) {
            ImportedSession.read(&$0, locale: locale)
        }
        self.checkUniqueness()
        self.checkOverlaps()
    }

    private mutating func read<Value>(
        _ folder: ImportFolder, _ name: String, _ columns: [CSVColumn], _ body: (inout CSVRow) -> Value?
    ) -> [Imported<Value>] {
        guard let bytes = folder.files[name] else { return [] }
        let place = folder.path.isEmpty ? name : "\(folder.path)/\(name)"
        let table = CSVTable(parsing: bytes, file: place, columns: columns)
        return table.decode(collecting: &self.problems) { row in
            body(&row).map { Imported(row: row, value: $0) }
        }
    }

    // MARK: Checking one file

    private mutating func checkUniqueness() {
        self.refuseRepeats(self.providers, "external_id") { $0.externalID }
        self.refuseRepeats(self.providers, "email") { $0.draft.email?.key.text }
        self.refuseRepeats(self.customers, "external_id") { $0.externalID }
        self.refuseRepeats(self.customers, "email") { $0.draft.email?.key.text }
        self.refuseRepeats(self.eventTypes, "external_id") { $0.externalID }
        self.refuseRepeats(self.eventTypes, "slug") { $0.draft.slug.text }
        self.refuseRepeats(self.blocks, "external_id") { $0.externalID }
        self.refuseRepeats(self.holidayCalendars, "external_id") { $0.externalID }
        self.refuseRepeats(self.holidays, "date") { "\($0.calendar) \($0.value.date)" }
        self.refuseRepeats(self.resources, "external_id") { $0.externalID }
        self.refuseRepeats(self.locations, "external_id") { $0.externalID }
        self.refuseRepeats(self.travelTimes, "to") { "\($0.from) \($0.to)" }
        self.refuseRepeats(self.sessions, "external_id") { $0.externalID }
    }

    private mutating func refuseRepeats<Value>(
        _ rows: [Imported<Value>], _ column: String, _ key: (Value) -> String?
    ) {
        var lines: [[UInt8]: Int] = [:]
        for imported in rows {
            guard let key = key(imported.value) else { continue }
            if let first = lines[Array(key.utf8)] {
                self.problems.append(imported.row.problem(column, "stands on line \(first) already"))
            } else {
                lines[Array(key.utf8)] = imported.row.line
            }
        }
    }

    private mutating func checkOverlaps() {
        for rows in Dictionary(grouping: self.rules, by: \.value.provider).values {
            for place in AvailabilityCheck.overlaps(rows.map(\.value.rule)) {
                self.problems.append(
                    rows[place].row.problem(
                        "start", "overlaps another row of this provider that is valid on the same days"))
            }
        }
        for rows in Dictionary(grouping: self.overrides, by: { DayOfProvider($0.value) }).values where rows.count > 1 {
            let closed = rows.filter { $0.value.hours == nil }
            for imported in closed {
                self.problems.append(
                    imported.row.problem(nil, "closes a day that has other rows; a closed day has one row"))
            }
            guard closed.isEmpty else { continue }
            for place in AvailabilityCheck.overlaps(rows.compactMap(\.value.hours)) {
                self.problems.append(rows[place].row.problem("start", "overlaps other hours of this day"))
            }
        }
    }

    private struct DayOfProvider: Hashable {
        let provider: String
        let date: LocalDate

        init(_ row: ImportedOverride) {
            self.provider = row.provider
            self.date = row.date
        }
    }
}
