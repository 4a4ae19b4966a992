import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// Hours, overrides and the grid of starts on ordinary days.
struct GridTests {
    @Test func hoursThatOverlapOrTouchAreOneStretch() throws {
        var school = try EngineFixture("UTC", "09:10-10:30", "10:00-11:10", "11:10-12:10", "13:00-14:00")
        #expect(try school.starts("2026-06-01") == "09:10 10:10 11:10 13:00")

        school.rules.reverse()
        #expect(try school.starts("2026-06-01") == "09:10 10:10 11:10 13:00")
    }

    @Test func theGridIsCountedFromTheHoursOrFromMidnight() throws {
        var school = try EngineFixture("UTC", "09:10-11:10")
        school.terms = EventTypeTerms(durationMinutes: 30)
        #expect(try school.starts("2026-06-01") == "09:10 09:40 10:10 10:40")

        school.terms.grid.anchor = .clock
        #expect(try school.starts("2026-06-01") == "09:30 10:00 10:30")
    }

    @Test func anIntervalMayDifferFromTheDuration() throws {
        var school = try EngineFixture("UTC", "09:00-11:00")
        school.terms = EventTypeTerms(durationMinutes: 45, slotIntervalMinutes: 20)

        #expect(try school.starts("2026-06-01") == "09:00 09:20 09:40 10:00")
        #expect(try school.verdict("2026-06-01T10:20:00Z") == .closed)
        #expect(try school.verdict("2026-06-01T09:10:00Z") == .offGrid)
        #expect(try school.verdict("2026-06-01T09:20:00.000001Z") == .offGrid)
        #expect(try school.verdict("2026-06-01T08:40:00Z") == .closed)
    }

    @Test func hoursGoOnPastMidnightWithTheirGrid() throws {
        let night = try EngineFixture("Europe/Berlin", "22:30-24:00", "00:00-02:00")

        #expect(try night.starts("2026-06-01") == "00:30 22:30 23:30")
        #expect(try night.slots("2026-06-01").last?.end.rfc3339 == "2026-06-01T22:30:00Z")
        #expect(try night.verdict("2026-06-01T22:00:00Z") == .offGrid)
    }

    @Test func aClosedNightStartsTheGridAnew() throws {
        var night = try EngineFixture("UTC", "22:30-24:00", "00:00-02:00")
        try night.override("2026-06-01", "09:00-10:00")

        #expect(try night.starts("2026-06-01") == "09:00")
        #expect(try night.starts("2026-06-02") == "00:00 01:00 22:30 23:30")
        #expect(try night.verdict("2026-05-31T23:30:00Z") == .closed)
    }

    @Test func aGridIsKeptForSevenDays() throws {
        var hotline = try EngineFixture("UTC")
        hotline.rules = Weekday.allCases.map {
            WeeklyRule($0, .startOfDay, .endOfDay, validFrom: LocalDate(year: 2026, month: 6, day: 2))
        }
        try hotline.override("2026-06-01", "22:30-24:00")

        #expect(try hotline.starts("2026-06-02").hasPrefix("00:30 01:30 "))
        #expect(try hotline.starts("2026-06-08").hasPrefix("00:30 01:30 "))
        // 00:00 would overlap the last appointment of the day before.
        #expect(try hotline.starts("2026-06-09").hasPrefix("01:00 02:00 "))
        #expect(try hotline.starts("2026-06-10").hasPrefix("00:00 01:00 "))
        #expect(try hotline.verdict("2026-06-09T00:00:00Z") == .offGrid)
    }

    @Test func appointmentsMayTakeDays() throws {
        var retreat = try EngineFixture("UTC", "00:00-24:00")
        retreat.terms = EventTypeTerms(durationMinutes: 3 * 1_440)
        try retreat.override("2026-06-05")

        #expect(try retreat.starts("2026-06-01", to: "2026-06-07") == "00:00 00:00 00:00 00:00")
        #expect(try retreat.verdict("2026-06-02T00:00:00Z") == .free)
        #expect(try retreat.verdict("2026-06-03T00:00:00Z") == .closed)
    }

    @Test func anOverrideReplacesTheWholeDay() throws {
        var school = try EngineFixture("UTC", "09:00-12:00")
        try school.override("2026-06-02")
        try school.override("2026-06-03", "18:00-19:00", "14:00-15:00", "14:30-16:00")

        #expect(try school.starts("2026-06-01") == "09:00 10:00 11:00")
        #expect(try school.starts("2026-06-02").isEmpty)
        #expect(try school.starts("2026-06-03") == "14:00 15:00 18:00")
        #expect(try school.verdict("2026-06-02T09:00:00Z") == .closed)
    }

    @Test func aRuleAppliesFromItsFirstToItsLastDate() throws {
        var school = try EngineFixture("UTC")
        let (nine, ten) = (LocalTime(minuteOfDay: 540), LocalTime(minuteOfDay: 600))
        school.rules = [
            WeeklyRule(
                .monday, nine, ten, validFrom: try EngineFixture.date("2026-06-08"),
                validTo: try EngineFixture.date("2026-06-15"))
        ]

        let starts = try school.slots("2026-05-25", to: "2026-06-29").map(\.start.rfc3339)
        #expect(starts == ["2026-06-08T09:00:00Z", "2026-06-15T09:00:00Z"])
    }

    @Test func datesAreThoseOfTheZoneThatAsks() throws {
        let school = try EngineFixture("Europe/Berlin", "09:00-11:00")

        // 09:00 in Berlin is 00:00 of the same date in Los Angeles and 21:00 on Kiritimati.
        #expect(try school.starts("2026-06-02", in: "America/Los_Angeles") == "09:00 10:00")
        #expect(
            try school.slots("2026-06-02", in: "Pacific/Kiritimati").map(\.start.rfc3339)
                == ["2026-06-02T07:00:00Z", "2026-06-02T08:00:00Z"])
        let honolulu = try school.slots("2026-06-02", in: "Pacific/Honolulu").map(\.start.rfc3339)
        #expect(honolulu == ["2026-06-03T07:00:00Z", "2026-06-03T08:00:00Z"])
    }
}
