import AlmanacKernel
import AlmanacStorage
import Testing

@testable import Bookings

/// Holidays, absences and journeys, as the engine reads them.
struct ScheduleTests {
    @Test func aHolidayCutsTheWeeklyRules() throws {
        var school = try EngineFixture("UTC", "09:00-12:00", "14:00-17:00")
        try school.holiday("2026-06-02")
        try school.holiday("2026-06-03", "11:00-15:00")
        try school.holiday("2026-06-04", "06:00-08:00")

        #expect(try school.starts("2026-06-01") == "09:00 10:00 11:00 14:00 15:00 16:00")
        #expect(try school.starts("2026-06-02").isEmpty)
        #expect(try school.starts("2026-06-03") == "11:00 14:00")
        #expect(try school.starts("2026-06-04").isEmpty)
    }

    @Test func ofTwoHolidaysBothCut() throws {
        var school = try EngineFixture("UTC", "08:00-18:00")
        try school.holiday("2026-06-02", "08:00-13:00")
        try school.holiday("2026-06-02", "11:00-18:00")
        #expect(try school.starts("2026-06-02") == "11:00 12:00")

        try school.holiday("2026-06-02")
        #expect(try school.starts("2026-06-02").isEmpty)
    }

    @Test func anOverrideBeatsAHolidayAndAnAbsenceBeatsBoth() throws {
        var school = try EngineFixture("UTC", "09:00-12:00")
        try school.holiday("2026-06-02")
        try school.override("2026-06-02", "15:00-17:00")
        #expect(try school.starts("2026-06-02") == "15:00 16:00")

        school.absences = [try EngineFixture.date("2026-06-02")...EngineFixture.date("2026-06-03")]
        #expect(try school.slots("2026-06-01", to: "2026-06-04").count == 6)
        #expect(try school.verdict("2026-06-02T15:00:00Z") == .closed)
    }

    @Test func hoursOnAJourneyAreThoseOfItsZone() throws {
        var school = try EngineFixture("Europe/Berlin", "09:00-11:00")
        try school.stay("2026-06-10", "2026-06-12", in: "Asia/Tokyo")

        let starts = try school.slots("2026-06-09", to: "2026-06-13").map(\.start.rfc3339)
        #expect(
            starts == [
                "2026-06-09T07:00:00Z", "2026-06-09T08:00:00Z", "2026-06-10T00:00:00Z", "2026-06-10T01:00:00Z",
                "2026-06-11T00:00:00Z", "2026-06-11T01:00:00Z", "2026-06-12T00:00:00Z", "2026-06-12T01:00:00Z",
                "2026-06-13T07:00:00Z", "2026-06-13T08:00:00Z",
            ])
    }

    @Test func goingEastTheLastDayEndsWhereTheNextBegins() throws {
        var school = try EngineFixture("Europe/Berlin", "00:00-24:00")
        try school.stay("2026-06-10", "2026-06-10", in: "Asia/Tokyo")

        let starts = try school.slots("2026-06-09", to: "2026-06-11").map(\.start)
        // 2026-06-10 begins in Tokyo when it is 17:00 of the 9th in Berlin, and ends there at 17:00 of the 10th; home
        // begins again with Berlin's 11th, seven hours later.
        #expect(zip(starts, starts.dropFirst()).allSatisfy { $0.adding(minutes: 60) <= $1 })
        #expect(starts.contains(try EngineFixture.instant("2026-06-09T14:00:00Z")))
        #expect(starts.contains(try EngineFixture.instant("2026-06-09T15:00:00Z")))
        #expect(starts.contains(try EngineFixture.instant("2026-06-10T14:00:00Z")))
        #expect(!starts.contains(try EngineFixture.instant("2026-06-10T15:00:00Z")))
        #expect(!starts.contains(try EngineFixture.instant("2026-06-10T21:00:00Z")))
        #expect(starts.contains(try EngineFixture.instant("2026-06-10T22:00:00Z")))
        #expect(try school.verdict("2026-06-10T18:00:00Z") == .closed)
    }

    @Test func eachInstantBelongsToOneDate() throws {
        let plan = ZonePlan(
            home: try Zone("Pacific/Pago_Pago"),
            stays: [
                ZonePlan.Stay(
                    from: try EngineFixture.date("2026-06-10"), to: try EngineFixture.date("2026-06-10"),
                    zone: try Zone("Pacific/Kiritimati"))
            ])
        // Midnight of the 10th comes to Kiritimati before the 9th has begun in Pago Pago.
        let table = DayTable(
            plan, dates: try EngineFixture.date("2026-06-01")...EngineFixture.date("2026-06-20"),
            now: Instant(microseconds: 0))
        func spans(_ date: String) throws -> [TimeSpan] {
            let date = try EngineFixture.date(date)
            return table.instants(of: date...date)
        }
        #expect(try spans("2026-06-09").isEmpty)
        #expect(try spans("2026-06-08").first?.end == spans("2026-06-10").first?.start)
        #expect(plan.dateIfAny(at: try EngineFixture.instant("2026-06-10T18:00:00Z")) == nil)
        #expect(plan.date(at: try EngineFixture.instant("2026-06-10T18:00:00Z")).description == "2026-06-10")
        #expect(plan.zone(on: try EngineFixture.date("2026-06-11")).name == "Pacific/Pago_Pago")
    }
}
