import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// Random calendars in weeks with and without clock changes.
struct SlotEnginePropertyTests {
    /// A zone and a date with something to go wrong.
    struct Place: CustomTestStringConvertible, Sendable {
        let zone: String
        let date: String

        var testDescription: String { "\(self.zone) \(self.date)" }

        static let all = [
            Place(zone: "UTC", date: "2026-05-06"),
            Place(zone: "Europe/Berlin", date: "2026-03-29"),
            Place(zone: "Europe/Berlin", date: "2026-10-25"),
            Place(zone: "Australia/Lord_Howe", date: "2026-10-04"),
            Place(zone: "Australia/Lord_Howe", date: "2026-04-05"),
            Place(zone: "Africa/Casablanca", date: "2026-02-15"),
            Place(zone: "Africa/Casablanca", date: "2026-03-22"),
            Place(zone: "Pacific/Apia", date: "2011-12-30"),
            Place(zone: "Pacific/Chatham", date: "2026-04-05"),
            Place(zone: "America/Sao_Paulo", date: "2018-11-04"),
            Place(zone: "America/Sao_Paulo", date: "2018-02-17"),
            Place(zone: "America/Havana", date: "2026-03-08"),
            Place(zone: "America/Havana", date: "2026-11-01"),
            Place(zone: "America/St_Johns", date: "2006-10-29"),
            Place(zone: "Asia/Kathmandu", date: "2026-07-01"),
        ]
    }

    @Test(arguments: Place.all)
    func slotsAreWhatEveryMinuteSays(place: Place) throws {
        let date = try #require(LocalDate(place.date))
        let zone = try Zone(place.zone)
        // Hours reach a week back; the latest slot and what it leaves end within four days.
        let (from, to) = (date.adding(days: -8), date.adding(days: 5))
        let clock = MinuteClock(zone: zone, from: from, to: to)
        for seed in 1...UInt64(40) {
            let trial = try EngineTrial(place.zone, around: date, seed: seed)
            let stays = trial.input.stays
            let oracle = MinuteOracle(
                trial.input,
                clock: stays.isEmpty ? clock : MinuteClock(zone: zone, stays: stays, from: from, to: to))
            let expected = trial.search.starts.flatMap {
                oracle.freeStarts(from: Instant(microseconds: $0.start), to: Instant(microseconds: $0.end))
            }
            try #require(trial.slots.map(\.start) == expected, "seed \(seed): \(trial.input)")
        }
    }

    @Test(arguments: Place.all)
    func verdictIsFreeExactlyForOfferedStarts(place: Place) throws {
        for seed in 100...UInt64(106) {
            let trial = try EngineTrial(place.zone, around: try #require(LocalDate(place.date)), seed: seed)
            let offered = Set(trial.slots.map(\.start))
            for span in trial.search.starts {
                for micros in stride(from: span.start, to: span.end, by: 7 * 60_000_000) {
                    let start = Instant(microseconds: micros)
                    let verdict = SlotEngine.verdict(
                        at: start, of: trial.calendar, terms: trial.input.terms, now: trial.input.now)
                    try #require((verdict == .free) == offered.contains(start), "seed \(seed), \(start): \(verdict)")
                    let examination = SlotExamination(
                        at: start, of: trial.calendar, terms: trial.input.terms, now: trial.input.now)
                    try #require(examination.isOffered == (verdict == .free), "seed \(seed), \(start): \(examination)")
                }
            }
            for start in offered {
                // Exactly what a booking loads, and no more.
                var one = SlotSearch(trial.input.terms, at: start, now: trial.input.now)
                one.longestWay = trial.input.longestWay
                let calendar = trial.input.calendar(for: one)
                let verdict = SlotEngine.verdict(
                    at: start, of: calendar, terms: trial.input.terms, now: trial.input.now)
                try #require(verdict == .free, "seed \(seed), \(start)")
            }
        }
    }

    @Test(arguments: Place.all)
    func slotsOfAnIntervalAsLongAsTheDurationNeverOverlap(place: Place) throws {
        var count = 0
        for seed in 1...UInt64(90) {
            let trial = try EngineTrial(place.zone, around: try #require(LocalDate(place.date)), seed: seed)
            guard trial.search.lengths.interval >= trial.search.lengths.duration else { continue }
            for (slot, next) in zip(trial.slots, trial.slots.dropFirst()) {
                try #require(slot.end <= next.start, "seed \(seed): \(slot) and \(next)")
                count += 1
            }
        }
        #expect(count > 20)
    }
}
