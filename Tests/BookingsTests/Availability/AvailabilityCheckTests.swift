import AlmanacStorage
import Testing

@testable import Bookings

struct AvailabilityCheckTests {
    private func time(_ hour: Int) -> LocalTime { LocalTime(minuteOfDay: hour * 60) }

    private func rule(_ weekday: Weekday, _ start: Int, _ end: Int, from: Int? = nil, to: Int? = nil) -> WeeklyRule {
        WeeklyRule(
            weekday, self.time(start), self.time(end), validFrom: from.map { LocalDate(daysSinceEpoch: $0) },
            validTo: to.map { LocalDate(daysSinceEpoch: $0) })
    }

    @Test func findsEachRuleThatOverlapsAnEarlierOne() {
        let rules = [
            self.rule(.monday, 9, 17), self.rule(.monday, 16, 18), self.rule(.monday, 8, 10),
            self.rule(.tuesday, 9, 17),
        ]
        #expect(AvailabilityCheck.overlaps(rules) == [1, 2])
    }

    @Test func rulesThatTouchOrFollowEachOtherAreFine() {
        let touching = [self.rule(.monday, 9, 12), self.rule(.monday, 12, 17)]
        let successive = [self.rule(.monday, 9, 12, to: 100), self.rule(.monday, 9, 12, from: 101)]
        let sharingADay = [self.rule(.monday, 9, 12, to: 100), self.rule(.monday, 9, 12, from: 100)]

        #expect(AvailabilityCheck.overlaps(touching).isEmpty)
        #expect(AvailabilityCheck.overlaps(successive).isEmpty)
        #expect(AvailabilityCheck.overlaps(sharingADay) == [1])
    }

    @Test func findsALongRuleBehindAShortOne() {
        let rules = [self.rule(.monday, 8, 20), self.rule(.monday, 9, 10), self.rule(.monday, 15, 16)]
        #expect(AvailabilityCheck.overlaps(rules) == [1, 2])
    }

    @Test func findsHoursOfADateThatOverlap() {
        let hours = [(9, 12), (11, 13), (13, 15)].map { DateOverride.Hours(self.time($0), self.time($1)) }
        #expect(AvailabilityCheck.overlaps(hours) == [1])
    }
}
