import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// What taken time does to the starts around it.
struct ClaimTests {
    typealias Sharing = EventTypeTerms.BufferSharing

    private func school(grid minutes: Int = 10) throws -> EngineFixture {
        var school = try EngineFixture("UTC", "08:00-14:00")
        school.terms = EventTypeTerms(durationMinutes: 60, slotIntervalMinutes: minutes)
        return school
    }

    /// The last start before and the first start after a claim from 10:00 to 11:00.
    private func neighbors(_ school: EngineFixture) throws -> String {
        let starts = try school.slots("2026-06-01").map(\.start)
        let middle = try EngineFixture.instant("2026-06-01T10:30:00Z")
        return [starts.last { $0 < middle }, starts.first { $0 > middle }].map { start in
            start.map { LocalTime(minuteOfDay: school.zone.local(at: $0).secondOfDay / 60).description } ?? "-"
        }.joined(separator: " ")
    }

    @Test(arguments: [
        // Claim's buffers, candidate's buffers, sharing, last start before, first start after.
        (0, 0, 0, 0, Sharing.shared, "09:00 11:00"),
        (20, 30, 0, 0, .shared, "08:40 11:30"),
        (0, 0, 20, 30, .shared, "08:30 11:20"),
        (10, 30, 20, 10, .shared, "08:50 11:30"),
        (0, 0, 0, 0, .summed, "09:00 11:00"),
        (20, 30, 0, 0, .summed, "08:40 11:30"),
        (0, 0, 20, 30, .summed, "08:30 11:20"),
        (10, 30, 20, 10, .summed, "08:40 11:50"),
    ])
    func buffersKeepDistance(
        claimBefore: Int64, claimAfter: Int64, before: Int, after: Int, sharing: Sharing, expected: String
    ) throws {
        var school = try self.school()
        school.terms.bufferBeforeMinutes = before
        school.terms.bufferAfterMinutes = after
        school.terms.bufferSharing = sharing
        try school.claim("2026-06-01T10:00:00Z", before: claimBefore, after: claimAfter)

        #expect(try self.neighbors(school) == expected)
        // The same with room for two of which each booking takes both.
        school.capacity = 3
        school.terms.units = 2
        school.claims[0].units = 2
        #expect(try self.neighbors(school) == expected)
    }

    @Test func buffersMayReachBeyondTheHours() throws {
        var school = try self.school(grid: 60)
        school.terms.bufferBeforeMinutes = 120
        school.terms.bufferAfterMinutes = 120
        #expect(try school.starts("2026-06-01") == "08:00 09:00 10:00 11:00 12:00 13:00")

        try school.claim("2026-06-01T06:30:00Z", minutes: 30)
        try school.claim("2026-06-01T15:30:00Z", minutes: 30)
        #expect(try school.starts("2026-06-01") == "09:00 10:00 11:00 12:00")
        let search = SlotSearch(school.terms, at: try EngineFixture.instant("2026-06-01T08:00:00Z"), now: school.now)
        #expect(search.claimRange.lowerBound.rfc3339 == "2026-06-01T06:00:00Z")
        #expect(search.claimRange.upperBound.rfc3339 == "2026-06-01T11:00:00Z")
    }

    @Test func seatsAreTakenUntilTheRoomIsFull() throws {
        var room = try self.school(grid: 60)
        room.capacity = 3
        try room.claim("2026-06-01T09:00:00Z", minutes: 120)
        try room.claim("2026-06-01T10:00:00Z", minutes: 120)
        try room.claim("2026-06-01T10:30:00Z", minutes: 10)

        #expect(try room.starts("2026-06-01") == "08:00 09:00 11:00 12:00 13:00")
        room.terms.units = 2
        #expect(try room.starts("2026-06-01") == "08:00 09:00 11:00 12:00 13:00")
        room.terms.units = 3
        #expect(try room.starts("2026-06-01") == "08:00 12:00 13:00")
        room.terms.units = 4
        #expect(try room.starts("2026-06-01").isEmpty)
        #expect(try room.verdict("2026-06-01T08:00:00Z") == .overCapacity)
    }

    @Test func claimsThatFollowEachOtherShareASeat() throws {
        var room = try self.school(grid: 60)
        room.capacity = 2
        for start in ["10:00", "10:30", "11:00", "11:30"] {
            try room.claim("2026-06-01T\(start):00Z", minutes: 30)
        }

        // Four bookings lie within 10:00–12:00, but never two at a time.
        room.terms = EventTypeTerms(durationMinutes: 120, slotIntervalMinutes: 60)
        #expect(try room.verdict("2026-06-01T10:00:00Z") == .free)
        try room.claim("2026-06-01T11:45:00Z", minutes: 1)
        #expect(try room.verdict("2026-06-01T10:00:00Z") == .taken)
    }

    @Test func blockedTimeClosesEverySeatAndSaysSo() throws {
        var room = try self.school(grid: 60)
        room.capacity = 7
        let from = try EngineFixture.instant("2026-06-01T10:00:00Z")
        room.claims.append(.blocked(from: from, to: from.adding(minutes: 30)))

        #expect(try room.starts("2026-06-01") == "08:00 09:00 11:00 12:00 13:00")
        #expect(room.verdict(from) == .blocked)
        try room.claim("2026-06-01T10:00:00Z", units: 7)
        #expect(room.verdict(from) == .taken)
    }

    @Test func aClaimLapsesAtTheInstantItExpires() throws {
        var school = try self.school(grid: 60)
        school.now = try EngineFixture.instant("2026-06-01T07:00:00Z")
        try school.claim("2026-06-01T10:00:00Z", expiresAt: school.now.adding(microseconds: 1))
        #expect(try school.verdict("2026-06-01T10:00:00Z") == .taken)

        school.claims[0].expiresAt = school.now
        #expect(try school.verdict("2026-06-01T10:00:00Z") == .free)
    }

    @Test func aClaimOfNothingTakesNothing() throws {
        var school = try self.school(grid: 60)
        try school.claim("2026-06-01T09:30:00Z", minutes: 0, before: 30, after: 30)
        try school.claim("2026-06-01T10:30:00Z", minutes: -60, before: 30, after: 30)
        try school.claim("2026-06-01T11:00:00Z", units: 0)

        #expect(try school.starts("2026-06-01") == "08:00 09:00 10:00 11:00 12:00 13:00")
    }

    @Test func claimsNeedNotFallOnTheGridOrInOrder() throws {
        var school = try self.school(grid: 60)
        try school.claim("2026-06-01T12:59:59.999999Z", minutes: 1)
        try school.claim("2026-06-01T08:00:00Z", minutes: 500, units: 0)
        try school.claim("2026-06-01T08:59:00Z", minutes: 1)
        try school.claim("2026-06-01T10:00:00Z", minutes: 61)

        #expect(try school.starts("2026-06-01") == "09:00")
    }
}
