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
    /// What was answered to the questions of the event type, by their names.
    var answers: [String: JSON] = [:]
    /// Who attends it, of those who are named.
    var attendees: [AttendeeValue] = []

    /// Whose booking it is going to be.
    var ownership: Ownership {
        let partners = self.further.filter { $0.role == .host }.compactMap(\.person)
        return Ownership(owners: self.booker.owners, assignees: [self.provider.person] + partners)
    }
}
