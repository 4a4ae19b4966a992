import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// Days on which clocks change.
struct ClockChangeTests {
    @Test func aSkippedHourIsNotOffered() throws {
        let berlin = try EngineFixture("Europe/Berlin", "01:00-05:00")

        #expect(try berlin.starts("2026-03-29") == "01:00 03:00 04:00")
        #expect(
            try berlin.slots("2026-03-29").map(\.start.rfc3339)
                == ["2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"])
        #expect(try berlin.starts("2026-03-30") == "01:00 02:00 03:00 04:00")
    }

    @Test(arguments: [
        (GridPolicies.SkippedHour.clamp, "03:00 04:00 05:00"), (.drop, "03:30 04:30"),
    ])
    func hoursThatBeginInTheGap(policy: GridPolicies.SkippedHour, expected: String) throws {
        var berlin = try EngineFixture("Europe/Berlin", "02:30-06:00")
        berlin.terms.grid.skippedHour = policy

        #expect(try berlin.starts("2026-03-29") == expected)
        #expect(try berlin.starts("2026-03-30") == "02:30 03:30 04:30")
    }

    @Test func hoursThatLieInTheGapAreClosed() throws {
        let berlin = try EngineFixture("Europe/Berlin", "02:00-03:00")

        #expect(try berlin.starts("2026-03-29").isEmpty)
        #expect(try berlin.verdict("2026-03-29T01:00:00Z") == .closed)
        #expect(try berlin.starts("2026-03-28") == "02:00")
    }

    @Test func hoursThatEndInTheGapEndWhereItBegins() throws {
        var berlin = try EngineFixture("Europe/Berlin", "01:00-02:45")
        berlin.terms = EventTypeTerms(durationMinutes: 30)

        #expect(try berlin.starts("2026-03-29") == "01:00 01:30")
    }

    @Test(arguments: [
        (GridPolicies.SkippedHour.clamp, "01:00 02:30 04:00"), (.drop, "01:00 03:00 04:00"),
    ])
    func aSkippedStartMovesOrFalls(policy: GridPolicies.SkippedHour, expected: String) throws {
        // Lord Howe moves by half an hour: 02:00 becomes 02:30. A start at 03:00 would then be too close to 02:30.
        var island = try EngineFixture("Australia/Lord_Howe", "01:00-05:00")
        island.terms.grid.skippedHour = policy

        #expect(try island.starts("2026-10-04") == expected)
    }

    @Test(arguments: [
        (GridPolicies.RepeatedHour.both, "01:00 02:00 02:00 03:00"), (.first, "01:00 02:00 03:00"),
    ])
    func aRepeatedHour(policy: GridPolicies.RepeatedHour, expected: String) throws {
        var berlin = try EngineFixture("Europe/Berlin", "01:00-04:00")
        berlin.terms.grid.repeatedHour = policy

        #expect(try berlin.starts("2026-10-25") == expected)
        #expect(try berlin.starts("2026-10-26") == "01:00 02:00 03:00")
        #expect(try berlin.verdict("2026-10-25T00:00:00Z") == .free)
        #expect(try berlin.verdict("2026-10-25T01:00:00Z") == (policy == .both ? .free : .offGrid))
    }

    @Test(arguments: GridPolicies.RepeatedHour.allCases)
    func aLongAppointmentFitsIntoARepeatedHour(policy: GridPolicies.RepeatedHour) throws {
        var berlin = try EngineFixture("Europe/Berlin", "02:00-03:00")
        berlin.terms = EventTypeTerms(durationMinutes: 120)
        berlin.terms.grid.repeatedHour = policy

        #expect(try berlin.slots("2026-10-25").map(\.start.rfc3339) == ["2026-10-25T00:00:00Z"])
        #expect(try berlin.starts("2026-10-26").isEmpty)
    }

    @Test func halfAnHourBackBringsTwoStartsNoCloserThanTheInterval() throws {
        var island = try EngineFixture("Australia/Lord_Howe", "00:30-04:00")

        // 02:00 becomes 01:30: 01:30 comes again 30 minutes after the first time.
        #expect(try island.starts("2026-04-05") == "00:30 01:30 02:30")
        island.terms = EventTypeTerms(durationMinutes: 30)
        #expect(try island.starts("2026-04-05") == "00:30 01:00 01:30 01:30 02:00 02:30 03:00 03:30")
    }

    @Test func casablancaLeavesSummerTimeForRamadan() throws {
        let clinic = try EngineFixture("Africa/Casablanca", "01:00-05:00")

        #expect(try clinic.starts("2026-02-15") == "01:00 02:00 02:00 03:00 04:00")
        #expect(try clinic.starts("2026-03-22") == "01:00 03:00 04:00")
        #expect(try clinic.slots("2026-02-16").first?.start.rfc3339 == "2026-02-16T01:00:00Z")
        #expect(try clinic.slots("2026-03-23").first?.start.rfc3339 == "2026-03-23T00:00:00Z")
    }

    @Test func aMidnightThatDoesNotExist() throws {
        // Clocks in São Paulo went from 2018-11-03 24:00 to 2018-11-04 01:00.
        let night = try EngineFixture("America/Sao_Paulo", "22:00-24:00", "00:00-03:00")

        #expect(try night.starts("2018-11-03") == "00:00 01:00 02:00 22:00 23:00")
        #expect(try night.starts("2018-11-04") == "01:00 02:00 22:00 23:00")
        #expect(try night.slots("2018-11-04").first?.start.rfc3339 == "2018-11-04T03:00:00Z")
    }

    @Test func aDateThatAPlaceSkipped() throws {
        let apia = try EngineFixture("Pacific/Apia", "09:00-11:00")

        #expect(try apia.starts("2011-12-30").isEmpty)
        #expect(try apia.starts("2011-12-29", to: "2011-12-31") == "09:00 10:00 09:00 10:00")
    }

    @Test func clocksThatGoBackOverMidnightVisitADateTwice() throws {
        // In St. John's 2006-10-29 00:01 was followed by 2006-10-28 23:01.
        var town = try EngineFixture("America/St_Johns", "23:00-24:00")
        town.terms = EventTypeTerms(durationMinutes: 15)
        #expect(try town.starts("2006-10-28") == "23:00 23:15 23:30 23:45 23:15 23:30 23:45")
        #expect(try town.starts("2006-10-29") == "23:00 23:15 23:30 23:45")

        // At 23:45 the first time: half an hour from there touches both dates twice.
        town = try EngineFixture("America/St_Johns", "00:00-24:00")
        town.terms = EventTypeTerms(durationMinutes: 30)
        town.terms.slotIntervalMinutes = 15
        #expect(try town.verdict("2006-10-29T02:15:00Z") == .free)
    }
}
