internal import AlmanacStorage

/// Hours of one date that replace everything the weekly rules say about it.
package struct DateOverride: Sendable, Hashable {
    /// Hours within the date, as in ``WeeklyRule``.
    struct Hours: Sendable, Hashable {
        /// Where the hours begin.
        var start: LocalTime
        /// Where the hours end; 24:00 is the end of the day.
        var end: LocalTime

        init(_ start: LocalTime, _ end: LocalTime) {
            self.start = start
            self.end = end
        }
    }

    /// The date in the provider's zone.
    var date: LocalDate
    /// The hours of that date in any order; empty when it is closed.
    ///
    /// Hours that overlap or touch count as one.
    var hours: [Hours]

    init(_ date: LocalDate, _ hours: [Hours]) {
        self.date = date
        self.hours = hours
    }

    /// Refuses hours that end where they begin or before.
    ///
    /// - Throws: The first fault, with the values that are at odds.
    func validate() throws(AvailabilityFault) {
        for hours in self.hours where hours.start >= hours.end {
            throw .endNotAfterStart(start: hours.start, end: hours.end)
        }
    }
}
