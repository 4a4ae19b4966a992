import AlmanacStorage
import Testing

@testable import Bookings

/// Where starts fall beside the grid: offset, minimum gap, packing, window.
struct GapTests {
    @Test(arguments: [
        (GridPolicies.Anchor.window, "09:15 09:45 10:15 10:45"), (.clock, "09:30 10:00 10:30"),
    ])
    func anOffsetMovesTheGrid(anchor: GridPolicies.Anchor, expected: String) throws {
        var school = try EngineFixture("UTC", "09:05-11:20")
        school.terms = EventTypeTerms(durationMinutes: 30)
        school.terms.grid.anchor = anchor
        school.terms.startOffsetMinutes = anchor == .window ? 10 : 0
        #expect(try school.starts("2026-06-01") == expected)

        school.terms.grid.anchor = .clock
        school.terms.startOffsetMinutes = 20
        #expect(try school.starts("2026-06-01") == "09:20 09:50 10:20 10:50")
        #expect(try school.verdict("2026-06-01T09:30:00Z") == .offGrid)
        // More than the interval is the same as what is left of it.
        school.terms.startOffsetMinutes = 50
        #expect(try school.starts("2026-06-01") == "09:20 09:50 10:20 10:50")
    }

    @Test func anOffsetGoesOnPastMidnightAndThroughASkippedHour() throws {
        var night = try EngineFixture("UTC", "22:30-24:00", "00:00-02:00")
        night.terms.startOffsetMinutes = 15
        #expect(try night.starts("2026-06-02") == "00:45 22:45 23:45")

        var berlin = try EngineFixture("Europe/Berlin", "02:30-06:00")
        berlin.terms.startOffsetMinutes = 15
        #expect(try berlin.starts("2026-03-29") == "03:15 04:15")
    }

    @Test func aMinimumGapIsNothingOrEnough() throws {
        var school = try EngineFixture("UTC", "08:00-18:00")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: 30)
        school.terms.minimumGapMinutes = 60
        try school.claim("2026-06-01T12:00:00Z")

        // 10:30 and 13:30 would leave half an hour beside the booking; the ends of the day do not matter.
        #expect(
            try school.starts("2026-06-01")
                == "08:00 08:30 09:00 09:30 10:00 11:00 13:00 14:00 14:30 15:00 15:30 16:00 16:30 17:00")
        #expect(try school.verdict("2026-06-01T10:30:00Z") == .leavesGap)
        #expect(try school.verdict("2026-06-01T11:30:00Z") == .taken)
        school.terms.minimumGapMinutes = 30
        #expect(try school.verdict("2026-06-01T10:30:00Z") == .free)
    }

    @Test func aMinimumGapIsStrictBetweenTwoBookings() throws {
        var school = try EngineFixture("UTC", "08:00-18:00")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: 30)
        school.terms.minimumGapMinutes = 60
        try school.claim("2026-06-01T09:00:00Z")
        try school.claim("2026-06-01T11:30:00Z")

        // Of the 90 free minutes each start would leave 30 on one side or the other.
        #expect(try school.verdict("2026-06-01T10:00:00Z") == .leavesGap)
        #expect(try school.verdict("2026-06-01T10:30:00Z") == .leavesGap)
    }

    @Test func buffersComeOffAGapFirst() throws {
        var school = try EngineFixture("UTC", "08:00-18:00")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: 15)
        school.terms.bufferAfterMinutes = 15
        school.terms.minimumGapMinutes = 30
        try school.claim("2026-06-01T12:00:00Z", after: 15)

        // 13:15 adjoins the booking with its buffer; 13:30 would leave a quarter of an hour.
        #expect(try school.verdict("2026-06-01T13:15:00Z") == .free)
        #expect(try school.verdict("2026-06-01T13:30:00Z") == .leavesGap)
        #expect(try school.verdict("2026-06-01T13:45:00Z") == .free)
        #expect(try school.verdict("2026-06-01T10:45:00Z") == .free)
        #expect(try school.verdict("2026-06-01T10:30:00Z") == .leavesGap)
    }

    @Test func packingKeepsUsefulPieces() throws {
        var school = try EngineFixture("UTC", "09:00-13:00")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: 30)
        #expect(try school.starts("2026-06-01") == "09:00 09:30 10:00 10:30 11:00 11:30 12:00")

        school.terms.packing = .ownDuration
        #expect(try school.starts("2026-06-01") == "09:00 10:00 10:30 11:00 12:00")
        school.shortestMinutes = 30
        school.terms.packing = .shortestDuration
        #expect(try school.starts("2026-06-01") == "09:00 09:30 10:00 10:30 11:00 11:30 12:00")
        school.shortestMinutes = 45
        #expect(try school.verdict("2026-06-01T09:30:00Z") == .leavesGap)
    }

    @Test func packingAlwaysLeavesAnOffer() throws {
        var school = try EngineFixture("UTC", "09:00-10:40")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: 10)
        school.terms.packing = .ownDuration

        // 100 minutes hold one appointment only: it adjoins one end or the other.
        #expect(try school.starts("2026-06-01") == "09:00 09:40")
    }

    @Test func packingHoldsNothingAgainstAStartThatTheGridForbidsAnyway() throws {
        var school = try EngineFixture("UTC", "09:00-13:00")
        school.terms = EventTypeTerms(durationMinutes: 60)
        school.terms.packing = .ownDuration
        try school.claim("2026-06-01T09:00:00Z", minutes: 45)

        // No start is nearer to 09:45 than 10:00.
        #expect(try school.starts("2026-06-01") == "10:00 11:00 12:00")
    }

    @Test func bothWindowsHold() throws {
        var school = try EngineFixture("UTC", "09:00-10:00")
        school.now = try EngineFixture.instant("2026-06-01T00:00:00Z")
        school.terms.bookingWindow = .within(
            days: 3, from: try EngineFixture.date("2026-06-03"), to: try EngineFixture.date("2026-06-10"))
        #expect(try school.slots("2026-05-30", to: "2026-06-20").count == 2)
        #expect(try school.verdict("2026-06-02T09:00:00Z") == .beforeBookingWindow)
        #expect(try school.verdict("2026-06-05T09:00:00Z") == .tooFar)

        school.now = try EngineFixture.instant("2026-06-09T00:00:00Z")
        #expect(try school.verdict("2026-06-11T09:00:00Z") == .tooFar)
    }
}
