internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct LocalDateTimeTests {
    @Test(arguments: [
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00"), ("2026-03-01T10:00", "2026-03-01T10:00:00"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00"), ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
    ])
    func theTextIsReadAndWritten(text: String, written: String) throws {
        let time = try #require(LocalDateTime(text))
        #expect(time.description == written)
        let data = try JSONEncoder().encode([time])
        #expect(String(decoding: data, as: UTF8.self) == "[\"\(written)\"]")
        #expect(try JSONDecoder().decode([LocalDateTime].self, from: data) == [time])
        #expect(time.sqlValue == .text(written))
    }

    @Test(arguments: [
        "", "2026-03-01", "2026-03-01T24:00", "2026-03-01T10:60", "2026-03-01T10:00:60", "2026-03-01 10:00",
        "2026-03-01T10:00Z", "2026-02-30T10:00", "2026-03-01T1:000", "2026-03-01T10:00:0a", "2026-03-01T+1:00",
    ])
    func everythingElseIsRefused(text: String) {
        #expect(LocalDateTime(text) == nil)
    }

    @Test func theEndOfADayIsTheStartOfTheNext() throws {
        let date = try #require(LocalDate("2026-12-31"))
        #expect(LocalDateTime(date, .endOfDay).description == "2027-01-01T00:00:00")
        #expect(LocalDateTime(date, secondOfDay: .max).description == "2026-12-31T23:59:59")
        #expect(LocalDateTime(date, secondOfDay: .min).description == "2026-12-31T00:00:00")
    }

    @Test func timesAreOrdered() throws {
        let times = ["2025-12-31T23:59:59", "2026-01-01T00:00:00", "2026-01-01T00:00:01"].compactMap {
            LocalDateTime($0)
        }
        #expect(times.shuffled().sorted() == times)
    }

    @Test func aZoneShowsATimeToTheSecond() throws {
        let zone = try Zone("Europe/Berlin")
        let time = try #require(LocalDateTime("2026-07-01T09:00:30"))
        #expect(zone.instants(of: time) == .one(try #require(Instant(rfc3339: "2026-07-01T07:00:30Z"))))
    }
}
