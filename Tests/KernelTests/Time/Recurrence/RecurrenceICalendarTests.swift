internal import AlmanacKernel
internal import AlmanacStorage
internal import Testing

struct RecurrenceICalendarTests {
    @Test func aSeriesIsWrittenAsLines() throws {
        let series = try Series.of("FREQ=WEEKLY;UNTIL=20260401", from: "2026-03-02T09:00", zone: "Europe/Berlin")
            .adding([try #require(LocalDateTime("2026-03-05T18:30"))])
            .excluding(["2026-03-16T09:00", "2026-03-09T09:00"].compactMap { LocalDateTime($0) })
        #expect(
            series.icalendarLines == [
                "DTSTART;TZID=Europe/Berlin:20260302T090000", "RRULE:FREQ=WEEKLY;UNTIL=20260401T215959Z",
                "RDATE;TZID=Europe/Berlin:20260305T183000", "EXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000",
            ])
        let again = try Recurrence(icalendar: series.icalendarText)
        #expect(again.occurrences.elementsEqual(series.occurrences))
        #expect(try Recurrence(icalendar: again.icalendarText) == again)
    }

    @Test func utcAndWholeDaysHaveTheirOwnForms() throws {
        let utc = try Series.of("FREQ=DAILY;COUNT=2", from: "2026-03-02T09:00")
        #expect(utc.icalendarText == "DTSTART:20260302T090000Z\r\nRRULE:FREQ=DAILY;COUNT=2\r\n")
        #expect(try Recurrence(icalendar: utc.icalendarText) == utc)
        let day = try Series.of("FREQ=DAILY;COUNT=2", from: "2026-03-02", zone: "Europe/Berlin")
        #expect(day.icalendarLines[0] == "DTSTART;VALUE=DATE:20260302")
        #expect(try Recurrence(icalendar: day.icalendarText, zone: day.zone) == day)
    }

    @Test func linesMayBeFoldedAndTimesInOtherZones() throws {
        let series = try Recurrence(
            icalendar: """
                exdate:20260309T080000Z\r
                EXDATE;TZID="America/New_York":20260316T040000\r
                RRULE:FREQ=WEEKLY;BYDAY=MO\r
                 ,WE;COUNT=6\r
                DTSTART;X-NOTE="a:b;c";TZID=Europe/Berlin:20260302T090000\r

                """)
        #expect(
            Series.times(series, 9) == [
                "2026-03-02T09:00", "2026-03-04T09:00", "2026-03-11T09:00", "2026-03-18T09:00",
            ])
    }

    @Test func aTimeThatFloatsTakesTheZoneItIsGiven() throws {
        let text = "DTSTART:20260302T090000\nRRULE:FREQ=DAILY;UNTIL=20260304T090000"
        let series = try Recurrence(icalendar: text, zone: try Zone("Asia/Tokyo"))
        #expect(series.occurrences.map(\.instant.rfc3339).last == "2026-03-04T00:00:00Z")
        let error = #expect(throws: RecurrenceError.self) { try Recurrence(icalendar: text) }
        #expect(error?.code == .unknownZone)
    }

    @Test(arguments: [
        ("", RecurrenceError.Code.malformed, 0), ("RRULE:FREQ=DAILY", .malformed, 0), ("DTSTART", .malformed, 1),
        ("DTSTART;X:20260302T090000Z", .malformed, 9), ("DTSTART:20260302T090000Z,20260303T090000Z", .malformed, 9),
        ("DTSTART:20260230T090000Z", .valueOutOfRange, 9), ("DTSTART;VALUE=DATE:20260302T090000", .valueOutOfRange, 20),
        ("DTSTART;TZID=Europe/Berln:20260302T090000", .unknownZone, 1),
        ("DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY;COUNT=0", .valueOutOfRange, 49),
        ("DTSTART:20260302T090000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=DAILY", .repeatedPart, 43),
        ("DTSTART:20260302T090000Z\nDTSTART:20260302T090000Z", .repeatedPart, 26),
        ("DTSTART:20260302T090000Z\nEXRULE:FREQ=DAILY", .unsupportedPart, 26),
        ("DTSTART:20260302T090000Z\nRDATE;VALUE=PERIOD:20260303T090000Z/PT1H", .unsupportedPart, 45),
        ("DTSTART:20260302T090000Z\nEXDATE;VALUE=DATE:20260303", .malformed, 44),
        ("DTSTART:20260302T090000Z\nEXDATE:20260303T090000Z,", .valueOutOfRange, 50),
        ("DTSTART;VALUE=DATE:20260302\nEXDATE:20260303T090000Z", .malformed, 36),
        ("DTSTART:20260302T090000Z\nSUMMARY:Lesson", .unknownPart, 26),
    ])
    func whatIsWrongIsNamedWithItsPlace(text: String, code: RecurrenceError.Code, position: Int) {
        let error = #expect(throws: RecurrenceError.self) { try Recurrence(icalendar: text, zone: .utc) }
        #expect(error?.code == code)
        #expect((error?.position ?? 0) == position)
    }

    @Test func aTextWithoutEndIsNotRead() {
        let times = String(repeating: "20260303T090000Z,", count: 10_000)
        let error = #expect(throws: RecurrenceError.self) {
            try Recurrence(icalendar: "DTSTART:20260302T090000Z\nEXDATE:\(times)20260303T090000Z")
        }
        #expect(error?.code == .tooLong)
    }

    /// Nothing that a stranger can write stops the program or keeps it busy.
    @Test func nonsenseIsRefusedOrEnds() throws {
        let random = RandomRules(seed: 5)
        let words = [
            "FREQ=", "YEARLY", ";", ",", "-", "BYDAY=", "BYSETPOS=", "COUNT=", "2147483647", "\u{0}", "é", "Z",
        ]
        for index in 0..<3_000 {
            let rule = try RecurrenceRule(random.parts(random.pick(RecurrenceRule.Frequency.allCases)))
            var bytes = Array("DTSTART:20260302T090000Z\nRRULE:\(rule)".utf8)
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(5)))
                default: bytes.insert(contentsOf: random.pick(words).utf8, at: place)
                }
                if bytes.isEmpty { bytes = [0x3B] }
            }
            guard let series = try? Recurrence(icalendar: String(decoding: bytes, as: UTF8.self), zone: .utc) else {
                continue
            }
            let found = series.occurrences.prefix(3).map(\.instant)
            #expect(found == found.sorted() && Set(found).count == found.count, "\(index)")
        }
    }
}
