internal import AlmanacKernel
internal import AlmanacStorage

/// In which zone each date of a provider is meant: at home, and on journeys.
///
/// Rules and overrides speak of dates and times on the clock; the plan says whose clock. Where the zone changes, each
/// date still begins with its own midnight, by the clock of its own zone. Going east that midnight comes before the
/// date before has ended: then that date ends there, so that no instant belongs to two dates. Going west it comes
/// later: the time between belongs to no date and is closed.
struct ZonePlan: Sendable, Hashable {
    /// Dates spent in another zone.
    struct Stay: Sendable, Hashable {
        /// The first date, by the clock of the zone.
        let from: LocalDate
        /// The last date, by the clock of the zone.
        let to: LocalDate
        /// Where the provider is.
        let zone: Zone
    }

    /// The first date in another zone than the one before.
    private struct Seam: Sendable, Hashable {
        let day: Int
        let begin: Int64
    }

    /// The zone of all other dates.
    let home: Zone
    /// In order; no two share a date.
    let stays: [Stay]
    private let seams: [Seam]

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - home: The zone of all dates that are in no stay.
    ///   - stays: In any order. Where two share dates the one that begins first counts; callers refuse that beforehand.
    init(home: Zone, stays: [Stay] = []) {
        var kept: [Stay] = []
        for stay in stays.sorted(by: { $0.from < $1.from }) where stay.from <= stay.to {
            if let last = kept.last, stay.from <= last.to { continue }
            kept.append(stay)
        }
        self.home = home
        self.stays = kept
        self.seams = kept.enumerated().flatMap { index, stay in
            var seams = [Self.seam(stay.from, stay.zone)]
            let following = stay.to.adding(days: 1)
            let isFollowed = index + 1 < kept.count && kept[index + 1].from == following
            if !isFollowed, following > stay.to { seams.append(Self.seam(following, home)) }
            return seams
        }
    }

    private static func seam(_ date: LocalDate, _ zone: Zone) -> Seam {
        Seam(day: date.daysSinceEpoch, begin: zone.startOfDay(date).microseconds)
    }

    /// The zone in which a date is meant.
    func zone(on date: LocalDate) -> Zone {
        self.stays.first { $0.from <= date && date <= $0.to }?.zone ?? self.home
    }

    /// The zone that holds at an instant; where none does, the home zone.
    func zone(at instant: Instant) -> Zone {
        self.stays.isEmpty ? self.home : self.zone(on: self.date(at: instant))
    }

    /// The date at an instant; in the gap that a journey west leaves, the date before it.
    func date(at instant: Instant) -> LocalDate {
        if let date = self.dateIfAny(at: instant) { return date }
        let next = self.seams.filter { $0.begin > instant.microseconds }.map(\.day).min()
        return next.map { LocalDate(daysSinceEpoch: $0 - 1) } ?? self.home.localDate(at: instant)
    }

    /// The date at an instant, or `nil` where it belongs to none.
    func dateIfAny(at instant: Instant) -> LocalDate? {
        guard !self.stays.isEmpty else { return self.home.localDate(at: instant) }
        for zone in [self.home] + self.stays.map(\.zone) {
            let date = zone.localDate(at: instant)
            let end = self.end(of: date.daysSinceEpoch) ?? .max
            if self.zone(on: date) == zone, instant.microseconds < end { return date }
        }
        return nil
    }

    /// Where a date ends at the latest because another zone has come to hold; `nil` where it ends by itself.
    ///
    /// Midnights of two zones are at most 26 hours apart, so that a seam cuts no more than the two dates before it.
    func end(of day: Int) -> Int64? {
        var end: Int64?
        for seam in self.seams where day < seam.day && seam.day <= day + 3 { end = min(end ?? .max, seam.begin) }
        return end
    }
}
