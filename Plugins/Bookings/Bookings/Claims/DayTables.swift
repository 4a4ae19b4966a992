internal import AlmanacKernel
internal import AlmanacStorage

/// The dates of several zones, each looked up once for one question to the engine.
struct DayTables {
    private let dates: ClosedRange<LocalDate>
    private let now: Instant
    private var tables: [Zone: DayTable] = [:]
    private var journeys: [ZonePlan: DayTable] = [:]

    init(for search: SlotSearch) {
        self.dates = search.calendarDates
        self.now = search.now
    }

    /// The dates of a zone.
    mutating func table(of zone: Zone) -> DayTable {
        if let known = self.tables[zone] { return known }
        let table = DayTable(zone, dates: self.dates, now: self.now)
        self.tables[zone] = table
        return table
    }

    /// The dates of a provider who travels.
    mutating func table(of plan: ZonePlan) -> DayTable {
        if let known = self.journeys[plan] { return known }
        let table = DayTable(plan, dates: self.dates, now: self.now)
        self.journeys[plan] = table
        return table
    }
}
