internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

/// What a booking is made of, once it is known that its time can be taken.
struct Agreement: Sendable {
    let organization: Organization
    let eventType: EventTypeEntry
    let provider: ProviderEntry
    /// What it takes besides the provider.
    let further: [BookedResource]
    let booker: Booker
    /// The name under which it is made.
    let name: String
    let start: Instant
    let end: Instant
    /// How many take part.
    let seats: Int
    let terms: AgreedTerms
    let notes: String?
    /// Where it takes place.
    var place: BookedPlace?
    /// The session of which it takes seats; `nil` when it takes a slot.
    var session: GroupSessionRow?
    /// What was answered to the questions of the event type, by their names.
    var answers: [String: JSON] = [:]
    /// Who attends it, of those who are named.
    var attendees: [AttendeeValue] = []

    /// What it is called.
    var title: LocalizedText { self.session?.title ?? self.eventType.name }

    /// The zone in which its start is meant.
    var zone: Zone { self.session?.zone ?? self.provider.zone(at: self.start) }

    /// What it costs; neither number can be large enough to overflow.
    func price() throws -> Money {
        guard let price = self.session?.price else { return try self.eventType.price(seats: self.seats) }
        return try Money(amount: price.amount * self.seats, currency: price.currency)
    }

    /// Whose booking it is going to be.
    var ownership: Ownership {
        let partners = self.further.filter { $0.role == .host }.compactMap(\.person)
        return Ownership(owners: self.booker.owners, assignees: [self.provider.person] + partners)
    }
}
