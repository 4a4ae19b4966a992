/// Why a calendar cannot be used as a whole.
///
/// A single event that cannot be understood is no fault of the calendar: it is counted, see
/// ``CalendarFile/Reading/unreadable``.
public enum CalendarFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text is no iCalendar object, as a page that asks to sign in.
    case notCalendar
    /// The text ends in the middle; what is missing might be the busy part.
    case cutOff
    /// Components end that have not begun, or stand too deep in one another.
    case malformed
    /// The text is too long.
    case tooLarge
    /// There are more events than anybody has.
    case tooManyEvents
    /// Events repeat more often than anybody can be busy.
    case tooManyOccurrences

    /// A permanent name for programs.
    public var code: String {
        switch self {
        case .notCalendar: "not_a_calendar"
        case .cutOff: "cut_off"
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .tooManyEvents: "too_many_events"
        case .tooManyOccurrences: "too_many_occurrences"
        }
    }

    /// What is wrong and what to do about it, for people.
    public var description: String {
        switch self {
        case .notCalendar: "what is there is no iCalendar text (RFC 5545): give the address of the calendar itself"
        case .cutOff: "the calendar ends in the middle: it was cut off on its way"
        case .malformed: "the calendar is not well-formed: its components do not end as they begin"
        case .tooLarge: "the calendar is too large: give one with fewer events or without attachments"
        case .tooManyEvents: "the calendar has too many events: give one with fewer"
        case .tooManyOccurrences: "the events of the calendar repeat too often: one of them must be a mistake"
        }
    }
}
