internal import AlmanacStorage
internal import BookingsAPI

/// The seats that a claim takes in a session.
///
/// Whoever books a seat claims the session's host and resources as everybody else in it does; all claims of a session
/// count as one. So the session ends with its last claim, whether that is cancelled, rejected or expires, and there is
/// nothing beside the claims that could disagree with them.
struct GroupSeats: Sendable, Hashable {
    let session: ID<GroupSession>
    /// The event type whose bookings may join it by its start; `nil` when the session was scheduled, so that it is
    /// booked by its name.
    let eventType: ID<EventType>?
    let seats: Int
}

/// What is asked of an event type whose sessions have several seats.
struct GroupTerms: Sendable, Hashable {
    let eventType: ID<EventType>
    /// How many seats a session has.
    let capacity: Int
    /// How many are wanted.
    let seats: Int

    /// How many seats sessions may have.
    static let capacities = 1...1_000
}

/// A session as its claims on one resource show it.
struct OpenSession: Sendable {
    let id: ID<GroupSession>
    let start: Instant
    let end: Instant
    /// Where it is.
    let place: Whereabouts?
    /// How many seats are taken.
    var taken: Int
}

extension TakenTime {
    /// The sessions of an event type that are on a resource, by start.
    ///
    /// - Parameters:
    ///   - resource: The resource of a host.
    ///   - eventType: The event type.
    ///   - now: The instant that counts as now: what has expired takes no seat.
    ///   - booking: A booking whose own seats are left out, because it is being moved.
    /// - Returns: Each session with the seats that are taken in it.
    func sessions(
        on resource: ID<Resource>, of eventType: ID<EventType>, at now: Instant, without booking: ID<Booking>?
    ) -> [OpenSession] {
        var found: [ID<GroupSession>: OpenSession] = [:]
        for claim in self.claims[resource] ?? [] where claim.span.isActive(at: now) {
            guard let group = claim.group, group.eventType == eventType else { continue }
            if let booking, claim.booking == booking { continue }
            let empty = OpenSession(
                id: group.session, start: claim.span.start, end: claim.span.end, place: claim.place, taken: 0)
            found[group.session, default: empty].taken += group.seats
        }
        return found.values.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
    }

    /// Whether a resource is taken by a session.
    func isTaken(_ resource: ID<Resource>, by session: ID<GroupSession>) -> Bool {
        self.claims[resource]?.contains { $0.group?.session == session } ?? false
    }
}
