internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// An event type as the API shows it.
struct EventTypeView: Codable, Sendable, Versioned {
    let id: ID<EventType>
    let slug: String
    let name: String
    /// The name in all its languages, for those who may change it.
    let names: LocalizedText?
    let durationMinutes: Int
    let price: Money
    let bufferBeforeMinutes: Int
    let bufferAfterMinutes: Int
    let minimumNoticeMinutes: Int
    let bookingWindowDays: Int
    let slotIntervalMinutes: Int
    let bookableFrom: LocalDate?
    let bookableTo: LocalDate?
    let startOffsetMinutes: Int
    let minimumGapMinutes: Int
    let packing: Packing
    let limits: [BookingLimitValue]
    let providers: [ID<Provider>]
    let requiresApproval: Bool
    let approvalMinutes: Int?
    let policies: BookingPolicies?
    let allowsSeries: Bool
    let seriesOccurrences: Int?
    let allowsGuests: Bool?
    let hosting: HostingValue
    let requirements: [RequirementValue]
    let capacity: Int
    let place: PlaceValue?
    let version: Int

    init(_ entry: EventTypeEntry, _ call: Call, _ organization: Organization) {
        self.id = entry.id
        self.slug = entry.slug
        self.name = entry.name.resolved(for: call.languages, fallback: organization.locale)
        let isForStaff = call.principal.scope(of: .manageCatalog) != nil
        self.names = isForStaff ? entry.name : nil
        self.durationMinutes = entry.terms.durationMinutes
        self.price = entry.price
        self.bufferBeforeMinutes = entry.terms.bufferBeforeMinutes
        self.bufferAfterMinutes = entry.terms.bufferAfterMinutes
        self.minimumNoticeMinutes = entry.terms.minimumNoticeMinutes
        self.bookingWindowDays = entry.terms.bookingWindowDays
        self.slotIntervalMinutes = entry.terms.slotIntervalMinutes
        self.bookableFrom = entry.terms.placement.bookableFrom
        self.bookableTo = entry.terms.placement.bookableTo
        self.startOffsetMinutes = entry.terms.placement.startOffsetMinutes
        self.minimumGapMinutes = entry.terms.placement.minimumGapMinutes
        self.packing = entry.terms.placement.packing
        self.limits = entry.limits.map { BookingLimitValue($0) }
        self.providers = entry.providers
        self.requiresApproval = entry.rules.approvalMinutes != nil
        self.approvalMinutes = entry.rules.approvalMinutes
        self.policies = entry.rules.policies
        self.allowsSeries = entry.rules.allowsSeries
        self.seriesOccurrences = entry.rules.allowsSeries ? entry.rules.seriesOccurrences : nil
        self.allowsGuests = entry.rules.allowsGuests
        self.hosting = HostingValue(entry.assignment, of: entry.providers)
        self.requirements = entry.assignment.requirements.map { RequirementValue($0) }
        self.capacity = entry.assignment.capacity
        self.place = entry.place.map { PlaceValue($0, isForStaff: isForStaff) }
        self.version = entry.version
    }
}

/// A provider as everybody sees them.
struct ProviderView: Codable, Sendable, Versioned {
    let id: ID<Provider>
    let name: String
    let bio: String?
    let timeZone: Zone
    let attributes: [AttributeValue]
    let version: Int

    init(_ entry: ProviderEntry) {
        self.id = entry.id
        self.name = entry.name
        self.bio = entry.bio
        self.timeZone = entry.zone
        self.attributes = entry.attributes.sorted().map { AttributeValue($0) }
        self.version = entry.version
    }
}

/// The input of `GET /event-types/{id}`.
struct EventTypeByName: APIInput {
    let id: String

    static let constraints: [String: Constraint] = ["id": .text(1...63, "The id or the slug.")]
}

/// The input of `GET /providers/{id}`.
struct ProviderByID: APIInput {
    let id: ID<Provider>
}
