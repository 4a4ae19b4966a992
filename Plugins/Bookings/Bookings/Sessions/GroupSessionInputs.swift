internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What a session may hold, the same in the API and in files.
enum GroupSessionLimits {
    static let title = 1...200
    static let description = 0...10_000
    static let parts = 1...60
    static let hosts = 1...20
    static let resources = 0...20
    /// How long one of its times may be, in minutes: 31 days.
    static let partMinutes = 1...44_640
    /// From the beginning of the first to the end of the last of its times, in days.
    static let mostDays = 366

    static let constraints: [String: Constraint] = [
        "eventType": .text(1...63, "The id or the slug of the event type, whose policies and buffers hold."),
        "kind": .field(default: "session", "A session of some hours, or a retreat of some days."),
        "title": .text(Self.title, "What customers read: a text, or one for each language."),
        "description": .text(Self.description, "What customers read: a text, or one for each language."),
        "parts": .items(Self.parts, "Its times, in order and apart: one, or several of one session."),
        "hosts": .items(Self.hosts, "Who gives it, the lead first."),
        "resources": .items(Self.resources, default: [], "Rooms and vehicles that it takes."),
        "capacity": .integer(GroupTerms.capacities, "How many seats it has."),
        "price": .integer(EventTypeLimits.price, "What one seat costs; as the event type has it, when left out."),
        "timeZone": .field("Where its times are meant; the organization's, when left out."),
        "bookableFrom": .field("From when on customers can book it; at once, when left out."),
        "minimumNoticeMinutes": .integer(
            EventTypeLimits.notice,
            "How long before its start customers can book at the latest; as the event type has it, when left out."),
    ]
}

/// One of the times of a session, on the wire.
struct GroupSessionPartValue: APIInput, Codable, Equatable {
    let start: Instant
    let end: Instant

    static let constraints: [String: Constraint] = [
        "end": .field("Whole minutes after the start, at most 31 days.")
    ]

    init(start: Instant, end: Instant) {
        self.start = start
        self.end = end
    }

    init(_ part: GroupSessionRow.Part) { self.init(start: part.start, end: part.end) }

    var part: GroupSessionRow.Part { GroupSessionRow.Part(start: self.start, end: self.end) }
}

/// A room or a vehicle that a session takes, on the wire.
struct GroupSessionResourceValue: APIInput, Codable, Equatable {
    let resource: ID<Resource>
    let units: Int

    static let constraints: [String: Constraint] = [
        "units": .integer(ResourceDraft.capacities, default: 1, "How much of its capacity is taken.")
    ]

    init(resource: ID<Resource>, units: Int) {
        self.resource = resource
        self.units = units
    }
}

/// The input of `POST /sessions`.
struct CreateGroupSession: APIInput {
    let eventType: String
    let kind: GroupSessionKind
    let title: LocalizedText
    let description: LocalizedText?
    let parts: [GroupSessionPartValue]
    let hosts: [ID<Provider>]
    let resources: [GroupSessionResourceValue]
    let capacity: Int
    let price: Money?
    let timeZone: Zone?
    let bookableFrom: Instant?
    let minimumNoticeMinutes: Int?
    let isDraft: Bool

    static let constraints = GroupSessionLimits.constraints.merging([
        "isDraft": .field(default: .bool(false), "Whether it is only planned: it takes no time and cannot be booked.")
    ]) { one, _ in one }

    var draft: GroupSessionDraft {
        GroupSessionDraft(
            kind: self.kind, title: self.title, description: self.description, parts: self.parts.map(\.part),
            hosts: self.hosts, resources: self.resources, capacity: self.capacity, price: self.price,
            zone: self.timeZone, bookableFrom: self.bookableFrom, noticeMinutes: self.minimumNoticeMinutes)
    }
}

/// The input of `PUT /sessions/{id}`: all of it is replaced, the event type apart.
struct ReplaceGroupSession: APIInput {
    let id: ID<GroupSession>
    let kind: GroupSessionKind
    let title: LocalizedText
    let description: LocalizedText?
    let parts: [GroupSessionPartValue]
    let hosts: [ID<Provider>]
    let resources: [GroupSessionResourceValue]
    let capacity: Int
    let price: Money?
    let timeZone: Zone?
    let bookableFrom: Instant?
    let minimumNoticeMinutes: Int?
    let reason: String?

    static let constraints = GroupSessionLimits.constraints.filter { $0.key != "eventType" }.merging([
        "reason": .text(0...1_000, "Kept in the history of the bookings that move with it.")
    ]) { one, _ in one }

    var draft: GroupSessionDraft {
        GroupSessionDraft(
            kind: self.kind, title: self.title, description: self.description, parts: self.parts.map(\.part),
            hosts: self.hosts, resources: self.resources, capacity: self.capacity, price: self.price,
            zone: self.timeZone, bookableFrom: self.bookableFrom, noticeMinutes: self.minimumNoticeMinutes)
    }
}

/// The input of `GET`, `DELETE`, `POST …/schedule` and `POST …/complete` of a session.
struct GroupSessionByID: APIInput {
    let id: ID<GroupSession>
}

/// The input of `POST /sessions/{id}/reschedule`.
struct RescheduleGroupSession: APIInput {
    let id: ID<GroupSession>
    let parts: [GroupSessionPartValue]
    let reason: String?

    static let constraints: [String: Constraint] = [
        "parts": .items(GroupSessionLimits.parts, "Its times from now on, in order and apart."),
        "reason": .text(0...1_000, "Kept in the history of its bookings."),
    ]
}

/// The input of `POST /sessions/{id}/cancel`.
struct CancelGroupSession: APIInput {
    let id: ID<GroupSession>
    let reason: String?

    static let constraints: [String: Constraint] = ["reason": .text(0...1_000, "Kept in the history of its bookings.")]
}

/// The input of `GET /sessions`.
struct ListGroupSessions: APIInput {
    let limit: Int
    let after: String?
    let eventType: String?
    let provider: ID<Provider>?
    let kind: GroupSessionKind?
    let status: GroupSessionStatus?
    let from: LocalDate?
    let to: LocalDate?
    let seats: Int?

    static let constraints: [String: Constraint] = [
        "limit": .pageLength, "after": .pageStart,
        "eventType": .text(1...63, "Only those of the event type with this id or slug."),
        "provider": .field("Only those that this provider gives."),
        "from": .field("Only what ends on this date or later, in the organization's zone; from now on, when left out."),
        "to": .field("Only what begins on this date or earlier, in the organization's zone."),
        "seats": .integer(GroupTerms.capacities, "Only where so many seats are left."),
    ]
}
