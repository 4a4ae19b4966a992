internal import Testing

/// The examples of RFC 5545 §3.8.5.3, all of them in America/New_York, as data.
struct RFC5545Example: Sendable, CustomTestStringConvertible {
    /// What the memo calls it, shortened.
    let name: String
    /// `DTSTART` without its zone.
    let start: String
    let rule: String
    /// `EXDATE`, if it has one.
    let excluded: String?
    /// Whether the memo shows only the first occurrences of a rule without end.
    let isEndless: Bool
    /// The dates as `YEAR-MONTH DAYS`, where days are numbers and ranges; or `DATE TIMES`.
    private let listing: String

    init(
        _ name: String, _ start: String, _ rule: String, excluded: String? = nil, isEndless: Bool = false,
        _ listing: String
    ) {
        self.name = name
        self.start = start
        self.rule = rule
        self.excluded = excluded
        self.isEndless = isEndless
        self.listing = listing
    }

    var testDescription: String { "\(self.name): \(self.rule)" }

    /// The expected occurrences as `1997-09-02T09:00`.
    var expected: [String] {
        self.listing.split(separator: ";").flatMap { group -> [String] in
            let parts = group.split(separator: " ").map(String.init)
            let values = parts[1].split(separator: ",").map(String.init)
            if parts[0].utf8.count == 10 { return values.map { "\(parts[0])T\($0)" } }
            return values.flatMap(Self.days).map { "\(parts[0])-\($0 < 10 ? "0" : "")\($0)T09:00" }
        }
    }

    private static func days(_ text: String) -> [Int] {
        let bounds = text.split(separator: "-").compactMap { Int($0) }
        return Array(bounds[0]...(bounds.last ?? bounds[0]))
    }
}

extension RFC5545Example {
    static let all = Self.daily + Self.weekly + Self.monthly + Self.yearly + Self.positions + Self.withinADay

    private static let everyJanuary = "1998-01 1-31; 1999-01 1-31; 2000-01 1-31"

    private static let daily = [
        Self("daily, 10 times", "19970902T090000", "FREQ=DAILY;COUNT=10", "1997-09 2-11"),
        Self(
            "daily until Christmas Eve", "19970902T090000", "FREQ=DAILY;UNTIL=19971224T000000Z",
            "1997-09 2-30; 1997-10 1-31; 1997-11 1-30; 1997-12 1-23"),
        Self(
            "every other day", "19970902T090000", "FREQ=DAILY;INTERVAL=2", isEndless: true,
            """
            1997-09 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30; 1997-10 2,4,6,8,10,12,14,16,18,20,22,24,26,28,30; \
            1997-11 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29; 1997-12 1,3
            """),
        Self("every 10 days", "19970902T090000", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09 2,12,22; 1997-10 2,12"),
        Self(
            "January by year", "19980101T090000",
            "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", Self.everyJanuary),
        Self("January by day", "19980101T090000", "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", Self.everyJanuary),
    ]

    private static let weekly = [
        Self(
            "weekly, 10 times", "19970902T090000", "FREQ=WEEKLY;COUNT=10",
            "1997-09 2,9,16,23,30; 1997-10 7,14,21,28; 1997-11 4"),
        Self(
            "weekly until Christmas Eve", "19970902T090000", "FREQ=WEEKLY;UNTIL=19971224T000000Z",
            "1997-09 2,9,16,23,30; 1997-10 7,14,21,28; 1997-11 4,11,18,25; 1997-12 2,9,16,23"),
        Self(
            "every other week", "19970902T090000", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", isEndless: true,
            "1997-09 2,16,30; 1997-10 14,28; 1997-11 11,25; 1997-12 9,23; 1998-01 6,20; 1998-02 3,17"),
        Self(
            "five weeks by date", "19970902T090000", "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
            "1997-09 2,4,9,11,16,18,23,25,30; 1997-10 2"),
        Self(
            "five weeks by count", "19970902T090000", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
            "1997-09 2,4,9,11,16,18,23,25,30; 1997-10 2"),
        Self(
            "every other week on three days", "19970901T090000",
            "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
            """
            1997-09 1,3,5,15,17,19,29; 1997-10 1,3,13,15,17,27,29,31; 1997-11 10,12,14,24,26,28; 1997-12 8,10,12,22
            """),
        Self(
            "every other week on two days", "19970902T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
            "1997-09 2,4,16,18,30; 1997-10 2,14,16"),
        Self(
            "weeks from Monday", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
            "1997-08 5,10,19,24"),
        Self(
            "weeks from Sunday", "19970805T090000", "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
            "1997-08 5,17,19,31"),
    ]

    private static let monthly = [
        Self(
            "first Friday", "19970905T090000", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
            """
            1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5; 1998-01 2; 1998-02 6; 1998-03 6; 1998-04 3; 1998-05 1; \
            1998-06 5
            """),
        Self(
            "first Friday until Christmas Eve", "19970905T090000", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
            "1997-09 5; 1997-10 3; 1997-11 7; 1997-12 5"),
        Self(
            "first and last Sunday", "19970907T090000", "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
            "1997-09 7,28; 1997-11 2,30; 1998-01 4,25; 1998-03 1,29; 1998-05 3,31"),
        Self(
            "last Monday but one", "19970922T090000", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
            "1997-09 22; 1997-10 20; 1997-11 17; 1997-12 22; 1998-01 19; 1998-02 16"),
        Self(
            "third-to-last day", "19970928T090000", "FREQ=MONTHLY;BYMONTHDAY=-3", isEndless: true,
            "1997-09 28; 1997-10 29; 1997-11 28; 1997-12 29; 1998-01 29; 1998-02 26"),
        Self(
            "2nd and 15th", "19970902T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
            "1997-09 2,15; 1997-10 2,15; 1997-11 2,15; 1997-12 2,15; 1998-01 2,15"),
        Self(
            "first and last day", "19970930T090000", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
            "1997-09 30; 1997-10 1,31; 1997-11 1,30; 1997-12 1,31; 1998-01 1,31; 1998-02 1"),
        Self(
            "every 18 months", "19970910T090000", "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
            "1997-09 10-15; 1999-03 10-13"),
        Self(
            "Tuesdays of every other month", "19970902T090000", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", isEndless: true,
            "1997-09 2,9,16,23,30; 1997-11 4,11,18,25; 1998-01 6,13,20,27; 1998-03 3,10,17,24,31"),
        Self(
            "Friday the 13th", "19970902T090000", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", excluded: "19970902T090000",
            isEndless: true, "1998-02 13; 1998-03 13; 1998-11 13; 1999-08 13; 2000-10 13"),
        Self(
            "Saturday after the first Sunday", "19970913T090000", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
            isEndless: true,
            """
            1997-09 13; 1997-10 11; 1997-11 8; 1997-12 13; 1998-01 10; 1998-02 7; 1998-03 7; 1998-04 11; 1998-05 9; \
            1998-06 13
            """),
        Self(
            "no 30 February", "20070115T090000", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
            "2007-01 15,30; 2007-02 15; 2007-03 15,30"),
    ]

    private static let yearly = [
        Self(
            "June and July", "19970610T090000", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
            """
            1997-06 10; 1997-07 10; 1998-06 10; 1998-07 10; 1999-06 10; 1999-07 10; 2000-06 10; 2000-07 10; \
            2001-06 10; 2001-07 10
            """),
        Self(
            "three months of every other year", "19970310T090000", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
            """
            1997-03 10; 1999-01 10; 1999-02 10; 1999-03 10; 2001-01 10; 2001-02 10; 2001-03 10; 2003-01 10; \
            2003-02 10; 2003-03 10
            """),
        Self(
            "days of every third year", "19970101T090000", "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
            """
            1997-01 1; 1997-04 10; 1997-07 19; 2000-01 1; 2000-04 9; 2000-07 18; 2003-01 1; 2003-04 10; 2003-07 19; \
            2006-01 1
            """),
        Self(
            "20th Monday", "19970519T090000", "FREQ=YEARLY;BYDAY=20MO", isEndless: true,
            "1997-05 19; 1998-05 18; 1999-05 17"),
        Self(
            "Monday of week 20", "19970512T090000", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", isEndless: true,
            "1997-05 12; 1998-05 11; 1999-05 17"),
        Self(
            "Thursdays in March", "19970313T090000", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", isEndless: true,
            "1997-03 13,20,27; 1998-03 5,12,19,26; 1999-03 4,11,18,25"),
        Self(
            "Thursdays in summer", "19970605T090000", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", isEndless: true,
            """
            1997-06 5,12,19,26; 1997-07 3,10,17,24,31; 1997-08 7,14,21,28; 1998-06 4,11,18,25; \
            1998-07 2,9,16,23,30; 1998-08 6,13,20,27; 1999-06 3,10,17,24; 1999-07 1,8,15,22,29; 1999-08 5,12,19,26
            """),
        Self(
            "election day", "19961105T090000", "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
            isEndless: true, "1996-11 5; 2000-11 7; 2004-11 2"),
    ]

    private static let positions = [
        Self(
            "third of Tuesday to Thursday", "19970904T090000", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
            "1997-09 4; 1997-10 7; 1997-11 6"),
        Self(
            "last working day but one", "19970929T090000", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
            isEndless: true, "1997-09 29; 1997-10 30; 1997-11 27; 1997-12 30; 1998-01 29; 1998-02 26; 1998-03 30"),
    ]

    private static let everyTwentyMinutes = """
        1997-09-02 09:00,09:20,09:40,10:00,10:20,10:40,11:00,11:20,11:40,12:00,12:20,12:40,13:00,13:20,13:40,14:00,\
        14:20,14:40,15:00,15:20,15:40,16:00,16:20,16:40; 1997-09-03 09:00,09:20,09:40,10:00
        """

    private static let withinADay = [
        // With the end that erratum 3883 gives it.
        Self(
            "every three hours", "19970902T090000", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z",
            "1997-09-02 09:00,12:00,15:00"),
        Self(
            "every quarter of an hour", "19970902T090000", "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
            "1997-09-02 09:00,09:15,09:30,09:45,10:00,10:15"),
        Self(
            "every hour and a half", "19970902T090000", "FREQ=MINUTELY;INTERVAL=90;COUNT=4",
            "1997-09-02 09:00,10:30,12:00,13:30"),
        Self(
            "every 20 minutes by day", "19970902T090000",
            "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40", isEndless: true, Self.everyTwentyMinutes),
        Self(
            "every 20 minutes by minute", "19970902T090000",
            "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16", isEndless: true, Self.everyTwentyMinutes),
    ]
}
