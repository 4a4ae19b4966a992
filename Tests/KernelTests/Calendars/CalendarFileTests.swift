import AlmanacKernel
import AlmanacStorage
import Testing

/// What is taken for a calendar, and what is not.
struct CalendarFileTests {
    private func fault(_ text: String, _ limits: CalendarLimits = CalendarLimits()) -> CalendarFault? {
        self.fault(Array(text.utf8), limits)
    }

    private func fault(_ text: [UInt8], _ limits: CalendarLimits = CalendarLimits()) -> CalendarFault? {
        do throws(CalendarFault) {
            _ = try CalendarFile(text, limits: limits)
                .reading(from: CalendarSample.from, to: CalendarSample.to, in: .utc)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("", CalendarFault.notCalendar), ("<!DOCTYPE html>\n<html></html>", .notCalendar), ("{}", .notCalendar),
        ("BEGIN:VEVENT\nEND:VEVENT", .notCalendar), ("VERSION:2.0\nBEGIN:VCALENDAR\nEND:VCALENDAR", .notCalendar),
        ("BEGIN:VCALENDAR\nVERSION:2.0", .cutOff), ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:2026", .cutOff),
        ("BEGIN:VCALENDAR\nEND:VEVENT\nEND:VCALENDAR", .malformed),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR", .malformed),
    ])
    func whatIsNoWholeCalendarIsRefused(_ text: String, _ expected: CalendarFault) {
        #expect(self.fault(text) == expected)
    }

    @Test(arguments: [
        "BEGIN:VCALENDAR\nEND:VCALENDAR", "\u{FEFF}BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        "begin:vcalendar\nend:vcalendar\n\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nno property at all\nX-A;B=\"c:d;e\":f\nEND:VCALENDAR",
    ])
    func emptyAndOddCalendarsAreCalendars(_ text: String) {
        #expect(self.fault(text) == nil)
    }

    /// Lines are broken inside a word, inside a character, and by a tab; a quoted parameter holds what ends others.
    @Test func linesAreUnfolded() throws {
        let text = """
            BEGIN:VCALENDAR\r
            BEGIN:VEV\r
             ENT\r
            UID:gr\u{C3}
            """
        var bytes = Array(text.utf8)
        bytes.removeLast(2)
        bytes += [0xC3, 0x0D, 0x0A, 0x20, 0xBC, 0x6E, 0x0D, 0x0A]
        bytes += Array(
            """
            DTSTART;X-A="a;b:c";TZID=Europe/\r
            \tBerlin:2026030\r
             3T090000\r
            DURATION:PT1H\r
            BEGIN:VALARM\r
            TRIGGER:-PT15M\r
            DURATION:PT5M\r
            END:VALARM\r
            END:VEVENT\r
            END:VCALENDAR\r

            """.utf8)
        #expect(try CalendarSample.busy(bytes) == ["grün 20260303T080000Z/20260303T090000Z"])
    }

    @Test func whatCannotBeUnderstoodIsCountedAndTheRestIsRead() throws {
        let text = CalendarSample.calendar(
            """
            BEGIN:VEVENT
            UID:1
            SUMMARY:no beginning
            END:VEVENT
            BEGIN:VEVENT
            UID:2
            DTSTART:20260303T250000Z
            END:VEVENT
            BEGIN:VEVENT
            UID:3
            DTSTART:20260303T090000Z
            DURATION:PT1H
            RRULE:FREQ=FORTNIGHTLY
            END:VEVENT
            BEGIN:VEVENT
            UID:4
            DTSTART:20260304T090000Z
            DURATION:an hour
            END:VEVENT
            BEGIN:VEVENT
            UID:5
            DTSTART:20260305T090000Z
            DURATION:PT1H
            RRULE:FREQ=SECONDLY
            END:VEVENT
            """)
        #expect(try CalendarSample.unreadable(text) == 5)
        #expect(
            try CalendarSample.busy(text) == [
                "3 20260303T090000Z/20260303T100000Z", "5 20260305T090000Z/20260305T100000Z",
            ])
    }

    // MARK: Limits

    @Test func whatIsTooMuchIsRefused() {
        var small = CalendarLimits()
        small.bytes = 100
        #expect(self.fault(CalendarSample.event("DTSTART:20260303T090000Z"), small) == .tooLarge)

        var few = CalendarLimits()
        few.events = 2
        let event = "BEGIN:VEVENT\nUID:a\nDTSTART:20260303T090000Z\nEND:VEVENT"
        #expect(self.fault(CalendarSample.calendar("\(event)\n\(event)"), few) == nil)
        #expect(self.fault(CalendarSample.calendar("\(event)\n\(event)\n\(event)"), few) == .tooManyEvents)

        let deep = String(repeating: "BEGIN:VTODO\n", count: 20) + String(repeating: "END:VTODO\n", count: 20)
        #expect(self.fault("BEGIN:VCALENDAR\n\(deep)END:VCALENDAR") == .malformed)
    }

    /// A few bytes each, and more occurrences than any memory holds.
    @Test(arguments: [
        "RRULE:FREQ=HOURLY;BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55",
        "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,10,20,30,40",
        "RRULE:FREQ=HOURLY;COUNT=2147483647",
    ])
    func occurrencesWithoutNumberAreRefused(_ rule: String) {
        var limits = CalendarLimits()
        limits.occurrences = 1_000
        limits.walk = 10_000
        let event = CalendarSample.event("DTSTART:19900101T000000Z\nDURATION:PT5M\n\(rule)")
        #expect(self.fault(event, limits) == .tooManyOccurrences)
    }

    @Test func tooManySeriesAreRefused() {
        var limits = CalendarLimits()
        limits.series = 3
        func series(_ count: Int) -> [UInt8] {
            CalendarSample.calendar(
                (0..<count).map {
                    "BEGIN:VEVENT\nUID:\($0)\nDTSTART:20260303T090000Z\nRRULE:FREQ=YEARLY\nEND:VEVENT"
                }.joined(separator: "\n"))
        }
        #expect(self.fault(series(3), limits) == nil)
        #expect(self.fault(series(4), limits) == .tooManyOccurrences)
    }

    /// Rules that hardly ever make a time must not be searched for it without end.
    @Test(arguments: [
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "RRULE:FREQ=DAILY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=29",
        "RRULE:FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "RRULE:FREQ=HOURLY;INTERVAL=23;BYYEARDAY=366;BYHOUR=5",
        "RRULE:FREQ=WEEKLY;INTERVAL=53;BYMONTH=2;BYDAY=MO;BYSETPOS=7",
    ])
    func rulesThatHardlyEverHoldEnd(_ rule: String) {
        let many = (0..<200).map {
            "BEGIN:VEVENT\nUID:\($0)\nDTSTART:19700101T000000Z\nDURATION:PT1M\n\(rule)\nEND:VEVENT"
        }.joined(separator: "\n")
        #expect(self.fault(CalendarSample.calendar(many)) == nil)
    }
}
