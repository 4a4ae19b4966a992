internal import AlmanacKernel
internal import AlmanacStorage

/// Seven days from a Monday, in a zone.
struct Week {
    let monday: LocalDate
    let zone: Zone

    /// The week in which a date is.
    init(of date: LocalDate, in zone: Zone) {
        self.monday = date.adding(days: 1 - date.weekday.rawValue)
        self.zone = zone
    }

    var sunday: LocalDate { self.monday.adding(days: 6) }
    var days: [LocalDate] { (0..<7).map { self.monday.adding(days: $0) } }
    var next: LocalDate { self.monday.adding(days: 7) }
    var previous: LocalDate { self.monday.adding(days: -7) }
}
