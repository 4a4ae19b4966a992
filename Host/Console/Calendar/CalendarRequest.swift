internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// Which part of a calendar somebody wants to see, as it stands in the address.
struct CalendarRequest {
    /// How much is shown.
    enum Span: String, CaseIterable {
        case day, week, month
    }

    var span: Span
    /// The date of which the day, the week or the month is shown.
    var date: LocalDate
    /// The zone whose clock stands at the side, where one was chosen.
    var zone: Zone?
    /// What was chosen, by the resource of the lane.
    var lanes: [String: [String]]
    /// Whether all hours of the day are shown.
    var isWhole: Bool
    /// Whether also what is over is shown, as what was cancelled.
    var showsHidden: Bool

    /// The most lanes of a kind that are shown.
    static let mostLanes = 20

    /// Reads an address; what is wrong with it is left out.
    init(_ query: [(name: String, value: String)], _ calendar: ConsoleModel.Calendar, now: Instant, zone: Zone) {
        func first(_ name: String) -> String? { query.first { $0.name == name && !$0.value.isEmpty }?.value }
        self.span = first("view").flatMap { Span(rawValue: $0) } ?? .week
        self.zone = first("zone").flatMap { try? Zone($0) }
        let today = (self.zone ?? zone).localDate(at: now)
        let date = first("date").flatMap { LocalDate($0) } ?? today
        self.date = (1_900...2_200).contains(date.year) ? date : today
        self.isWhole = first("hours") == "all"
        self.showsHidden = first("also") == "hidden"
        self.lanes = [:]
        for lane in calendar.lanes {
            var chosen: [String] = []
            for field in query where field.name == lane.resource.name && !field.value.isEmpty {
                if !chosen.contains(field.value), chosen.count < Self.mostLanes { chosen.append(field.value) }
            }
            if !chosen.isEmpty { self.lanes[lane.resource.name] = chosen }
        }
    }

    /// The dates that are shown: whole weeks from Monday on, apart from a single day.
    var dates: [LocalDate] {
        switch self.span {
        case .day: return [self.date]
        case .week: return Self.week(of: self.date)
        case .month:
            guard let first = LocalDate(year: self.date.year, month: self.date.month, day: 1) else { return [] }
            let start = Self.monday(of: first)
            let next = Self.nextMonth(of: first)
            let weeks = (LocalDate.days(from: start, to: next) + 6) / 7
            return (0..<weeks * 7).map { start.adding(days: $0) }
        }
    }

    private static func monday(of date: LocalDate) -> LocalDate { date.adding(days: 1 - date.weekday.rawValue) }

    private static func week(of date: LocalDate) -> [LocalDate] {
        (0..<7).map { self.monday(of: date).adding(days: $0) }
    }

    private static func nextMonth(of date: LocalDate) -> LocalDate {
        let isLast = date.month == 12
        return LocalDate(year: isLast ? date.year + 1 : date.year, month: isLast ? 1 : date.month + 1, day: 1) ?? date
    }

    /// The date that leads to what comes before or behind what is shown.
    func date(steps: Int) -> LocalDate {
        switch self.span {
        case .day: return self.date.adding(days: steps)
        case .week: return self.date.adding(days: 7 * steps)
        case .month:
            guard let first = LocalDate(year: self.date.year, month: self.date.month, day: 1) else { return self.date }
            guard steps < 0 else { return Self.nextMonth(of: first) }
            let last = first.adding(days: -1)
            return LocalDate(year: last.year, month: last.month, day: 1) ?? last
        }
    }

    /// The query of the address under which this is shown.
    func query(_ calendar: ConsoleModel.Calendar) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = [("view", self.span.rawValue), ("date", "\(self.date)")]
        if let zone = self.zone { query.append(("zone", zone.name)) }
        for lane in calendar.lanes {
            query += (self.lanes[lane.resource.name] ?? []).map { (lane.resource.name, $0) }
        }
        if self.isWhole { query.append(("hours", "all")) }
        if self.showsHidden { query.append(("also", "hidden")) }
        return query
    }

    /// The address under which this is shown.
    func address(_ calendar: ConsoleModel.Calendar) -> String {
        let query = self.query(calendar).map { "\(RequestText.encoded($0.name))=\(RequestText.encoded($0.value))" }
        return "/console/\(calendar.name)?\(query.joined(separator: "&"))"
    }

    /// The same with something else.
    func with(_ change: (inout Self) -> Void) -> Self {
        var copy = self
        change(&copy)
        return copy
    }
}
