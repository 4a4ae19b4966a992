import AlmanacKernel
import AlmanacStorage
import Foundation
import Testing

@testable import Bookings

/// Many zones, each through the days on which its clocks change with one policy a change; with ALMANAC_LONG=1 through the
/// whole year, four weeks at a time with one policy after the other, and through those days with each policy.
struct ZoneYearTests {
    private static let isLong = ProcessInfo.processInfo.environment["ALMANAC_LONG"] == "1"

    /// A zone and a year, with the policies that are tried in it.
    struct Place: CustomTestStringConvertible, Sendable {
        let zone: String
        var year = 2026

        var testDescription: String { "\(self.zone) \(self.year)" }
    }

    static let places: [Place] =
        [
            "UTC", "Europe/Berlin", "Europe/London", "Europe/Lisbon", "Europe/Dublin", "Europe/Athens",
            "Europe/Chisinau", "Europe/Istanbul", "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo",
            "Africa/Johannesburg", "Africa/El_Aaiun", "Asia/Jerusalem", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran",
            "Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon", "Asia/Tokyo", "Asia/Dhaka", "Australia/Sydney",
            "Australia/Adelaide", "Australia/Eucla", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham",
            "Pacific/Apia", "Pacific/Kiritimati", "Pacific/Norfolk", "Pacific/Easter", "America/New_York",
            "America/St_Johns", "America/Havana", "America/Santiago", "America/Asuncion", "America/Los_Angeles",
            "America/Nuuk", "America/Miquelon", "America/Sao_Paulo", "Antarctica/Troll",
        ].map { Place(zone: $0) } + [
            Place(zone: "Pacific/Apia", year: 2011), Place(zone: "America/Sao_Paulo", year: 2018),
            Place(zone: "America/St_Johns", year: 2006), Place(zone: "Europe/Istanbul", year: 2016),
            Place(zone: "Asia/Pyongyang", year: 2018), Place(zone: "America/Caracas", year: 2016),
        ]

    private let zone: Zone
    private let year: ClosedRange<LocalDate>

    private init(_ place: Place) throws {
        self.zone = try Zone(place.zone)
        self.year =
            try #require(
                LocalDate(year: place.year, month: 1, day: 1))...(try #require(
                LocalDate(year: place.year, month: 12, day: 31)))
    }

    init() throws {
        try self.init(Place(zone: "UTC"))
    }

    /// The dates of the year that are not 24 hours at one offset.
    private var changes: [LocalDate] {
        var date = self.year.lowerBound
        var found: [LocalDate] = []
        while date <= self.year.upperBound {
            if !self.zone.offsets(for: date).isRegular { found.append(date) }
            date = date.adding(days: 1)
        }
        return found
    }

    /// What is asked in a year: dates with the policy that holds for them.
    ///
    /// - Parameter seed: With which policy the first ones begin.
    /// - Returns: The dates, each with the index of a policy.
    private func questions(from seed: Int) -> [(dates: ClosedRange<LocalDate>, policy: Int)] {
        let changes = self.changes.isEmpty ? [self.year.lowerBound.adding(days: 100)] : self.changes
        let around = changes.map { $0.adding(days: -1)...$0.adding(days: 1) }
        let count = Self.policies.count
        guard Self.isLong else { return around.enumerated().map { ($1, ($0 + seed) % count) } }
        var from = self.year.lowerBound
        var questions = around.flatMap { dates in Self.policies.indices.map { (dates: dates, policy: $0) } }
        while from <= self.year.upperBound {
            let dates = from...min(from.adding(days: 27), self.year.upperBound)
            questions.append((dates, (questions.count + seed) % count))
            from = from.adding(days: 28)
        }
        return questions
    }

    /// Hours through the night, through the changes of clocks, and by day; some days taken, off and limited.
    private func input(_ number: Int, _ grid: GridPolicies, around dates: ClosedRange<LocalDate>) -> MinuteOracle.Input
    {
        var generator = RandomCalendar(
            seed: UInt64(number + dates.lowerBound.daysSinceEpoch), zone: self.zone,
            around: dates.lowerBound.adding(days: LocalDate.days(from: dates.lowerBound, to: dates.upperBound) / 2))
        var input = generator.make()
        input.now = self.zone.startOfDay(dates.lowerBound.adding(days: -2))
        input.terms.grid = grid
        input.terms.bookingWindow = .unlimited
        if number.isMultiple(of: 2) {
            // Open through each night, so that every change of the clock falls into the hours.
            input.overrides = []
            input.rules = Weekday.allCases.flatMap { weekday in
                [
                    WeeklyRule(weekday, LocalTime(minuteOfDay: 1_290), .endOfDay),
                    WeeklyRule(weekday, .startOfDay, LocalTime(minuteOfDay: 330)),
                    WeeklyRule(weekday, LocalTime(minuteOfDay: 540), LocalTime(minuteOfDay: 1_020)),
                ]
            }
        }
        return input
    }

    private static let policies: [GridPolicies] = GridPolicies.RepeatedHour.allCases.flatMap { repeated in
        GridPolicies.SkippedHour.allCases.flatMap { skipped in
            GridPolicies.Anchor.allCases.map { GridPolicies(anchor: $0, repeatedHour: repeated, skippedHour: skipped) }
        }
    }

    @Test(arguments: Self.places)
    func everyPolicyOffersWhatEveryMinuteSays(place: Place) throws {
        let year = try Self(place)
        for (dates, number) in year.questions(from: place.zone.utf8.count) {
            let (from, to) = (dates.lowerBound.adding(days: -5), dates.upperBound.adding(days: 5))
            let input = year.input(number, Self.policies[number], around: dates)
            var search = SlotSearch(
                input.terms, on: dates, in: DayTable(year.zone, dates: dates, now: input.now), now: input.now)
            search.longestWay = input.longestWay
            let slots = SlotEngine.slots(of: input.calendar(for: search), for: search)
            let oracle = MinuteOracle(
                input, clock: MinuteClock(zone: year.zone, stays: input.stays, from: from, to: to))
            let expected = search.starts.flatMap {
                oracle.freeStarts(from: Instant(microseconds: $0.start), to: Instant(microseconds: $0.end))
            }
            try #require(slots.map(\.start) == expected, "\(dates) \(Self.policies[number]): \(input)")
            if input.stays.isEmpty { try year.check(slots, input, search) }
        }
    }

    /// What holds of any list, told without the oracle.
    private func check(_ slots: [Slot], _ input: MinuteOracle.Input, _ search: SlotSearch) throws {
        let hours = OpeningHours(
            rules: input.rules, overrides: input.overrides, holidays: input.holidays, absences: input.absences)
        var open: [Int: [MinuteRange]] = [:]
        for (slot, next) in zip(slots, slots.dropFirst()) {
            try #require(slot.start < next.start)
            if search.lengths.interval >= search.lengths.duration { try #require(slot.end <= next.start) }
        }
        // Each minute of them lies within the hours of its own date, by the clock on the wall. Slots come by their
        // starts: where one overlaps those before it, these minutes have been looked at.
        var seen = Int64.min
        for slot in slots {
            for minute in stride(from: max(slot.start.microseconds, seen), to: slot.end.microseconds, by: 60_000_000) {
                let local = self.zone.local(at: Instant(microseconds: minute))
                let day = local.date.daysSinceEpoch
                if open[day] == nil { hours.read(day: day, into: &open[day, default: []]) }
                let face = local.secondOfDay / 60
                let isOpen = open[day]?.contains { $0.start <= face && face < $0.end } ?? false
                if !isOpen { try #require(isOpen, "\(slot) at \(local)") }
            }
            seen = max(seen, slot.end.microseconds)
        }
    }

    @Test func thereAreEnoughZonesWhoseClocksChange() throws {
        let changing = try Self.places.filter { try !Self($0).changes.isEmpty }
        #expect(Self.places.count >= 40 && changing.count >= 25)
    }
}
