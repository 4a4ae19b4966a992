import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// A provider whose hours and claims are written as text, and questions about it.
struct EngineFixture {
    var zone: Zone
    var rules: [WeeklyRule] = []
    var overrides: [DateOverride] = []
    var claims: [ClaimSpan] = []
    var capacity = 1
    var terms = EventTypeTerms(durationMinutes: 60)
    var now = Instant(microseconds: 0)
    var holidays: [Holiday] = []
    var absences: [ClosedRange<LocalDate>] = []
    var stays: [ZonePlan.Stay] = []
    var quota: BookingQuota?
    var shortestMinutes: Int?

    /// A provider with the same hours every day, each as `09:00-17:00`.
    init(_ zone: String, _ hours: String...) throws {
        self.zone = try Zone(zone)
        for range in try hours.map(Self.hours) {
            self.rules += Weekday.allCases.map { WeeklyRule($0, range.start, range.end) }
        }
    }

    static func hours(_ text: String) throws -> DateOverride.Hours {
        let parts = text.split(separator: "-").map { LocalTime(String($0)) }
        return DateOverride.Hours(try #require(parts[0]), try #require(parts[1]))
    }

    static func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    mutating func override(_ date: String, _ hours: String...) throws {
        self.overrides.append(DateOverride(try Self.date(date), try hours.map(Self.hours)))
    }

    /// Adds a claim from `2026-06-01T10:00:00Z` of so many minutes.
    mutating func claim(
        _ start: String, minutes: Int64 = 60, before: Int64 = 0, after: Int64 = 0, units: Int = 1,
        expiresAt: Instant? = nil
    ) throws {
        let start = try Self.instant(start)
        let end = start.adding(minutes: minutes)
        self.claims.append(
            ClaimSpan(
                start: start, end: end, paddedStart: start.adding(minutes: -before),
                paddedEnd: end.adding(minutes: after), units: units, expiresAt: expiresAt))
    }

    func calendar(_ dates: ClosedRange<LocalDate>) -> ProviderCalendar {
        var calendar = ProviderCalendar(
            days: DayTable(ZonePlan(home: self.zone, stays: self.stays), dates: dates, now: self.now),
            hours: OpeningHours(
                rules: self.rules, overrides: self.overrides, holidays: self.holidays, absences: self.absences),
            claims: self.claims, capacity: self.capacity)
        calendar.quota = self.quota
        calendar.shortestMinutes = self.shortestMinutes
        return calendar
    }

    /// Adds a holiday, closed or with the hours that are left.
    mutating func holiday(_ date: String, _ hours: String? = nil) throws {
        self.holidays.append(Holiday(date: try Self.date(date), hours: try hours.map(Self.hours)))
    }

    /// Adds dates in another zone.
    mutating func stay(_ from: String, _ to: String, in zone: String) throws {
        self.stays.append(ZonePlan.Stay(from: try Self.date(from), to: try Self.date(to), zone: try Zone(zone)))
    }

    func slots(_ from: String, to: String? = nil, in zone: String? = nil) throws -> [Slot] {
        let dates = try Self.date(from)...(try Self.date(to ?? from))
        let asking = DayTable(try zone.map { try Zone($0) } ?? self.zone, dates: dates, now: self.now)
        let search = SlotSearch(self.terms, on: dates, in: asking, now: self.now)
        return SlotEngine.slots(of: self.calendar(search.calendarDates), for: search)
    }

    /// What the provider's clock shows at the starts of a date, as `09:00 10:00`.
    func starts(_ from: String, to: String? = nil, in zone: String? = nil) throws -> String {
        try self.slots(from, to: to, in: zone).map { slot in
            LocalTime(minuteOfDay: self.zone.local(at: slot.start).secondOfDay / 60).description
        }.joined(separator: " ")
    }

    func verdict(_ start: String) throws -> Verdict { self.verdict(try Self.instant(start)) }

    func verdict(_ start: Instant) -> Verdict {
        let search = SlotSearch(self.terms, at: start, now: self.now)
        return SlotEngine.verdict(
            at: start, of: self.calendar(search.calendarDates), terms: self.terms, now: self.now)
    }
}
