internal import AlmanacStorage

/// Why availability rules or the terms of an event type are refused.
enum AvailabilityFault: Error, Hashable, CustomStringConvertible {
    /// Hours end where they begin, or before.
    case endNotAfterStart(start: LocalTime, end: LocalTime)
    /// A rule stops applying before it begins.
    case validityReversed(from: LocalDate, to: LocalDate)
    /// A number of an event type is out of its range.
    case outOfRange(field: String, value: Int, least: Int, most: Int)
    /// A booking window closes before it opens.
    case windowReversed(from: LocalDate, to: LocalDate)

    /// A permanent name for programs.
    var code: String {
        switch self {
        case .endNotAfterStart: "end_not_after_start"
        case .validityReversed: "validity_reversed"
        case .outOfRange: "out_of_range"
        case .windowReversed: "booking_window_reversed"
        }
    }

    /// The field that has to change, as the terms or the rule call it.
    var field: String {
        switch self {
        case .endNotAfterStart: "end"
        case .validityReversed: "validTo"
        case .outOfRange(let field, _, _, _): field
        case .windowReversed: "bookingWindow"
        }
    }

    var description: String {
        switch self {
        case .endNotAfterStart(let start, let end):
            "The hours end at \(end), which is not after their start at \(start). "
                + "For hours past midnight use 24:00 here and a second entry from 00:00 on the next day."
        case .validityReversed(let from, let to):
            "The rule applies from \(from) to \(to), which is before. Swap the two dates or leave one out."
        case .outOfRange(let field, let value, let least, let most):
            "\(field) is \(value); it must be from \(least) to \(most)."
        case .windowReversed(let from, let to):
            "Booking opens for \(from) and ends with \(to), which is before. Swap the two dates or leave one out."
        }
    }
}
