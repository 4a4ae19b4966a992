internal import MessagingAPI

/// What stands in the texts of messages between double braces.
enum Placeholder: String, Sendable, CaseIterable {
    /// Who reads it.
    case recipient
    /// Who takes it.
    case customer
    /// Who gives it; where several give it together, all of them.
    case provider
    /// What was booked.
    case eventType
    /// Whose message it is.
    case organization
    /// What people call the booking.
    case number
    /// Date and time of the start.
    case start
    /// Date of the start.
    case date
    /// Time of the start.
    case time
    /// Time of the end.
    case endTime
    /// The zone of all of them.
    case timeZone
    /// How many bookings it is about.
    case count
    /// Where it takes place, on one line; left out where nothing was said about that.
    case place
    /// Date and time that were agreed before; only where a booking was moved.
    case previousStart
    /// Date and time until which an offer is kept; only where something is offered.
    case expiry
    /// Where customers look after a booking, or answer an offer; left out where the deployment has no pages.
    case link

    /// What a text of this type may hold for these readers.
    static func allowed(in type: MessageType, for audience: MessageAudience) -> [Placeholder] {
        self.allCases.filter { placeholder in
            switch placeholder {
            case .previousStart: type == .bookingRescheduled
            case .expiry: type == .waitlistOffered
            // Offers are for customers whatever the key says, and their built-in text is one for all.
            case .link: type.leavesChoice && (audience == .customer || type == .waitlistOffered)
            default: true
            }
        }
    }

    /// What the body of a text has to hold, where it is always shown: what and when, and until when it is offered.
    static func required(in type: MessageType) -> [Placeholder] {
        [.eventType, .start] + (type == .waitlistOffered ? [.expiry] : [])
    }
}

extension MessageType {
    /// Whether its recipient can still do something about what it tells: look at it, change or answer it.
    var leavesChoice: Bool {
        switch self {
        case .bookingRequested, .bookingConfirmed, .bookingRescheduled, .bookingReminder, .seriesBooked,
            .seriesRescheduled, .waitlistOffered:
            true
        case .bookingCancelled, .bookingRejected, .bookingExpired, .bookingCompleted, .bookingMissed,
            .seriesCancelled, .calendarReminder:
            false
        }
    }
}
