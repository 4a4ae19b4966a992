internal import AlmanacStorage
internal import Foundation
internal import Testing

struct LocalTimeTests {
    @Test(arguments: [("00:00", 0), ("09:05", 545), ("23:59", 1_439), ("24:00", 1_440)])
    func textAndMinuteAgree(text: String, minute: Int) {
        #expect(LocalTime(text)?.minuteOfDay == minute)
        #expect(LocalTime(minuteOfDay: minute).description == text)
    }

    @Test(arguments: [
        "", "9:05", "09:5", "09:60", "24:01", "25:00", "09.05", "09:05:00", "0905", "-1:00", "aa:bb", "09:0５",
    ])
    func otherTextIsRefused(text: String) {
        #expect(LocalTime(text) == nil)
    }

    @Test func aMinuteOutOfRangeIsBroughtToTheNearestEnd() {
        #expect(LocalTime(minuteOfDay: -1) == .startOfDay)
        #expect(LocalTime(minuteOfDay: .max) == .endOfDay)
        #expect(LocalTime(hour: 24, minute: 1) == nil)
        #expect(LocalTime(hour: 12, minute: -1) == nil)
    }

    @Test func partsAddUp() {
        let time = LocalTime(minuteOfDay: 545)
        #expect(time.hour == 9)
        #expect(time.minuteOfHour == 5)
        #expect(LocalTime(hour: 9, minute: 5) == time)
        #expect(time < .endOfDay)
    }

    @Test func jsonIsOneStringAndAColumnHoldsTheMinute() throws {
        let time = LocalTime(minuteOfDay: 545)
        let data = try JSONEncoder().encode([time])
        #expect(String(decoding: data, as: UTF8.self) == #"["09:05"]"#)
        #expect(try JSONDecoder().decode([LocalTime].self, from: data) == [time])
        #expect(time.sqlValue == .integer(545))
    }

    @Test func weekdaysAreNumberedFromMonday() {
        #expect(Weekday.allCases.map(\.rawValue) == Array(1...7))
        #expect(Weekday.monday < .sunday)
        #expect(Weekday.sunday.sqlValue == .integer(7))
    }
}
