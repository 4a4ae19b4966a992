internal import AlmanacStorage

/// Answers which starts of a provider are free; offers and bookings ask the same code.
///
/// Pure functions over integers: no clock, no storage, no zone data of their own. They never trap, whatever the
/// values. For any calendar, `verdict` is `.free` exactly for the starts that `slots` offers.
package enum SlotEngine {
    /// The free appointments of a calendar whose start a search asks for.
    ///
    /// - Returns: In the order of their starts, no start twice.
    package static func slots(of calendar: ProviderCalendar, for search: SlotSearch) -> [Slot] {
        guard !search.starts.isEmpty, calendar.capacity >= search.lengths.units else { return [] }
        var sweep = SlotSweep(
            timetable: Timetable(of: calendar, for: search), closed: ClosedStarts(in: calendar, for: search),
            calendar: calendar, search: search)
        sweep.run()
        return sweep.slots
    }

    /// Whether one start can be booked, and if not, why.
    ///
    /// Asked inside the transaction that then inserts the claims, with claims read under the resource's lock.
    ///
    /// - Parameters:
    ///   - start: Where the appointment would begin.
    ///   - calendar: A calendar with what ``SlotSearch/init(_:at:now:)`` asks for, or more.
    ///   - terms: What is to be booked.
    ///   - now: The instant that counts as now.
    /// - Returns: `.free`, or the first reason in the order of ``Verdict``'s cases.
    static func verdict(
        at start: Instant, of calendar: ProviderCalendar, terms: EventTypeTerms, now: Instant
    ) -> Verdict {
        let search = SlotSearch(terms, at: start, now: now)
        if start < now { return .inPast }
        if start.microseconds < SlotSweep.earliestStart(for: search) { return .tooSoon }
        guard start >= .distantPast, start <= .distantFuture else { return .closed }
        let micros = search.hull.start
        let day = calendar.days.day(at: micros)
        let bookable = terms.bookingWindow.days(today: calendar.days.today)
        if day < bookable.first { return .beforeBookingWindow }
        if day > bookable.last { return .tooFar }

        let timetable = Timetable(of: calendar, for: search)
        let appointment = TimeSpan(start: micros, end: micros + search.lengths.duration)
        guard timetable.open.contains(where: { $0.start <= appointment.start && appointment.end <= $0.end }) else {
            return .closed
        }
        guard timetable.hasStart(at: micros, interval: search.lengths.interval) else { return .offGrid }
        guard calendar.capacity >= search.lengths.units else { return .overCapacity }
        if calendar.quota?.exhausted(on: day) != nil { return .limitReached }
        let closed = ClosedStarts(in: calendar, for: search)
        if closed.contains(micros) { return Self.obstacle(at: micros, of: calendar, search) }
        let gaps = SlotGaps(timetable, closed, of: calendar, for: search)
        return gaps?.isLeft(by: micros) ?? false ? .leavesGap : .free
    }

    /// Why a start is closed that lies within the hours.
    private static func obstacle(at start: Int64, of calendar: ProviderCalendar, _ search: SlotSearch) -> Verdict {
        let still = calendar.claims.contains(where: \.isElsewhere) ? calendar.withoutWays : calendar
        if ClosedStarts(in: still, for: search, kind: .exclusive).contains(start) { return .taken }
        return ClosedStarts(in: still, for: search).contains(start) ? .blocked : .onTheWay
    }

    /// The free appointments closest to an instant, to offer instead of one that is taken.
    ///
    /// - Parameters:
    ///   - start: The instant that was asked for.
    ///   - count: How many to return at most.
    ///   - calendar: A calendar with what `search` asks for.
    ///   - search: How far to look, as ``SlotSearch/init(_:around:days:now:)``.
    /// - Returns: In the order of their starts. Of two that are equally far away the earlier one is preferred.
    static func nearest(
        to start: Instant, count: Int, of calendar: ProviderCalendar, for search: SlotSearch
    ) -> [Slot] {
        self.nearest(to: start, count: count, among: self.slots(of: calendar, for: search))
    }

    /// Those of some slots, in the order of their starts, that are closest to an instant.
    static func nearest(to start: Instant, count: Int, among free: [Slot]) -> [Slot] {
        let target = TimeSpan.bounded(start)
        var last = free.firstIndex { $0.start.microseconds >= target } ?? free.count
        var first = last
        while last - first < count {
            let before = first > 0 ? target - free[first - 1].start.microseconds : .max
            let after = last < free.count ? free[last].start.microseconds - target : .max
            guard min(before, after) < .max else { break }
            if before <= after { first -= 1 } else { last += 1 }
        }
        return Array(free[first..<last])
    }
}
