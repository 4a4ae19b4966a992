import AlmanacStorage
import Testing

@testable import Bookings

/// Limits by day, week and month, as the engine counts them.
struct QuotaTests {
    private func quota(_ limit: BookingLimit, week: Weekday = .monday, _ booked: String...) throws -> BookingQuota {
        var tally = BookingTally()
        for date in booked {
            tally.add(.init(bookings: 1, minutes: 60), on: try EngineFixture.date(date).daysSinceEpoch)
        }
        return BookingQuota(
            shares: [.init(holder: .provider, limits: [limit], tally: tally)], addedMinutes: 60, firstWeekday: week)
    }

    private func dates(_ quota: BookingQuota, _ from: String, to: String) throws -> [String] {
        var school = try EngineFixture("UTC", "09:00-10:00")
        school.quota = quota
        return try school.slots(from, to: to).map { String($0.start.rfc3339.prefix(10)) }
    }

    @Test func aDayIsFullByItself() throws {
        let limit = BookingLimit(period: .day, bookings: 2, minutes: nil)
        let quota = try self.quota(limit, "2026-06-02", "2026-06-02", "2026-06-03")
        #expect(try self.dates(quota, "2026-06-01", to: "2026-06-04") == ["2026-06-01", "2026-06-03", "2026-06-04"])
    }

    @Test(arguments: [
        (Weekday.monday, ["2026-05-31", "2026-06-08"]), (.sunday, ["2026-06-07", "2026-06-08"]),
    ])
    func aWeekBeginsWhereTheOrganizationSays(first: Weekday, free: [String]) throws {
        // 2026-06-01 is a Monday, 05-31 and 06-07 are Sundays.
        let limit = BookingLimit(period: .week, bookings: 1, minutes: nil)
        let quota = try self.quota(limit, week: first, "2026-06-03")
        #expect(try self.dates(quota, "2026-05-31", to: "2026-06-08") == free)
        #expect(try self.dates(quota, "2026-06-01", to: "2026-06-06").isEmpty)
    }

    @Test(arguments: [
        ("2026-02-28", "2026-02-01", "2026-02-28", "2026-03-01"),
        ("2028-02-01", "2028-02-01", "2028-02-29", "2028-03-01"),
        ("2026-12-31", "2026-12-01", "2026-12-31", "2027-01-01"),
        ("2026-04-15", "2026-04-01", "2026-04-30", "2026-05-01"),
    ])
    func aMonthEndsWithItsLastDate(booked: String, first: String, last: String, next: String) throws {
        let quota = try self.quota(BookingLimit(period: .month, bookings: nil, minutes: 119), booked)
        #expect(try self.dates(quota, first, to: next) == [next])
        #expect(try quota.exhausted(on: EngineFixture.date(last).daysSinceEpoch)?.booked.minutes == 60)
        let roomy = try self.quota(BookingLimit(period: .month, bookings: nil, minutes: 120), booked)
        #expect(try self.dates(roomy, booked, to: booked) == [booked])
    }

    @Test func aFullDayIsSaidToBe() throws {
        var school = try EngineFixture("UTC", "09:00-12:00")
        school.quota = try self.quota(BookingLimit(period: .day, bookings: 1, minutes: nil), "2026-06-02")
        #expect(try school.verdict("2026-06-02T09:00:00Z") == .limitReached)
        #expect(try school.verdict("2026-06-02T09:30:00Z") == .offGrid)
        #expect(try school.verdict("2026-06-03T09:00:00Z") == .free)
    }

    @Test func theEndOfTimeHasAMonthToo() throws {
        let days = BookingLimit.Period.month.days(
            around: LocalDate.max.daysSinceEpoch, firstWeekday: .monday)
        #expect(days.lowerBound <= LocalDate.max.daysSinceEpoch)
    }
}
