import AlmanacKernel
import AlmanacStorage
import Testing

/// When the owner of a calendar is busy, by RFC 5545.
struct BusyTimeTests {
    @Test(arguments: [
        ("DTSTART:20260303T090000Z\nDTEND:20260303T100000Z", "20260303T090000Z/20260303T100000Z"),
        // Berlin is an hour ahead in winter and two in summer.
        ("DTSTART;TZID=Europe/Berlin:20260303T090000\nDURATION:PT90M", "20260303T080000Z/20260303T093000Z"),
        (
            "DTSTART;TZID=Europe/Berlin:20260403T090000\nDTEND;TZID=Europe/Berlin:20260403T100000",
            "20260403T070000Z/20260403T080000Z"
        ),
        ("DTSTART;TZID=\"America/New_York\":20260303T090000\nDURATION:PT1H", "20260303T140000Z/20260303T150000Z"),
        (
            "DTSTART;TZID=/example.org/20050126_1/America/New_York:20260303T090000\nDURATION:PT1H",
            "20260303T140000Z/20260303T150000Z"
        ),
        // Floating: by the clock of whoever asks.
        ("DTSTART:20260303T090000\nDURATION:PT1H", "20260303T080000Z/20260303T090000Z"),
        // From one zone to another.
        (
            "DTSTART;TZID=Europe/Berlin:20260303T090000\nDTEND;TZID=Europe/London:20260303T090000",
            "20260303T080000Z/20260303T090000Z"
        ),
        // Whole days, that of the clock change with 23 hours.
        ("DTSTART;VALUE=DATE:20260303", "20260302T230000Z/20260303T230000Z"),
        ("DTSTART;VALUE=DATE:20260328\nDTEND;VALUE=DATE:20260330", "20260327T230000Z/20260329T220000Z"),
        ("DTSTART;VALUE=DATE:20260303\nDTEND;VALUE=DATE:20260303", "20260302T230000Z/20260303T230000Z"),
        ("DTSTART;VALUE=DATE:20260303\nDURATION:P2D", "20260302T230000Z/20260304T230000Z"),
        // A day by the calendar, a day by the clock.
        ("DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:P1D", "20260328T110000Z/20260329T100000Z"),
        ("DTSTART;TZID=Europe/Berlin:20260328T120000\nDURATION:PT24H", "20260328T110000Z/20260329T110000Z"),
        ("DTSTART:20260303T090000Z\nDURATION:P1W", "20260303T090000Z/20260310T090000Z"),
        ("DTSTART:20260303T090000Z\nDURATION:P1DT2H3M4S", "20260303T090000Z/20260304T110304Z"),
        // What the clocks jump over.
        ("DTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT1H", "20260329T013000Z/20260329T023000Z"),
    ])
    func readsTheTimeOfAnEvent(_ properties: String, _ expected: String) throws {
        #expect(try CalendarSample.times(of: properties) == [expected])
    }

    @Test(arguments: [
        "DTSTART:20260303T090000Z", "DTSTART:20260303T090000Z\nDTEND:20260303T090000Z",
        "DTSTART:20260303T090000Z\nDTEND:20260303T080000Z", "DTSTART:20260303T090000Z\nDURATION:-PT1H",
        "DTSTART:20260303T090000Z\nDURATION:PT1H\nSTATUS:CANCELLED",
        "DTSTART:20260303T090000Z\nDURATION:PT1H\nTRANSP:transparent",
        "DTSTART:20260303T090000Z\nDURATION:PT1H\nX-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "DTSTART:20250303T090000Z\nDURATION:PT1H", "DTSTART:20270303T090000Z\nDURATION:PT1H",
    ])
    func someEventsTakeNoTime(_ properties: String) throws {
        #expect(try CalendarSample.times(of: properties) == [])
        #expect(try CalendarSample.unreadable(CalendarSample.event(properties)) == 0)
    }

    @Test func whatIsTentativeTakesTime() throws {
        let times = try CalendarSample.times(of: "DTSTART:20260303T090000Z\nDURATION:PT1H\nSTATUS:TENTATIVE")
        #expect(times.count == 1)
    }

    @Test func whatReachesIntoTheStretchIsToldAsAWhole() throws {
        #expect(
            try CalendarSample.times(of: "DTSTART:20260220T000000Z\nDTEND:20260302T000000Z")
                == ["20260220T000000Z/20260302T000000Z"])
        let series = "DTSTART:20260222T120000Z\nDURATION:P8D\nRRULE:FREQ=YEARLY"
        #expect(try CalendarSample.times(of: series) == ["20260222T120000Z/20260302T120000Z"])
    }

    // MARK: Series

    @Test func aSeriesFollowsTheClockOfItsPlace() throws {
        let times = try CalendarSample.times(
            of: "DTSTART;TZID=Europe/Berlin:20260320T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3")
        #expect(
            times == [
                "20260320T080000Z/20260320T090000Z", "20260327T080000Z/20260327T090000Z",
                "20260403T070000Z/20260403T080000Z",
            ])
    }

    @Test func timesAreExcludedAndAdded() throws {
        let times = try CalendarSample.times(
            of: """
                DTSTART;TZID=Europe/Berlin:20260302T090000
                DTEND;TZID=Europe/Berlin:20260302T100000
                RRULE:FREQ=DAILY;UNTIL=20260306T235959Z
                EXDATE;TZID=Europe/Berlin:20260303T090000,20260304T100000
                EXDATE:20260304T080000Z
                EXDATE;VALUE=DATE:20260305
                RDATE;TZID=Europe/Berlin:20260307T110000
                RDATE;VALUE=PERIOD:20260308T100000Z/PT2H,20260309T100000Z/20260309T103000Z
                """)
        #expect(
            times == [
                "20260302T080000Z/20260302T090000Z", "20260306T080000Z/20260306T090000Z",
                "20260307T100000Z/20260307T110000Z", "20260308T100000Z/20260308T120000Z",
                "20260309T100000Z/20260309T103000Z",
            ])
    }

    @Test func wholeDaysRepeatAndAreExcluded() throws {
        let times = try CalendarSample.times(
            of: "DTSTART;VALUE=DATE:20260302\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260303")
        #expect(times == ["20260301T230000Z/20260302T230000Z", "20260303T230000Z/20260304T230000Z"])
    }

    /// One time of a series is moved, one is cancelled, one is free, and one that the rule does not make is added.
    @Test func singleTimesOfASeriesAreReplaced() throws {
        let series = """
            BEGIN:VEVENT
            UID:s
            RECURRENCE-ID;TZID=Europe/Berlin:20260303T090000
            DTSTART;TZID=Europe/Berlin:20260303T150000
            DURATION:PT2H
            END:VEVENT
            BEGIN:VEVENT
            UID:s
            DTSTART;TZID=Europe/Berlin:20260302T090000
            DURATION:PT1H
            RRULE:FREQ=DAILY;COUNT=4
            END:VEVENT
            BEGIN:VEVENT
            UID:s
            RECURRENCE-ID:20260304T080000Z
            DTSTART;TZID=Europe/Berlin:20260304T090000
            DURATION:PT1H
            STATUS:CANCELLED
            END:VEVENT
            BEGIN:VEVENT
            UID:s
            RECURRENCE-ID;TZID=Europe/Berlin:20260305T090000
            DTSTART;TZID=Europe/Berlin:20260305T090000
            DURATION:PT1H
            TRANSP:TRANSPARENT
            END:VEVENT
            """
        #expect(
            try CalendarSample.busy(CalendarSample.calendar(series)) == [
                "s/20260302T080000Z 20260302T080000Z/20260302T090000Z",
                "s/20260303T080000Z 20260303T140000Z/20260303T160000Z",
            ])
    }

    @Test func aCancelledSeriesLeavesWhatWasKeptOfIt() throws {
        let series = """
            BEGIN:VEVENT
            UID:s
            DTSTART:20260302T090000Z
            DURATION:PT1H
            RRULE:FREQ=DAILY
            STATUS:CANCELLED
            END:VEVENT
            BEGIN:VEVENT
            UID:s
            RECURRENCE-ID:20260304T090000Z
            DTSTART:20260304T120000Z
            DURATION:PT1H
            END:VEVENT
            """
        #expect(
            try CalendarSample.busy(CalendarSample.calendar(series))
                == ["s/20260304T090000Z 20260304T120000Z/20260304T130000Z"])
    }

    @Test func ofTwoStatesOfAnEventTheLaterCounts() throws {
        func state(_ sequence: Int, _ hour: Int) -> String {
            "BEGIN:VEVENT\nUID:e\nSEQUENCE:\(sequence)\nDTSTART:20260303T\(hour)0000Z\nDURATION:PT1H\nEND:VEVENT"
        }
        let text = CalendarSample.calendar("\(state(2, 12))\n\(state(1, 10))")
        #expect(try CalendarSample.busy(text) == ["e 20260303T120000Z/20260303T130000Z"])
    }

    @Test func endlessSeriesFromLongAgoAreReadWhereTheyAreAskedFor() throws {
        let times = try CalendarSample.times(
            of: "DTSTART:19500102T090000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;BYDAY=1MO")
        #expect(
            times == [
                "20260302T090000Z/20260302T100000Z", "20260406T090000Z/20260406T100000Z",
                "20260504T090000Z/20260504T100000Z",
            ])
    }

    // MARK: Zones and busy times of the calendar's own

    /// A name of another system's, with the rules of Central Europe.
    private static let zone = """
        BEGIN:VTIMEZONE
        TZID:W. Europe Standard Time
        BEGIN:STANDARD
        DTSTART:16010101T030000
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:16010101T020000
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0200
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
        END:DAYLIGHT
        END:VTIMEZONE
        """

    @Test func zonesThatTheSystemDoesNotKnowAreReadFromTheCalendar() throws {
        let event = """
            BEGIN:VEVENT
            UID:o
            DTSTART;TZID="W. Europe Standard Time":20260325T090000
            DTEND;TZID=W. Europe Standard Time:20260325T100000
            RRULE:FREQ=DAILY;INTERVAL=7;UNTIL=20260408T070000Z
            EXDATE;TZID=W. Europe Standard Time:20260408T090000
            END:VEVENT
            """
        #expect(
            try CalendarSample.busy(CalendarSample.calendar(event, zones: Self.zone), in: "Asia/Tokyo") == [
                "o/20260325T080000Z 20260325T080000Z/20260325T090000Z",
                "o/20260401T070000Z 20260401T070000Z/20260401T080000Z",
            ])
    }

    @Test func aZoneThatEndedItsRulesKeepsItsLastOffset() throws {
        let zone = """
            BEGIN:VTIMEZONE
            TZID:Custom
            BEGIN:DAYLIGHT
            DTSTART:20000326T020000
            TZOFFSETFROM:+0300
            TZOFFSETTO:+0400
            RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;UNTIL=20100327T230000Z
            END:DAYLIGHT
            BEGIN:STANDARD
            DTSTART:20001029T030000
            TZOFFSETFROM:+0400
            TZOFFSETTO:+0300
            RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20101030T230000Z
            END:STANDARD
            END:VTIMEZONE
            """
        let event = "BEGIN:VEVENT\nUID:c\nDTSTART;TZID=Custom:20260503T120000\nDURATION:PT1H\nEND:VEVENT"
        #expect(
            try CalendarSample.busy(CalendarSample.calendar(event, zones: zone))
                == ["c 20260503T090000Z/20260503T100000Z"])
    }

    @Test func aCalendarMayNameTheZoneOfTimesThatFloat() throws {
        let event = "BEGIN:VEVENT\nUID:c\nDTSTART:20260303T120000\nDURATION:PT1H\nEND:VEVENT"
        let text = CalendarSample.calendar(event, zones: "X-WR-TIMEZONE:America/New_York")
        #expect(try CalendarSample.busy(text) == ["c 20260303T170000Z/20260303T180000Z"])
    }

    @Test func busyTimesWithoutEventsAreRead() throws {
        let text = CalendarSample.calendar(
            """
            BEGIN:VFREEBUSY
            UID:f
            FREEBUSY;FBTYPE=BUSY:20260303T090000Z/PT1H,20260304T090000Z/20260304T093000Z
            FREEBUSY;FBTYPE=FREE:20260305T090000Z/PT1H
            FREEBUSY:20260306T090000Z/PT1H
            END:VFREEBUSY
            """)
        let times = try CalendarSample.busy(text).map { $0.split(separator: " ").last.map(String.init) ?? "" }
        #expect(
            times == [
                "20260303T090000Z/20260303T100000Z", "20260304T090000Z/20260304T093000Z",
                "20260306T090000Z/20260306T100000Z",
            ])
    }

    @Test func keysStayTheSameAndFitAnIndex() throws {
        let long = String(repeating: "ü", count: 900)
        let text = CalendarSample.calendar(
            "BEGIN:VEVENT\nUID:\(long)\nDTSTART:20260303T090000Z\nDURATION:PT1H\nEND:VEVENT")
        let first = try CalendarFile(text).reading(from: CalendarSample.from, to: CalendarSample.to, in: .utc)
        let second = try CalendarFile(text).reading(from: CalendarSample.from, to: CalendarSample.to, in: .utc)
        #expect(first == second)
        #expect(first.busy.map(\.uid) == [long])
        #expect(first.busy.allSatisfy { $0.key.utf8.count <= BusyTime.longestKey && $0.key.hasPrefix("sha256:") })
    }
}
