import AlmanacKernel
import AlmanacStorage

@testable import Bookings

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

    init(zone: Zone, stays: [ZonePlan.Stay] = [], from: LocalDate, to: LocalDate) {
        let start = Int(zone.startOfDay(from).microseconds / 60_000_000)
        let end = Int(zone.startOfDay(to).microseconds / 60_000_000)
        let firstDay = from.daysSinceEpoch - 12
        let dayCount = to.daysSinceEpoch - firstDay + 2
        var isShown = [Bool](repeating: false, count: dayCount * 1_440)
        var isRepeated: [Bool] = []
        var faces: [Int] = []
        var journey = Journey(home: zone, stays: stays)
        for minute in start..<end {
            guard let local = journey.local(at: Instant(microseconds: Int64(minute) * 60_000_000)) else {
                isRepeated.append(false)
                faces.append(Self.nowhere)
                continue
            }
            let face = (local.date.daysSinceEpoch - firstDay) * 1_440 + local.secondOfDay / 60
            guard isShown.indices.contains(face) else {
                isRepeated.append(false)
                faces.append(Self.nowhere)
                continue
            }
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

    /// Stands for a minute that belongs to no date.
    static let nowhere = -1

    /// Follows a provider minute by minute from zone to zone.
    private struct Journey {
        let home: Zone
        let stays: [ZonePlan.Stay]
        /// The zones in which the provider is at some time.
        let zones: [Zone]
        /// The latest leg of the journey that has begun.
        private var leg = Int.min

        init(home: Zone, stays: [ZonePlan.Stay]) {
            self.home = home
            self.stays = stays
            self.zones = [home] + stays.map(\.zone)
        }

        mutating func local(at instant: Instant) -> (date: LocalDate, secondOfDay: Int)? {
            guard !self.stays.isEmpty else { return self.home.local(at: instant) }
            var found: (leg: Int, local: (date: LocalDate, secondOfDay: Int))?
            for zone in self.zones {
                let local = zone.local(at: instant)
                let (leg, meant) = self.leg(of: local.date)
                if meant == zone, leg >= found?.leg ?? .min { found = (leg, local) }
            }
            guard let found, found.leg >= self.leg else { return nil }
            self.leg = found.leg
            return found.local
        }

        /// Legs are numbered by date: 0 is home before the first stay, 1 the first stay, 2 what follows it.
        private func leg(of date: LocalDate) -> (Int, Zone) {
            var leg = 0
            for stay in self.stays {
                if date < stay.from { return (leg, self.home) }
                if date <= stay.to { return (leg + 1, stay.zone) }
                leg += 2
            }
            return (leg, self.home)
        }
    }

    /// The date on the calendar at an instant; where there is none, the last one before.
    func date(at instant: Instant) -> LocalDate? {
        let index = Int((Double(instant.microseconds) / 60_000_000).rounded(.down)) - self.first
        guard self.faces.indices.contains(index) else { return nil }
        guard let face = self.faces[...index].last(where: { $0 != Self.nowhere }) else { return nil }
        return LocalDate(daysSinceEpoch: self.firstDay + face / 1_440)
    }

    /// The instant of the minute with an index.
    func instant(_ index: Int) -> Instant { Instant(microseconds: Int64(self.first + index) * 60_000_000) }
}
