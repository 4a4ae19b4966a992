public import AlmanacStorage

/// A stretch of time in which the owner of a calendar is busy.
public struct BusyTime: Sendable, Hashable {
    /// What the event is called in every calendar (`UID`); empty where it has no name.
    public let uid: String
    /// Tells the stretch from all others of the calendar, and stays the same while the event does: the `UID`, and of a
    /// series which of its times it is; at most ``longestKey`` bytes.
    public let key: String
    /// Where it begins.
    public let start: Instant
    /// Where it ends; later than the start.
    public let end: Instant

    /// How many bytes a key has at most.
    public static let longestKey = 240

    /// Describes a stretch.
    public init(uid: String, key: String, start: Instant, end: Instant) {
        self.uid = uid
        self.key = key
        self.start = start
        self.end = end
    }
}

extension CalendarFile {
    /// What a calendar says about a stretch of time.
    public struct Reading: Sendable, Equatable {
        /// When its owner is busy, by beginning; the same key stands once.
        public var busy: [BusyTime] = []
        /// How many events said something that could not be understood, as a rule beyond RFC 5545: of a series then only
        /// the first time counts, and what has no beginning counts not at all.
        public var unreadable = 0

        /// Says nothing.
        public init() {}
    }

    /// When the owner of the calendar is busy between two instants.
    ///
    /// What is cancelled, or marked as free, takes no time; what is tentative does. Whole days are busy from midnight to
    /// midnight of `zone`, which also stands for times that name no zone, unless the calendar names one for them.
    /// Times that overlap are told apart, not joined.
    ///
    /// - Parameters:
    ///   - lower: The first instant; what reaches beyond it is told as a whole.
    ///   - upper: The first instant after the stretch.
    ///   - zone: Where the owner is.
    /// - Returns: The busy times.
    /// - Throws: ``CalendarFault`` `tooManyEvents` or `tooManyOccurrences`.
    public func reading(from lower: Instant, to upper: Instant, in zone: Zone) throws(CalendarFault) -> Reading {
        var expansion = BusyExpansion(from: lower, to: upper, limits: self.limits)
        for part in self.parts {
            let floating = part.floating.flatMap(CalendarZone.named) ?? zone
            var events: [CalendarEvent] = []
            events.reserveCapacity(part.events.count)
            for component in part.events {
                if let event = CalendarEvent(component, zones: part.zones, floating: floating) {
                    events.append(event)
                    if event.isPartlyUnreadable { expansion.reading.unreadable += 1 }
                } else {
                    expansion.reading.unreadable += 1
                }
            }
            try expansion.add(events)
            for component in part.busy { try expansion.add(component, zones: part.zones, floating: floating) }
        }
        return expansion.finish()
    }
}
