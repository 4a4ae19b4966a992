internal import AlmanacKernel
internal import AlmanacStorage
internal import Bookings

/// Providers with ordinary hours and about half of their time booked, as a driving school has them.
struct EngineWorkload {
    private struct Provider {
        let rules: [WeeklyRule]
        let claims: [ClaimSpan]
    }

    private let zone: Zone
    private let now: Instant
    private let dates: ClosedRange<LocalDate>
    private let terms: EventTypeTerms
    private let providers: [Provider]

    /// Describes providers of one zone.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - days: How many dates are asked for; clocks change on one of them.
    /// - Throws: An error when this machine has no time zone files.
    init(providers count: Int, days: Int) throws {
        let zone = try Zone("Europe/Berlin")
        let first = LocalDate(daysSinceEpoch: 20_520)  // 2026-03-08
        self.zone = zone
        self.now = zone.startOfDay(first).adding(minutes: 9 * 60 + 17)
        self.dates = first...first.adding(days: days - 1)
        var terms = EventTypeTerms(durationMinutes: 45)
        terms.bufferAfterMinutes = 15
        terms.slotIntervalMinutes = 15
        terms.minimumNoticeMinutes = 1_440
        self.terms = terms
        let dates = self.dates
        self.providers = (0..<count).map { number in
            Provider(rules: Self.rules(number), claims: Self.claims(number, dates, zone))
        }
    }

    /// Mornings and afternoons from Monday to Friday, and Saturday morning.
    private static func rules(_ number: Int) -> [WeeklyRule] {
        func time(_ minute: Int) -> LocalTime { LocalTime(minuteOfDay: minute + number % 4 * 15) }
        return Weekday.allCases.filter { $0 != .sunday }.flatMap { weekday in
            let morning = WeeklyRule(weekday, time(8 * 60), time(12 * 60), validFrom: nil, validTo: nil)
            let afternoon = WeeklyRule(weekday, time(13 * 60), time(17 * 60), validFrom: nil, validTo: nil)
            return weekday == .saturday ? [morning] : [morning, afternoon]
        }
    }

    /// Four bookings on each date.
    private static func claims(_ number: Int, _ dates: ClosedRange<LocalDate>, _ zone: Zone) -> [ClaimSpan] {
        let days = dates.lowerBound.daysSinceEpoch...dates.upperBound.daysSinceEpoch
        return days.flatMap { day in
            let midnight = zone.startOfDay(LocalDate(daysSinceEpoch: day))
            return [8, 10, 13, 15].map { hour in
                let start = midnight.adding(minutes: Int64(hour * 60 + (day + number) % 4 * 15))
                return ClaimSpan(
                    start: start, end: start.adding(minutes: 45), paddedStart: start,
                    paddedEnd: start.adding(minutes: 60))
            }
        }
    }

    /// Answers the question once, from rules and claims to the merged list.
    ///
    /// - Returns: How many slots are offered.
    func run() -> Int {
        let days = DayTable(self.zone, dates: self.dates, now: self.now)
        let search = SlotSearch(self.terms, on: self.dates, in: days, now: self.now)
        let table = DayTable(self.zone, dates: search.calendarDates, now: self.now)
        let offers = self.providers.enumerated().map { number, provider in
            let calendar = ProviderCalendar(days: table, rules: provider.rules, claims: provider.claims)
            return (provider: number, slots: SlotEngine.slots(of: calendar, for: search))
        }
        return SlotEngine.merged(offers).count
    }
}
