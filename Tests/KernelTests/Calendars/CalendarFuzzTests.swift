import AlmanacKernel
import AlmanacStorage
import Testing

/// Whatever somebody sends is read or refused; reading it twice leads to the same.
struct CalendarFuzzTests {
    private static let seeds: [[UInt8]] = [
        CalendarSample.event(
            """
            DTSTART;TZID=Europe/Berlin:20260302T090000
            DTEND;TZID=Europe/Berlin:20260302T100000
            RRULE:FREQ=WEEKLY;BYDAY=MO,TU;COUNT=20
            EXDATE;TZID=Europe/Berlin:20260303T090000
            RDATE;VALUE=PERIOD:20260308T100000Z/PT2H
            STATUS:CONFIRMED
            TRANSP:OPAQUE
            SEQUENCE:3
            """),
        CalendarSample.event("RECURRENCE-ID:20260302T080000Z\nDTSTART;VALUE=DATE:20260303\nDURATION:P2DT3H4M5S"),
        CalendarSample.calendar(
            "BEGIN:VFREEBUSY\nFREEBUSY;FBTYPE=BUSY:20260303T090000Z/PT1H\nEND:VFREEBUSY",
            zones: """
                BEGIN:VTIMEZONE
                TZID:Custom
                BEGIN:STANDARD
                DTSTART:20001029T030000
                TZOFFSETFROM:+0400
                TZOFFSETTO:+0300
                RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20301030T230000Z
                END:STANDARD
                END:VTIMEZONE
                """),
        CalendarSample.event("DTSTART;TZID=Custom:99991231T235959\nDURATION:P999999999W\nRRULE:FREQ=DAILY"),
        CalendarSample.event("DTSTART:00010101T000000Z\nDTEND:99991231T235960Z\nRRULE:FREQ=YEARLY;INTERVAL=2147483647"),
    ]

    private static let words: [String] = [
        "99999999999999999999", "-1", "0", "20261332T999999Z", "00000000", "99991231T235959Z", "00010101", ";", ":",
        ",",
        "\"", "\r\n ", "\r\n", "/", "PT", "P", "-P1D", "INTERVAL=0", "COUNT=0", "UNTIL=00010101", "BYSETPOS=-366",
        "TZID=", "VALUE=DATE", "VALUE=PERIOD", "RRULE:FREQ=YEARLY;BYEASTER=1", "END:VEVENT\r\nBEGIN:VEVENT",
        "BEGIN:VCALENDAR", "END:VCALENDAR", "+9999", "-0000", "\u{0}", "\u{FFFF}", "RECURRENCE-ID:20260302T080000Z",
    ]

    private func mutate(_ text: [UInt8], _ random: some RandomSource) -> [UInt8] {
        var text = text
        for _ in 0...(random.next() % 6) {
            let place = text.isEmpty ? 0 : Int(random.next() % UInt64(text.count))
            switch random.next() % 6 {
            case 0: if !text.isEmpty { text[place] = UInt8(truncatingIfNeeded: random.next()) }
            case 1: text.removeSubrange(place..<min(place + Int(random.next() % 20), text.count))
            case 2: text.insert(contentsOf: Self.words[Int(random.next() % UInt64(Self.words.count))].utf8, at: place)
            case 3: text.insert(contentsOf: text[place..<min(place + 60, text.count)], at: place)
            case 4: if !text.isEmpty { text[place] = 0x30 + UInt8(random.next() % 10) }
            default: text.insert(contentsOf: random.bytes(Int(random.next() % 5)), at: place)
            }
        }
        return text
    }

    private func reading(_ text: [UInt8]) -> Result<CalendarFile.Reading, CalendarFault> {
        var limits = CalendarLimits()
        (limits.occurrences, limits.walk) = (2_000, 5_000)
        return Result { () throws(CalendarFault) in
            try CalendarFile(text, limits: limits)
                .reading(from: CalendarSample.from, to: CalendarSample.to, in: .utc)
        }
    }

    @Test func anythingIsReadOrRefused() {
        let random = SeededRandom(seed: 0xCA1E)
        var (read, refused) = (0, 0)
        for round in 0..<20_000 {
            let text = self.mutate(Self.seeds[round % Self.seeds.count], random)
            switch self.reading(text) {
            case .success(let reading):
                read += 1
                #expect(reading.busy.allSatisfy { $0.start < $0.end && $0.key.utf8.count <= BusyTime.longestKey })
                if round % 50 == 0 { #expect((try? self.reading(text).get()) == reading) }
            case .failure: refused += 1
            }
        }
        // The mutations are neither too tame nor too wild to try both.
        #expect(read > 2_000)
        #expect(refused > 2_000)
    }

    @Test func noiseIsRefused() {
        let random = SeededRandom(seed: 0x4015E)
        for _ in 0..<2_000 {
            let noise = random.bytes(Int(random.next() % 400))
            let inside =
                Array("BEGIN:VCALENDAR\nBEGIN:VEVENT\n".utf8) + noise + Array("\nEND:VEVENT\nEND:VCALENDAR".utf8)
            #expect((try? self.reading(noise).get()) == nil)
            _ = self.reading(inside)
        }
    }
}
