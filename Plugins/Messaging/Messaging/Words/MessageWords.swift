internal import MessagingAPI

/// What messages say in one language, with placeholders.
struct MessageWords: Sendable {
    /// One message: its subject, and its paragraphs between greeting and signature.
    struct Text: Sendable {
        let subject: String
        let paragraphs: [String]

        init(_ subject: String, _ paragraphs: String...) {
            self.subject = subject
            self.paragraphs = paragraphs
        }
    }

    /// One message as either side is told it.
    struct Pair: Sendable {
        let customer: Text
        let provider: Text

        init(customer: Text, provider: Text) {
            self.customer = customer
            self.provider = provider
        }

        /// A message that is told to one side only.
        init(_ text: Text) { self.init(customer: text, provider: text) }
    }

    let locale: String
    let greeting: String
    /// Where it takes place; nothing where nothing was said about that.
    let place: String
    /// What people call the booking.
    let number: String
    /// In which zone its times are meant.
    let times: String
    /// What stands before the link with which customers look after their booking.
    let manage: String

    let bookingRequested: Pair
    let bookingConfirmed: Pair
    let bookingRescheduled: Pair
    let bookingCancelled: Pair
    let bookingRejected: Pair
    let bookingExpired: Pair
    let bookingCompleted: Pair
    let bookingMissed: Pair
    let bookingReminder: Pair
    let seriesBooked: Pair
    let seriesRescheduled: Pair
    let seriesCancelled: Pair
    let calendarReminder: Pair
    let waitlistOffered: Pair

    /// The subject of a message.
    func subject(_ type: MessageType, _ audience: MessageAudience) -> String { self.text(type, audience).subject }

    /// All that stands in a message, by paragraphs.
    func paragraphs(_ type: MessageType, _ audience: MessageAudience) -> [String] {
        let closing = self.place + (type.isAboutBooking ? self.number : "") + self.times
        return [self.greeting] + self.text(type, audience).paragraphs + [closing, "{{organization}}"]
    }

    private func text(_ type: MessageType, _ audience: MessageAudience) -> Text {
        let pair = self.pair(type)
        return switch audience {
        case .customer: pair.customer
        case .provider: pair.provider
        }
    }

    private func pair(_ type: MessageType) -> Pair {
        switch type {
        case .bookingRequested: self.bookingRequested
        case .bookingConfirmed: self.bookingConfirmed
        case .bookingRescheduled: self.bookingRescheduled
        case .bookingCancelled: self.bookingCancelled
        case .bookingRejected: self.bookingRejected
        case .bookingExpired: self.bookingExpired
        case .bookingCompleted: self.bookingCompleted
        case .bookingMissed: self.bookingMissed
        case .bookingReminder: self.bookingReminder
        case .seriesBooked: self.seriesBooked
        case .seriesRescheduled: self.seriesRescheduled
        case .seriesCancelled: self.seriesCancelled
        case .calendarReminder: self.calendarReminder
        case .waitlistOffered: self.waitlistOffered
        }
    }
}
