public import AlmanacKernel
public import AlmanacStorage

/// Something in somebody's calendar that is no booking: a meeting, a course of their own, a day at home.
public enum CalendarEvent {
    /// What a participant says.
    public enum Answer: String, Sendable, Hashable, CaseIterable, Codable, ColumnValue {
        /// Nothing yet.
        case needsAction
        /// They come.
        case accepted
        /// They do not come.
        case declined
        /// They may come.
        case tentative
    }
}

/// An event with the people behind it: what a plugin needs that tells people about it.
///
/// Title and place are personal data of its owner: they belong into what is shown and sent, not into events and logs.
public struct CalendarEventDetails: Sendable, Equatable {
    /// Somebody who takes part.
    public struct Participant: Sendable, Equatable {
        /// Who.
        public let person: ID<Person>
        /// What they say.
        public let answer: CalendarEvent.Answer

        /// Describes a participant.
        public init(person: ID<Person>, answer: CalendarEvent.Answer) {
            self.person = person
            self.answer = answer
        }
    }

    /// The event.
    public let id: ID<CalendarEvent>
    /// Whose it is.
    public let owner: ID<Person>
    /// What its owner calls it.
    public let title: String
    /// Where it is.
    public let place: String?
    /// Where it begins.
    public let start: Instant
    /// Where it ends.
    public let end: Instant
    /// In which zone it is meant.
    public let zone: Zone
    /// How many minutes before it people are reminded.
    public let reminders: [Int]
    /// Whether it does not take place.
    public let isCancelled: Bool
    /// Counts changes from 1.
    public let version: Int
    /// Who takes part, besides its owner.
    public let participants: [Participant]

    /// Describes an event.
    public init(
        id: ID<CalendarEvent>, owner: ID<Person>, title: String, place: String?, start: Instant, end: Instant,
        zone: Zone, reminders: [Int], isCancelled: Bool, version: Int, participants: [Participant]
    ) {
        self.id = id
        self.owner = owner
        self.title = title
        self.place = place
        self.start = start
        self.end = end
        self.zone = zone
        self.reminders = reminders
        self.isCancelled = isCancelled
        self.version = version
        self.participants = participants
    }

    /// Who is reminded: its owner, and those who have not said that they do not come.
    public var expected: [ID<Person>] {
        [self.owner] + self.participants.filter { $0.answer != .declined }.map(\.person)
    }
}

/// Finds calendar events for other plugins, in the caller's transaction.
public protocol CalendarEventLookup: Sendable {
    /// The event with this id, or `nil` when the organization has none.
    func details(of id: ID<CalendarEvent>, in tx: ReadTransaction) throws -> CalendarEventDetails?
}

extension ServiceKey where Service == any CalendarEventLookup {
    /// Finds calendar events.
    public static var calendarEventLookup: Self { Self("calendar-events", of: .bookings) }
}

/// A calendar event was made, changed, answered or called off.
public struct CalendarEventChanged: DomainEvent {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let wire = WireName("bookings.calendar-event-changed", version: 1)
    /// The event: what is told of it arrives in order.
    public var orderingKey: String? { self.event.description }

    /// The event.
    public let event: ID<CalendarEvent>
    /// Which state of it.
    public let version: Int

    /// Tells of a change.
    public init(event: ID<CalendarEvent>, version: Int) {
        self.event = event
        self.version = version
    }
}
