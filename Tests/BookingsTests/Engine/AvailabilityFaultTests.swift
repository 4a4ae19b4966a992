import AlmanacStorage
import Testing

@testable import Bookings

/// What is refused before it is stored.
struct AvailabilityFaultTests {
    private let nine = LocalTime(minuteOfDay: 540)
    private let ten = LocalTime(minuteOfDay: 600)

    @Test func aRuleMustEndAfterItStarts() throws {
        try WeeklyRule(.monday, self.nine, self.ten).validate()
        try WeeklyRule(.monday, self.nine, .endOfDay).validate()
        for end in [self.nine, .startOfDay] {
            let fault = #expect(throws: AvailabilityFault.endNotAfterStart(start: self.nine, end: end)) {
                try WeeklyRule(.monday, self.nine, end).validate()
            }
            #expect(fault?.field == "end")
            #expect(fault?.description.contains("24:00") == true)
        }
    }

    @Test func aRuleMustNotStopBeforeItApplies() throws {
        let (first, second) = (LocalDate(daysSinceEpoch: 1), LocalDate(daysSinceEpoch: 2))
        try WeeklyRule(.monday, self.nine, self.ten, validFrom: first, validTo: first).validate()
        #expect(throws: AvailabilityFault.validityReversed(from: second, to: first)) {
            try WeeklyRule(.monday, self.nine, self.ten, validFrom: second, validTo: first).validate()
        }
    }

    @Test func hoursOfADateMustEndAfterTheyStart() throws {
        try DateOverride(.min, []).validate()
        try DateOverride(.min, [.init(self.nine, self.ten)]).validate()
        #expect(throws: AvailabilityFault.endNotAfterStart(start: self.ten, end: self.nine)) {
            try DateOverride(.min, [.init(self.nine, self.ten), .init(self.ten, self.nine)]).validate()
        }
    }

    @Test func termsNameEveryNumberThatIsOutOfRange() {
        #expect(EventTypeTerms(durationMinutes: 45).faults().isEmpty)
        let terms = EventTypeTerms(
            durationMinutes: 0, bufferBeforeMinutes: -1, bufferAfterMinutes: 527_041, slotIntervalMinutes: 1_441,
            minimumNoticeMinutes: -5, bookingWindow: .rolling(days: -1), units: 0)
        #expect(
            terms.faults().map(\.field) == [
                "durationMinutes", "bufferBeforeMinutes", "bufferAfterMinutes", "slotIntervalMinutes",
                "minimumNoticeMinutes", "units", "bookingWindow",
            ])
        let reversed = BookingWindow.fixed(from: .max, to: .min)
        #expect(
            EventTypeTerms(durationMinutes: 45, bookingWindow: reversed).faults()
                == [.windowReversed(from: .max, to: .min)])
    }
}
