internal import AlmanacStorage
internal import Foundation
internal import Testing

struct LocalDateTests {
    @Test(arguments: [
        ("1970-01-01", 0, Weekday.thursday),
        ("1969-12-31", -1, .wednesday),
        ("2000-02-29", 11_016, .tuesday),
        ("2026-03-29", 20_541, .sunday),
        ("2100-03-01", 47_541, .monday),
        ("0001-01-01", -719_162, .monday),
        ("9999-12-31", 2_932_896, .friday),
    ])
    func textDaysAndWeekdayAgree(text: String, days: Int, weekday: Weekday) throws {
        let date = try #require(LocalDate(text))
        #expect(date.daysSinceEpoch == days)
        #expect(date.weekday == weekday)
        #expect(LocalDate(daysSinceEpoch: days).description == text)
    }

    @Test(arguments: [
        "", "2026-3-01", "2026-03-1", "2026/03/01", "20260301", "2026-03-01 ", "2026-03-01T", "-2026-03-1",
        "2026-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-04-31", "2026-01-32", "2026-01-00", "0000-01-01",
        "2026-0a-01", "２０２６-03-01",
    ])
    func otherTextIsRefused(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test func partsMustNameADay() {
        #expect(LocalDate(year: 2028, month: 2, day: 29)?.description == "2028-02-29")
        #expect(LocalDate(year: 2026, month: 2, day: 29) == nil)
        #expect(LocalDate(year: 0, month: 1, day: 1) == nil)
        #expect(LocalDate(year: 10_000, month: 1, day: 1) == nil)
        #expect(LocalDate(year: 2026, month: .max, day: .min) == nil)
    }

    @Test func everyDayFollowsTheOneBefore() {
        var previous = (year: 0, month: 12, day: 31)
        var breaks: [LocalDate] = []
        for days in LocalDate.min.daysSinceEpoch...LocalDate.max.daysSinceEpoch {
            let date = LocalDate(daysSinceEpoch: days).components
            let isNextDay = date.year == previous.year && date.month == previous.month && date.day == previous.day + 1
            let isNextMonth = date.year == previous.year && date.month == previous.month + 1 && date.day == 1
            let isNextYear = date.year == previous.year + 1 && date.month == 1 && date.day == 1
            if !isNextDay, !isNextMonth || previous.day < 28, !isNextYear || previous.day != 31 {
                breaks.append(LocalDate(daysSinceEpoch: days))
            }
            previous = date
        }
        #expect(breaks.isEmpty)
        #expect(previous == (9_999, 12, 31))
    }

    @Test func arithmeticStaysInRange() {
        #expect(LocalDate.max.adding(days: 1) == .max)
        #expect(LocalDate.min.adding(days: -1) == .min)
        #expect(LocalDate.min.adding(days: .max) == .max)
        #expect(LocalDate.max.adding(days: .min) == .min)
        #expect(LocalDate(daysSinceEpoch: .max) == .max)
        #expect(LocalDate(daysSinceEpoch: .min) == .min)
        #expect(LocalDate(daysSinceEpoch: 58).adding(days: 1).description == "1970-03-01")
    }

    @Test func daysBetweenHaveASign() {
        let first = LocalDate(daysSinceEpoch: 10)
        let second = LocalDate(daysSinceEpoch: 40)
        #expect(LocalDate.days(from: first, to: second) == 30)
        #expect(LocalDate.days(from: second, to: first) == -30)
        #expect(first < second)
    }

    @Test func appendingGivesTheSameBytesAsTheText() {
        var bytes: [UInt8] = []
        LocalDate.min.appendText(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "0001-01-01")
    }

    @Test func jsonIsOneString() throws {
        let date = LocalDate(daysSinceEpoch: 0)
        let data = try JSONEncoder().encode([date])
        #expect(String(decoding: data, as: UTF8.self) == #"["1970-01-01"]"#)
        #expect(try JSONDecoder().decode([LocalDate].self, from: data) == [date])
        #expect(date.sqlValue == .text("1970-01-01"))
    }
}
