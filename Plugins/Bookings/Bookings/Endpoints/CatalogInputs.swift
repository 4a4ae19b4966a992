internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What an event type may hold, the same in the API and in files.
enum EventTypeLimits {
    static let duration = 5...1_440
    static let price = 0...100_000_000
    static let buffer = 0...1_440
    static let notice = 0...525_600
    static let window = 1...730
    static let interval = 5...1_440
    static let approval = 1...43_200
    static let series = 1...366
    /// Code points of a name.
    static let name = 1...200

    static let constraints: [String: Constraint] = Self.timing.merging([
        "slug": .field("Permanent short name, unique in the organization."),
        "name": .text(Self.name, "What customers read: a text, or one for each language."),
        "price": .integer(Self.price),
        "durationMinutes": .integer(Self.duration, "How long it takes."),
        "bufferBeforeMinutes": .integer(Self.buffer, default: 0, "Time kept free before it."),
        "bufferAfterMinutes": .integer(Self.buffer, default: 0, "Time kept free after it."),
        "minimumNoticeMinutes": .integer(Self.notice, "How long before the start one can book at the latest."),
        "bookingWindowDays": .integer(Self.window, "How many days ahead one can book."),
        "slotIntervalMinutes": .integer(Self.interval, "Distance between starts; the duration, when left out."),
        "providers": .items(0...200, "Who gives it, the preferred first."),
        "requiresApproval": .field(
            default: .bool(false),
            "Whether bookings wait until somebody approves them, who is not needed for their own."),
        "approvalMinutes": .integer(
            Self.approval, "Within how many minutes bookings must be approved; else they lapse."),
        "policies": .field("What changes cost customers; as the organization has it, when left out."),
        "place": .field("Where it takes place; nothing is said about that, when left out."),
        "allowsSeries": .field(default: .bool(true), "Whether it may be booked as a series."),
        "seriesOccurrences": .integer(
            Self.series, "How many occurrences a series may have; as the organization has it, when left out."),
        "allowsGuests": .field(
            "Whether people without an account may book it; as the organization has it, when left out."),
        "hosting": .field("How the hosts of a booking are found among them."),
        "capacity": .integer(
            GroupTerms.capacities, default: 1, "How many seats a session has, which bookings of one start share."),
        "requirements": .items(
            0...ResourceRequirement.counts.upperBound, default: [],
            "What a booking takes besides, each of it another one."),
    ]) { timing, _ in timing }
}

/// The input of `POST /event-types`.
struct CreateEventType: APIInput {
    let slug: Slug
    let name: LocalizedText
    let durationMinutes: Int
    let price: Money
    let bufferBeforeMinutes: Int
    let bufferAfterMinutes: Int
    let minimumNoticeMinutes: Int?
    let bookingWindowDays: Int?
    let slotIntervalMinutes: Int?
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
    let hosting: HostingValue?
    let requirements: [RequirementValue]
    let capacity: Int
    let place: PlaceValue?

    static let constraints = EventTypeLimits.constraints

    var draft: EventTypeDraft {
        var faults: [Refusal.Field] = []
        var assignment = AssignmentRules(self.hosting, self.requirements, of: self.providers, &faults)
        assignment.capacity = self.capacity
        return EventTypeDraft(
            slug: self.slug, name: self.name, price: self.price, durationMinutes: self.durationMinutes,
            bufferBeforeMinutes: self.bufferBeforeMinutes, bufferAfterMinutes: self.bufferAfterMinutes,
            minimumNoticeMinutes: self.minimumNoticeMinutes, bookingWindowDays: self.bookingWindowDays,
            slotIntervalMinutes: self.slotIntervalMinutes, providers: self.providers, placement: self.placement,
            limits: self.limits.map(\.limit),
            rules: EventTypeRulesDraft(
                requiresApproval: self.requiresApproval, approvalMinutes: self.approvalMinutes,
                policies: self.policies, allowsGuests: self.allowsGuests, allowsSeries: self.allowsSeries,
                seriesOccurrences: self.seriesOccurrences),
            assignment: assignment, place: PlaceDraft(terms: self.place?.terms), faults: faults)
    }

    private var placement: PlacementTerms {
        PlacementTerms(
            bookableFrom: self.bookableFrom, bookableTo: self.bookableTo, startOffsetMinutes: self.startOffsetMinutes,
            minimumGapMinutes: self.minimumGapMinutes, packing: self.packing)
    }
}

/// The input of `PUT /event-types/{id}`: all of it is replaced.
struct ReplaceEventType: APIInput {
    let id: ID<EventType>
    let slug: Slug
    let name: LocalizedText
    let durationMinutes: Int
    let price: Money
    let bufferBeforeMinutes: Int
    let bufferAfterMinutes: Int
    let minimumNoticeMinutes: Int?
    let bookingWindowDays: Int?
    let slotIntervalMinutes: Int?
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
    let hosting: HostingValue?
    let requirements: [RequirementValue]
    let capacity: Int
    let place: PlaceValue?

    static let constraints = EventTypeLimits.constraints

    var draft: EventTypeDraft {
        var faults: [Refusal.Field] = []
        var assignment = AssignmentRules(self.hosting, self.requirements, of: self.providers, &faults)
        assignment.capacity = self.capacity
        return EventTypeDraft(
            slug: self.slug, name: self.name, price: self.price, durationMinutes: self.durationMinutes,
            bufferBeforeMinutes: self.bufferBeforeMinutes, bufferAfterMinutes: self.bufferAfterMinutes,
            minimumNoticeMinutes: self.minimumNoticeMinutes, bookingWindowDays: self.bookingWindowDays,
            slotIntervalMinutes: self.slotIntervalMinutes, providers: self.providers, placement: self.placement,
            limits: self.limits.map(\.limit),
            rules: EventTypeRulesDraft(
                requiresApproval: self.requiresApproval, approvalMinutes: self.approvalMinutes,
                policies: self.policies, allowsGuests: self.allowsGuests, allowsSeries: self.allowsSeries,
                seriesOccurrences: self.seriesOccurrences),
            assignment: assignment, place: PlaceDraft(terms: self.place?.terms), faults: faults)
    }

    private var placement: PlacementTerms {
        PlacementTerms(
            bookableFrom: self.bookableFrom, bookableTo: self.bookableTo, startOffsetMinutes: self.startOffsetMinutes,
            minimumGapMinutes: self.minimumGapMinutes, packing: self.packing)
    }
}

/// The input of `DELETE /event-types/{id}`.
struct ArchiveEventType: APIInput {
    let id: ID<EventType>
}

/// The input of `POST /providers`.
struct CreateProvider: APIInput {
    let person: ID<Person>?
    let givenName: String?
    let familyName: String?
    let email: EmailAddress?
    let phone: PhoneNumber?
    let bio: String?
    let timeZone: Zone?

    static let constraints: [String: Constraint] = [
        "person": .field("Somebody known already; leave names, e-mail and phone out then."),
        "givenName": .text(0...200), "familyName": .text(0...200), "bio": .text(0...4_000, "For customers."),
        "timeZone": .field("Where working hours are meant; the organization's, when left out."),
    ]
}

/// The input of `PUT /providers/{id}`: all of it is replaced.
struct ReplaceProvider: APIInput {
    let id: ID<Provider>
    let name: String
    let bio: String?
    let timeZone: Zone?

    static let constraints: [String: Constraint] = [
        "name": .text(1...200, "The name that customers see."), "bio": .text(0...4_000, "For customers."),
        "timeZone": .field("Where working hours are meant; the organization's, when left out."),
    ]
}
