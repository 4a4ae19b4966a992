internal import AlmanacStorage

/// An iCalendar text of somebody else's (RFC 5545), read as far as it says when somebody is busy.
///
/// Text from anywhere is taken: reading never traps, takes time in proportion to the text, and refuses what is beyond
/// ``CalendarLimits``. Components and properties that say nothing about time are passed over.
public struct CalendarFile: Sendable {
    /// A component of which all that matters is its properties.
    typealias Component = [ICalendarProperty]

    /// One `VCALENDAR`: a text may hold several, each with zones of its own.
    struct Part: Sendable {
        /// The zone of times that float, where the calendar names one.
        var floating: String?
        var zones: [String: DescribedZone] = [:]
        var events: [Component] = []
        var busy: [Component] = []
    }

    let parts: [Part]
    let limits: CalendarLimits

    /// Reads a text.
    ///
    /// - Throws: ``CalendarFault``.
    public init(_ text: [UInt8], limits: CalendarLimits = CalendarLimits()) throws(CalendarFault) {
        guard text.count <= limits.bytes else { throw .tooLarge }
        var reader = CalendarFileReader(limits: limits)
        var lines = CalendarLines(text)
        while let line = lines.next() { try reader.read(line) }
        self.parts = try reader.finish()
        self.limits = limits
    }
}
