internal import AlmanacStorage

extension SlotEngine {
    /// Whether now is the time to book a start, whoever is free then: neither past nor too soon nor too far ahead.
    ///
    /// - Parameters:
    ///   - start: Where the appointment begins.
    ///   - days: The dates of the provider's zone.
    ///   - terms: What is to be booked.
    ///   - now: The instant that counts as now.
    /// - Returns: `.free`, or the first reason why not.
    static func timing(of start: Instant, in days: DayTable, terms: EventTypeTerms, now: Instant) -> Verdict {
        if start < now { return .inPast }
        if start.microseconds < SlotSweep.earliestStart(for: SlotSearch(terms, at: start, now: now)) { return .tooSoon }
        let day = days.day(at: TimeSpan.bounded(start))
        let bookable = terms.bookingWindow.days(today: days.today)
        if day < bookable.first { return .beforeBookingWindow }
        return day > bookable.last ? .tooFar : .free
    }
}
