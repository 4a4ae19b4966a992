import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// Notice, booking window, nearest slots, several providers, and input nobody should send.
struct SlotSearchTests {
    @Test func noticeCountsFromNowToTheMicrosecond() throws {
        var school = try EngineFixture("UTC", "09:00-13:00")
        school.terms.minimumNoticeMinutes = 90
        school.now = try EngineFixture.instant("2026-06-01T08:30:00Z")
        #expect(try school.starts("2026-06-01") == "10:00 11:00 12:00")
        #expect(try school.verdict("2026-06-01T09:00:00Z") == .tooSoon)
        #expect(try school.verdict("2026-06-01T08:00:00Z") == .inPast)

        school.now = school.now.adding(microseconds: 1)
        #expect(try school.starts("2026-06-01") == "11:00 12:00")
        school.terms.minimumNoticeMinutes = 0
        school.now = try EngineFixture.instant("2026-06-01T10:00:00Z")
        #expect(try school.starts("2026-06-01") == "10:00 11:00 12:00")
    }

    @Test func aRollingWindowCountsDatesOfTheProvider() throws {
        var school = try EngineFixture("Pacific/Auckland", "00:00-24:00")
        school.terms = EventTypeTerms(durationMinutes: 720, bookingWindow: .rolling(days: 1))
        // Half past midnight of 2 June in Auckland.
        school.now = try EngineFixture.instant("2026-06-01T12:30:00Z")

        #expect(try school.starts("2026-06-01", to: "2026-06-05") == "12:00 00:00 12:00")
        #expect(try school.verdict("2026-06-03T11:59:00Z") == .offGrid)
        #expect(try school.verdict("2026-06-03T12:00:00Z") == .tooFar)
        school.terms.bookingWindow = .rolling(days: 0)
        #expect(try school.starts("2026-06-01", to: "2026-06-05") == "12:00")
    }

    @Test func aFixedWindowHasBothEnds() throws {
        var school = try EngineFixture("UTC", "09:00-10:00")
        let (second, third) = (try EngineFixture.date("2026-06-02"), try EngineFixture.date("2026-06-03"))
        school.terms.bookingWindow = .fixed(from: second, to: third)

        #expect(try school.slots("2026-05-30", to: "2026-06-08").count == 2)
        #expect(try school.verdict("2026-06-01T09:00:00Z") == .beforeBookingWindow)
        #expect(try school.verdict("2026-06-03T09:00:00Z") == .free)
        #expect(try school.verdict("2026-06-04T09:00:00Z") == .tooFar)
        school.terms.bookingWindow = .fixed(from: third, to: nil)
        #expect(try school.slots("2026-05-30", to: "2026-06-08").count == 6)
        school.terms.bookingWindow = .fixed(from: third, to: second)
        #expect(try school.slots("2026-05-30", to: "2026-06-08").isEmpty)
    }

    @Test func nearestSlotsLieAroundTheOneAskedFor() throws {
        var school = try EngineFixture("UTC", "09:00-13:00")
        for start in ["10:00", "11:00"] { try school.claim("2026-06-01T\(start):00Z") }
        let wanted = try EngineFixture.instant("2026-06-01T11:00:00Z")
        let search = SlotSearch(school.terms, around: wanted, now: school.now)
        let calendar = school.calendar(search.calendarDates)
        func nearest(_ count: Int) -> [String] {
            let found = SlotEngine.nearest(to: wanted, count: count, of: calendar, for: search)
            return found.map { String($0.start.rfc3339.dropLast(4)) }
        }

        #expect(nearest(1) == ["2026-06-01T12:00"])
        #expect(nearest(2) == ["2026-06-01T09:00", "2026-06-01T12:00"])
        #expect(nearest(3) == ["2026-06-01T09:00", "2026-06-01T12:00", "2026-06-02T09:00"])
        // Of two that are 23 hours away the earlier one.
        #expect(nearest(4).first == "2026-05-31T12:00")
        #expect(nearest(0).isEmpty)
        #expect(nearest(-1).isEmpty)
        // 14 days on either side, to the minute.
        #expect(nearest(.max).count == 2 + 13 * 4 + 2 + 13 * 4 + 3)
    }

    @Test func slotsOfSeveralProvidersAreMergedByStart() throws {
        let early = try EngineFixture("UTC", "09:00-11:00").slots("2026-06-01")
        let late = try EngineFixture("UTC", "10:00-12:00").slots("2026-06-01")
        let offers = SlotEngine.merged([("late", late), ("nobody", []), ("early", early)])

        #expect(offers.map(\.start.rfc3339) == [9, 10, 11].map { "2026-06-01T\($0 < 10 ? "0" : "")\($0):00:00Z" })
        #expect(offers.map(\.providers) == [["early"], ["late", "early"], ["late"]])
        #expect(offers.allSatisfy { $0.end == $0.start.adding(minutes: 60) })
        #expect(SlotEngine.merged([("early", early)]).map(\.providers) == [["early"], ["early"]])
        #expect(SlotEngine.merged([] as [(provider: String, slots: [Slot])]).isEmpty)
        #expect(SlotEngine.merged([("a", [Slot]()), ("b", [])]).isEmpty)
    }

    @Test(arguments: [Int64(60_000_000), 1_000_000, 25_920_000_000_000])
    func mergingAgreesWithADictionary(unit: Int64) {
        var random = SeededGenerator(seed: UInt64(unit))
        let lists = (0..<6).map { number in
            let starts = (0..<80).filter { _ in random.chance(0.5) }
            let slots = starts.map { Slot(start: Instant(microseconds: Int64($0) * unit), end: .distantFuture) }
            return (provider: number, slots: slots)
        }
        var expected: [Instant: [Int]] = [:]
        for list in lists { for slot in list.slots { expected[slot.start, default: []].append(list.provider) } }

        let merged = SlotEngine.merged(lists)
        #expect(merged.map(\.start) == expected.keys.sorted())
        #expect(merged.allSatisfy { expected[$0.start] == $0.providers })
    }

    @Test func aSearchNamesTheDatesAGridMayDependOn() throws {
        let terms = EventTypeTerms(durationMinutes: 60)
        let search = SlotSearch(terms, at: try EngineFixture.instant("2026-06-20T12:00:00Z"), now: .distantPast)

        // Two days of zone difference, two days before, eight days of hours without a break.
        #expect(search.calendarDates.lowerBound.description == "2026-06-08")
        #expect(search.calendarDates.upperBound.description == "2026-06-23")
    }

    @Test(arguments: [Int64.min, -62_135_596_800_000_000, -1, 0, 253_402_300_799_999_999, .max])
    func noValueTraps(micros: Int64) throws {
        for number in [Int.min, -1, 0, 1, 1_439, .max] {
            for sharing in EventTypeTerms.BufferSharing.allCases {
                var school = try EngineFixture("Pacific/Apia", "00:00-24:00")
                school.terms = EventTypeTerms(
                    durationMinutes: number, bufferBeforeMinutes: number, bufferAfterMinutes: number,
                    slotIntervalMinutes: number, minimumNoticeMinutes: number, bookingWindow: .rolling(days: number),
                    units: number, bufferSharing: sharing)
                school.capacity = number
                let start = Instant(microseconds: micros)
                school.now = start.adding(minutes: -600)
                let claim = ClaimSpan(
                    start: start, end: .distantFuture, paddedStart: Instant(microseconds: .min),
                    paddedEnd: Instant(microseconds: .max), units: number, expiresAt: start)
                school.claims = [claim, .blocked(from: start, to: start), claim]
                let search = SlotSearch(school.terms, around: start, days: number, now: school.now)
                let calendar = school.calendar(search.calendarDates)
                for slot in SlotEngine.nearest(to: start, count: 5, of: calendar, for: search) {
                    #expect(school.verdict(slot.start) == .free)
                }
                #expect(Verdict.allCases.contains(school.verdict(start)))
            }
        }
    }

    @Test func theFirstAndTheLastYearCanBeAsked() throws {
        let school = try EngineFixture("UTC", "00:00-24:00")
        let asia = try EngineFixture("Asia/Tokyo", "00:00-24:00")

        #expect(try EngineFixture("UTC", "09:00-10:00").slots("9999-12-30", to: "9999-12-31").count == 2)
        // The last appointment would end in the year 10000.
        #expect(try school.slots("9999-12-31").count == 24)
        #expect(try school.verdict("9999-12-31T23:00:00Z") == .free)
        #expect(try asia.slots("9999-12-31").count == 24)
        #expect(try asia.slots("0001-01-01", to: "0001-01-02").isEmpty)
    }
}
