public import AlmanacStorage

/// What a message is about.
public enum MessageType: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
    /// A booking was made and something about it is open.
    case bookingRequested
    /// A booking takes place.
    case bookingConfirmed
    /// A booking takes place at another time or with somebody else.
    case bookingRescheduled
    /// A booking does not take place, or no longer with its recipient.
    case bookingCancelled
    /// A booking that was asked for does not take place, because somebody said no or something could not be had.
    case bookingRejected
    /// A booking that was asked for does not take place, because nobody decided in time.
    case bookingExpired
    /// A booking has taken place.
    case bookingCompleted
    /// A booking has passed without its customer.
    case bookingMissed
    /// Several bookings were made as a series.
    case seriesBooked
    /// Several bookings of a series take place at other times.
    case seriesRescheduled
    /// Several bookings of a series do not take place.
    case seriesCancelled
    /// A booking begins soon.
    case bookingReminder
    /// An event of somebody's calendar begins soon that is no booking.
    case calendarReminder
    /// Something is kept for its recipient, who waits for it, until it goes to the next.
    case waitlistOffered
}

extension MessageType {
    /// As what somebody is told it.
    public var audiences: [MessageAudience] { self == .waitlistOffered ? [.customer] : MessageAudience.allCases }

    /// Whether it is about a booking, which has a number.
    public var isAboutBooking: Bool { self != .calendarReminder && self != .waitlistOffered }

    /// Whether it says that something does not take place.
    public var isEnd: Bool {
        switch self {
        case .bookingCancelled, .bookingRejected, .bookingExpired: true
        default: false
        }
    }
}

/// As what somebody is told about a booking.
public enum MessageAudience: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
    /// Who takes it.
    case customer
    /// Who gives it.
    case provider
}
