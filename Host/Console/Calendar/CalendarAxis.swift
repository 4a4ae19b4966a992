internal import AlmanacKernel
internal import AlmanacStorage

/// The hours beside the days of a calendar, from top to bottom, the same for all days that stand beside each other.
///
/// Minutes are those of the clock on the wall, so that nine in the morning is as high on every day. Where the clock is
/// put back on one of the days, the hour that comes twice has a place for each time; other days leave the second one
/// empty. Where it is put forward, the hour that is left out is empty on that day.
struct CalendarAxis {
    /// An hour that comes twice on one of the days.
    struct Repetition: Equatable {
        /// The minute on the clock at which it is put back.
        let wall: Int
        /// By how many minutes.
        let length: Int
    }

    /// A line of the axis.
    struct Hour: Equatable {
        /// Its minute on the axis.
        let minute: Int
        /// Its minute on the clock.
        let wall: Int
        /// Whether it is the second of two with this name.
        let isSecond: Bool
    }

    let zone: Zone
    /// The hours that come twice on one of the days, in order.
    let repetitions: [Repetition]
    private let days: [LocalDate: DayOffsets]

    init(_ dates: [LocalDate], in zone: Zone) {
        self.zone = zone
        var days: [LocalDate: DayOffsets] = [:]
        var repetitions: [Int: Int] = [:]
        for date in dates {
            let day = zone.offsets(for: date)
            days[date] = day
            for (_, repetition) in Self.repetitions(of: day) {
                repetitions[repetition.wall] = max(repetitions[repetition.wall] ?? 0, repetition.length)
            }
        }
        self.days = days
        self.repetitions = repetitions.sorted { $0.key < $1.key }.map { Repetition(wall: $0.key, length: $0.value) }
    }

    /// The hours that come twice on a day, with the instants at which the clock is put back.
    private static func repetitions(of day: DayOffsets) -> [(at: Instant, repetition: Repetition)] {
        var found: [(at: Instant, repetition: Repetition)] = []
        var offset = day.offset
        let midnight = Int64(day.date.daysSinceEpoch) * 86_400
        for change in day.changes {
            if change.offset < offset {
                let wall = Int((change.at.seconds + Int64(offset) - midnight) / 60)
                found.append((change.at, Repetition(wall: wall, length: (offset - change.offset) / 60)))
            }
            offset = change.offset
        }
        return found
    }

    /// How many minutes the axis has: 1440, and what comes twice.
    var length: Int { 1_440 + self.repetitions.reduce(0) { $0 + $1.length } }

    /// The first instant of a day and the first behind it.
    func bounds(of date: LocalDate) -> (start: Instant, end: Instant) {
        let day = self.offsets(of: date)
        return (day.start, day.end)
    }

    private func offsets(of date: LocalDate) -> DayOffsets { self.days[date] ?? self.zone.offsets(for: date) }

    /// Where an instant of a day stands on the axis.
    func minute(of instant: Instant, on date: LocalDate) -> Int {
        let day = self.offsets(of: date)
        guard instant > day.start else { return 0 }
        guard instant < day.end else { return self.length }
        let wall = self.zone.local(at: instant).secondOfDay / 60
        let own = Self.repetitions(of: day)
        return self.repetitions.reduce(wall) { minute, repetition in
            let isBehind =
                wall >= repetition.wall
                || own.contains { $0.repetition.wall == repetition.wall && instant >= $0.at }
                    && wall >= repetition.wall - repetition.length
            return isBehind ? minute + repetition.length : minute
        }
    }

    /// Where something ends on the axis that ends at an instant: at the end of its last minute, and not where the clock
    /// goes on after a change.
    func end(of instant: Instant, on date: LocalDate) -> Int {
        let day = self.offsets(of: date)
        guard instant < day.end else { return self.length }
        return self.minute(of: instant.adding(seconds: -1), on: date) + 1
    }

    /// The lines of the axis between two of its minutes.
    func hours(from first: Int, to last: Int) -> [Hour] {
        var hours: [Hour] = []
        var added = 0
        for hour in 0..<24 {
            for repetition in self.repetitions where repetition.wall == hour * 60 {
                for minute in stride(from: 0, to: repetition.length, by: 60) {
                    hours.append(
                        Hour(
                            minute: hour * 60 + added + minute, wall: repetition.wall - repetition.length + minute,
                            isSecond: true))
                }
                added += repetition.length
            }
            hours.append(Hour(minute: hour * 60 + added, wall: hour * 60, isSecond: false))
        }
        return hours.filter { $0.minute >= first && $0.minute < last }
    }

    /// The stretches of a day: from which minute of the axis to which its instants follow each other, and from when.
    ///
    /// What lies between them is not there on this day.
    func stretches(of date: LocalDate) -> [(from: Int, to: Int, start: Instant)] {
        let day = self.offsets(of: date)
        var stretches: [(from: Int, to: Int, start: Instant)] = []
        for span in day.spans {
            var start = span.start
            // An hour that comes twice elsewhere lies between.
            let breaks = self.repetitions.map(\.wall).flatMap { wall in
                self.zone.instants(of: date, minute: wall).all.filter { $0 > span.start && $0 < span.end }
            }
            for end in breaks.sorted() + [span.end] {
                stretches.append((self.minute(of: start, on: date), self.end(of: end, on: date), start))
                start = end
            }
        }
        return stretches
    }

    /// What is unusual about the clock on a day: what it leaves out, what it shows twice.
    func changes(on date: LocalDate) -> (skipped: Range<Int>?, repeated: Range<Int>?) {
        let day = self.offsets(of: date)
        var offset = day.offset
        let midnight = Int64(date.daysSinceEpoch) * 86_400
        for change in day.changes {
            let before = Int((change.at.seconds + Int64(offset) - midnight) / 60)
            let after = Int((change.at.seconds + Int64(change.offset) - midnight) / 60)
            if after > before { return (before..<after, nil) }
            if after < before { return (nil, after..<before) }
            offset = change.offset
        }
        return (nil, nil)
    }
}

extension LocalResolution {
    /// The instants at which clocks show the time: none, one or two.
    fileprivate var all: [Instant] {
        switch self {
        case .one(let instant): [instant]
        case .ambiguous(let earlier, let later): [earlier, later]
        case .skipped: []
        }
    }
}
