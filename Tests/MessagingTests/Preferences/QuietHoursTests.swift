import AlmanacKernel
import AlmanacStorage
import MessagingAPI
import Testing

@testable import Messaging

/// When nobody is to be disturbed, by the clock on their wall.
struct QuietHoursTests {
    private static func hours(_ from: String, _ to: String) throws -> QuietHours {
        QuietHours(from: try #require(LocalTime(from)), to: try #require(LocalTime(to)))
    }

    private static func end(_ hours: QuietHours, at text: String, in zone: String = "Europe/Berlin") throws -> String? {
        hours.end(at: try #require(Instant(rfc3339: text)), in: try Zone(zone))?.rfc3339
    }

    @Test(arguments: [
        ("2026-03-02T20:59:59Z", nil), ("2026-03-02T21:00:00Z", "2026-03-03T06:00:00Z"),
        ("2026-03-03T00:30:00Z", "2026-03-03T06:00:00Z"), ("2026-03-03T05:59:59Z", "2026-03-03T06:00:00Z"),
        ("2026-03-03T06:00:00Z", nil), ("2026-03-03T12:00:00Z", nil),
    ])
    func nightsGoOverMidnight(at text: String, end: String?) throws {
        #expect(try Self.end(try Self.hours("22:00", "07:00"), at: text) == end)
    }

    @Test(arguments: [
        ("2026-03-02T11:59:00Z", nil), ("2026-03-02T12:00:00Z", "2026-03-02T14:00:00Z"),
        ("2026-03-02T14:00:00Z", nil),
    ])
    func daysDoNot(at text: String, end: String?) throws {
        #expect(try Self.end(try Self.hours("13:00", "15:00"), at: text) == end)
    }

    @Test func theClockOfThePersonCounts() throws {
        let night = try Self.hours("22:00", "07:00")
        #expect(try Self.end(night, at: "2026-03-02T23:00:00Z") == "2026-03-03T06:00:00Z")
        #expect(try Self.end(night, at: "2026-03-02T23:00:00Z", in: "America/New_York") == nil)
    }

    /// On 2026-03-29 the clock goes from 2:00 to 3:00, on 2026-10-25 from 3:00 to 2:00.
    @Test(arguments: [
        ("22:00", "07:00", "2026-03-29T00:30:00Z", "2026-03-29T05:00:00Z"),
        ("22:00", "07:00", "2026-10-25T00:30:00Z", "2026-10-25T06:00:00Z"),
        ("22:00", "02:30", "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"),
        ("22:00", "02:30", "2026-03-28T23:00:00Z", "2026-03-29T01:30:00Z"),
    ])
    func clockChangesWakeNobody(from: String, to: String, at text: String, end: String) throws {
        #expect(try Self.end(try Self.hours(from, to), at: text) == end)
    }

    @Test func twoEqualTimesAreNoWindow() throws {
        #expect(try Self.end(try Self.hours("08:00", "08:00"), at: "2026-03-02T07:00:00Z") == nil)
    }
}
