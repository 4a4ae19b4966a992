import AlmanacKernel
import AlmanacStorage

/// What calendar and clock of a zone show at each minute of some weeks, one by one.
///
/// For zones and times with offsets of whole minutes.
struct MinuteClock {
    /// The first minute, counted from the epoch.
    let first: Int
    /// The first date, as days since 1970-01-01; dates are counted from it.
    let firstDay: Int
    /// How many dates there are.
    let dayCount: Int
    /// For each minute of real time the date and the minute of the day, as one number.
    let faces: [Int]
    /// For each minute of real time whether clocks showed the same less than a day before.
    let isRepeated: [Bool]
    /// For each date and minute of the day whether clocks ever show it.
    let isShown: [Bool]

    init(zone: Zone, from: LocalDate, to: LocalDate) {
        let start = Int(zone.startOfDay(from).microseconds / 60_000_000)
        let end = Int(zone.startOfDay(to).microseconds / 60_000_000)
        let firstDay = from.daysSinceEpoch - 12
        let dayCount = to.daysSinceEpoch - firstDay + 2
        var isShown = [Bool](repeating: false, count: dayCount * 1_440)
        var isRepeated: [Bool] = []
        var faces: [Int] = []
        for minute in start..<end {
            let local = zone.local(at: Instant(microseconds: Int64(minute) * 60_000_000))
            let face = (local.date.daysSinceEpoch - firstDay) * 1_440 + local.secondOfDay / 60
            isRepeated.append(isShown[face])
            isShown[face] = true
            faces.append(face)
        }
        self.first = start
        self.firstDay = firstDay
        self.dayCount = dayCount
        self.faces = faces
        self.isRepeated = isRepeated
        self.isShown = isShown
    }

    /// The instant of the minute with an index.
    func instant(_ index: Int) -> Instant { Instant(microseconds: Int64(self.first + index) * 60_000_000) }
}
