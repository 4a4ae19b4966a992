internal import AlmanacKernel
internal import AlmanacStorage

/// Everything that decides on one start, one finding after the other, whether it stands in the way or not.
///
/// Where a verdict names the first obstacle, this looks at all of them, with the same timetable and the same closed
/// starts: a start is offered exactly when no finding forbids it.
struct SlotExamination: Sendable {
    /// One thing that was looked at.
    struct Finding: Sendable, Hashable {
        let subject: Subject
        /// Whether it lets the start be offered.
        let allows: Bool
    }

    /// What was looked at, with the facts.
    enum Subject: Sendable, Hashable {
        /// Whether the start is yet to come.
        case present
        /// From when on the minimum notice lets a start be booked.
        case notice(earliest: Instant)
        /// The first and last date that can be booked; `nil` is without an end.
        case window(first: LocalDate?, last: LocalDate?)
        /// Where the hours of the date come from, and which they are.
        case hours(OpeningHours.Source, [MinuteRange])
        /// Whether the appointment as a whole lies in open time: the open time that holds the start.
        case open(from: Instant, to: Instant)
        /// The appointment does not begin in open time.
        case closed
        /// The starts of the grid at or before and at or after the one asked for.
        case grid(before: Instant?, after: Instant?)
        /// The units that are needed and those that there are at all.
        case capacity(needed: Int, units: Int)
        /// The limit that leaves no room; `nil` when all do.
        case limits(BookingQuota.Exhausted?)
        /// Which claims of the calendar would meet the appointment or its buffers, as positions.
        case claims([Int])
        /// Which claims of the calendar are elsewhere and leave too little time for the way, as positions.
        case ways([Int])
        /// Whether useless time would be left beside it.
        case gaps
    }

    /// The provider's date; `nil` where a journey leaves none.
    let date: LocalDate?
    /// The zone in which the date is meant.
    let zone: Zone
    /// In the order in which a verdict asks.
    let findings: [Finding]

    /// Whether the start is offered.
    var isOffered: Bool { self.findings.allSatisfy(\.allows) }

    /// Looks at a start.
    ///
    /// - Parameters:
    ///   - start: Where the appointment would begin.
    ///   - calendar: A calendar with what ``SlotSearch/init(_:at:now:)`` asks for, or more.
    ///   - terms: What is to be booked.
    ///   - now: The instant that counts as now.
    init(at start: Instant, of calendar: ProviderCalendar, terms: EventTypeTerms, now: Instant) {
        let search = SlotSearch(terms, at: start, now: now)
        let micros = search.hull.start
        let timetable = Timetable(of: calendar, for: search)
        let day = calendar.days.day(at: micros)
        self.date = calendar.days.plan.dateIfAny(at: start)
        self.zone = calendar.days.plan.zone(at: start)

        var findings = [Finding(subject: .present, allows: start >= now)]
        let earliest = Instant(microseconds: SlotSweep.earliestStart(for: search))
        findings.append(Finding(subject: .notice(earliest: earliest), allows: start >= earliest))
        let bookable = terms.bookingWindow.days(today: calendar.days.today)
        findings.append(
            Finding(
                subject: .window(first: Self.date(bookable.first), last: Self.date(bookable.last)),
                allows: bookable.first <= day && day <= bookable.last))

        var hours: [MinuteRange] = []
        calendar.hours.read(day: day, into: &hours)
        findings.append(Finding(subject: .hours(calendar.hours.source(of: day), hours), allows: true))
        let isInRange = start >= .distantPast && start <= .distantFuture
        if let open = timetable.open(at: micros), isInRange {
            findings.append(
                Finding(
                    subject: .open(from: Instant(microseconds: open.start), to: Instant(microseconds: open.end)),
                    allows: micros + search.lengths.duration <= open.end))
        } else {
            findings.append(Finding(subject: .closed, allows: false))
        }
        findings.append(Self.grid(micros, timetable, search))
        findings.append(
            Finding(
                subject: .capacity(needed: search.lengths.units, units: calendar.capacity),
                allows: calendar.capacity >= search.lengths.units))
        let exhausted = calendar.quota?.exhausted(on: day)
        findings.append(Finding(subject: .limits(exhausted), allows: exhausted == nil))
        if calendar.capacity >= search.lengths.units {
            findings += Self.beside(micros, timetable, calendar, search)
        }
        self.findings = findings
    }

    private static func date(_ day: Int) -> LocalDate? {
        day == .min || day == .max ? nil : LocalDate(daysSinceEpoch: day)
    }

    private static func grid(_ start: Int64, _ timetable: Timetable, _ search: SlotSearch) -> Finding {
        let interval = search.lengths.interval
        return Finding(
            subject: .grid(
                before: timetable.lastStart(through: start, interval: interval).map(Instant.init(microseconds:)),
                after: timetable.firstStart(from: start, interval: interval).map(Instant.init(microseconds:))),
            allows: timetable.hasStart(at: start, interval: interval))
    }

    /// What is taken, and what would be left beside it.
    private static func beside(
        _ start: Int64, _ timetable: Timetable, _ calendar: ProviderCalendar, _ search: SlotSearch
    ) -> [Finding] {
        let closed = ClosedStarts(in: calendar, for: search)
        let still = calendar.withoutWays
        let isTaken = ClosedStarts(in: still, for: search).contains(start)
        let meeting = Self.meeting(start, still, search)
        var findings = [Finding(subject: .claims(meeting), allows: !isTaken)]
        if calendar.claims.contains(where: \.isElsewhere) {
            let tooFar = Self.meeting(start, calendar, search).filter { index in
                calendar.claims[index].isElsewhere && !(isTaken && meeting.contains(index))
            }
            findings.append(Finding(subject: .ways(tooFar), allows: tooFar.isEmpty))
        }
        if !closed.contains(start), let gaps = SlotGaps(timetable, closed, of: calendar, for: search) {
            findings.append(Finding(subject: .gaps, allows: !gaps.isLeft(by: start)))
        }
        return findings
    }

    /// The claims that an appointment would meet, each by itself, on a resource that has no more than the units needed.
    private static func meeting(_ start: Int64, _ calendar: ProviderCalendar, _ search: SlotSearch) -> [Int] {
        calendar.claims.indices.filter { index in
            let alone = ProviderCalendar(
                days: calendar.days, hours: calendar.hours, claims: [calendar.claims[index]],
                capacity: search.lengths.units)
            return ClosedStarts(in: alone, for: search).contains(start)
        }
    }
}

extension OpeningHours {
    /// What the hours of a date come from.
    enum Source: String, Sendable, Hashable, CaseIterable {
        /// The provider is away.
        case absence
        /// A date override.
        case dateOverride
        /// The weekly rules, cut by a holiday.
        case holiday
        /// The weekly rules.
        case weeklyRules
    }
}
