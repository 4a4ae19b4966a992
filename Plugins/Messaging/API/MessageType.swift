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
    /// A booking begins soon.
    case bookingReminder
}

/// As what somebody is told about a booking.
public enum MessageAudience: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
    /// Who takes it.
    case customer
    /// Who gives it.
    case provider
}
