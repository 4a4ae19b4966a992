import AlmanacKernel
import AlmanacStorage
import Testing

@testable import AlmanacConsole

/// How a calendar lays days out, those of 23 and 25 hours included, and what overlaps.
struct CalendarLayoutTests {
    private static func berlin() throws -> Zone { try Zone("Europe/Berlin") }

    private static func date(_ text: String) throws -> LocalDate { try #require(LocalDate(text)) }

    private static func instant(_ text: String) throws -> Instant { try #require(Instant(rfc3339: text)) }

    @Test func anOrdinaryDayHasItsMinutes() throws {
        let day = try Self.date("2026-03-03")
        let axis = CalendarAxis([day], in: try Self.berlin())
        #expect(axis.length == 1_440)
        #expect(axis.repetitions.isEmpty)
        #expect(axis.minute(of: try Self.instant("2026-03-03T09:30:00+01:00"), on: day) == 570)
        #expect(axis.end(of: try Self.instant("2026-03-04T00:00:00+01:00"), on: day) == 1_440)
        #expect(axis.stretches(of: day).map { [$0.from, $0.to] } == [[0, 1_440]])
        #expect(axis.hours(from: 540, to: 660).map(\.wall) == [540, 600])
        #expect(axis.changes(on: day).skipped == nil && axis.changes(on: day).repeated == nil)
    }

    /// 2026-03-29 in Berlin: after 01:59 comes 03:00.
    @Test func aDayOf23HoursKeepsItsHoursAtTheirPlaces() throws {
        let day = try Self.date("2026-03-29")
        let axis = CalendarAxis([day], in: try Self.berlin())
        #expect(axis.length == 1_440)
        #expect(axis.changes(on: day).skipped == 120..<180)
        // Nine in the morning is where it is on every day.
        #expect(axis.minute(of: try Self.instant("2026-03-29T09:00:00+02:00"), on: day) == 540)
        // What ends when the clock jumps ends before the hour that is left out.
        let change = try Self.instant("2026-03-29T01:00:00Z")
        #expect(axis.end(of: change, on: day) == 120)
        #expect(axis.minute(of: change, on: day) == 180)
        #expect(axis.stretches(of: day).map { [$0.from, $0.to] } == [[0, 120], [180, 1_440]])
    }

    /// 2026-10-25 in Berlin: after 02:59 comes 02:00 once more.
    @Test func aDayOf25HoursHasAPlaceForEachOfItsHours() throws {
        let day = try Self.date("2026-10-25")
        let axis = CalendarAxis([day], in: try Self.berlin())
        #expect(axis.length == 1_500)
        #expect(axis.changes(on: day).repeated == 120..<180)
        let first = try Self.instant("2026-10-25T02:30:00+02:00")
        let second = try Self.instant("2026-10-25T02:30:00+01:00")
        #expect(axis.minute(of: first, on: day) == 150)
        #expect(axis.minute(of: second, on: day) == 210)
        #expect(axis.minute(of: try Self.instant("2026-10-25T09:00:00+01:00"), on: day) == 600)
        #expect(axis.end(of: try Self.instant("2026-10-25T02:00:00+01:00"), on: day) == 180)
        #expect(axis.end(of: try Self.instant("2026-10-26T00:00:00+01:00"), on: day) == 1_500)
        let hours = axis.hours(from: 60, to: 300)
        #expect(hours.map(\.wall) == [60, 120, 120, 180])
        #expect(hours.map(\.isSecond) == [false, false, true, false])
    }

    /// In its week the other days leave the second hour empty, so that nine is as high on all of them.
    @Test func aWeekWithADayOf25HoursHasOneAxis() throws {
        let days = try (19...25).map { try Self.date("2026-10-\($0)") }
        let axis = CalendarAxis(days, in: try Self.berlin())
        #expect(axis.length == 1_500)
        for (day, offset) in [(days[2], "+02:00"), (days[6], "+01:00")] {
            #expect(axis.minute(of: try Self.instant("\(day)T09:00:00\(offset)"), on: day) == 600)
        }
        #expect(axis.stretches(of: days[2]).map { [$0.from, $0.to] } == [[0, 180], [240, 1_500]])
        // Every stretch gives back the instants that it was made of.
        for day in days {
            let stretches = axis.stretches(of: day)
            #expect(stretches.reduce(0) { $0 + $1.to - $1.from } == (day == days[6] ? 1_500 : 1_440))
            for stretch in stretches { #expect(axis.minute(of: stretch.start, on: day) == stretch.from) }
        }
    }

    @Test func whatOverlapsStandsSideBySide() {
        typealias Place = CalendarColumns.Place
        let places = CalendarColumns.places(of: [(540, 600), (570, 630), (600, 660), (700, 760), (700, 700)])
        #expect(
            places == [
                Place(column: 0, columns: 2), Place(column: 1, columns: 2), Place(column: 0, columns: 2),
                Place(column: 0, columns: 2), Place(column: 1, columns: 2),
            ])
        #expect(CalendarColumns.places(of: []).isEmpty)
        // Nothing becomes narrower than can be read.
        let many = CalendarColumns.places(of: Array(repeating: (0, 60), count: 30))
        #expect(many.allSatisfy { $0.columns == CalendarColumns.most && $0.column < CalendarColumns.most })
        #expect(Set(many.map(\.column)).count == CalendarColumns.most)
    }

    /// No two that overlap share a column, whatever they are.
    @Test func placesNeverCollide() {
        var state: UInt64 = 7
        func next(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for _ in 0..<200 {
            let stretches = (0..<8).map { _ -> (from: Int, to: Int) in
                let from = next(600)
                return (from, from + 1 + next(180))
            }
            let places = CalendarColumns.places(of: stretches)
            for first in stretches.indices {
                for second in stretches.indices where first < second {
                    let overlap =
                        stretches[first].from < stretches[second].to && stretches[second].from < stretches[first].to
                    guard overlap else { continue }
                    #expect(places[first].column != places[second].column)
                    #expect(places[first].columns == places[second].columns)
                }
            }
        }
    }
}
