internal import AlmanacStorage

/// How far a message is.
enum MessageState: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
    /// It is sent when its time has come.
    case waiting
    /// A host is sending it.
    case sending
    /// Somebody has taken it.
    case sent
    /// Nobody will take it.
    case failed
    /// It is not sent, for a reason.
    case suppressed
}

/// Why a message was not sent.
enum MessageReason: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
    /// What it tells of was undone before it was told.
    case undone
    /// Another message tells of it, or another time was agreed before it was told.
    case replaced
    /// The booking is not any more what the message says.
    case overtaken
    /// The recipient does not want it on this channel.
    case unwanted
    /// The recipient has no address for this channel.
    case noAddress
    /// The recipient was erased.
    case noRecipient
    /// The channel is not there, or has nowhere to send to.
    case channelUnavailable
    /// The provider will never take it.
    case refused
    /// It was tried too often, or until it told nobody anything any more.
    case exhausted
    /// It could not be made: a fault of the program, which the log explains.
    case unusable
}
