internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// What the caller may do with a session now.
enum GroupSessionAction: String, Sendable, CaseIterable, Codable, APIValue {
    /// Take seats.
    case book
    /// Wait for seats, because there are none.
    case join
    case update
    case delete
    case schedule
    case reschedule
    case cancel
    case complete
}

/// A session as the API shows it.
struct GroupSessionView: Codable, Sendable, Versioned {
    /// Who gives it.
    struct Host: Codable, Sendable {
        let id: ID<Provider>
        let name: String
    }

    /// A room or a vehicle; which one it is, and how much of it, is for the staff.
    struct ResourceView: Codable, Sendable {
        let kind: ResourceKind
        let name: String
        let id: ID<Resource>?
        let units: Int?
    }

    let id: ID<GroupSession>
    let eventType: ID<EventType>
    let kind: GroupSessionKind
    let title: String
    let description: String?
    let status: GroupSessionStatus
    let start: Instant
    let end: Instant
    let timeZone: Zone
    let parts: [GroupSessionPartValue]
    let hosts: [Host]
    let resources: [ResourceView]
    let capacity: Int
    /// How many seats can be booked, held or waited for by nobody.
    let seatsLeft: Int
    /// What one seat costs.
    let price: Money
    let bookableFrom: Instant?
    /// The last instant at which customers can book it.
    let bookableUntil: Instant
    let version: Int
    let allowed: [GroupSessionAction]
}
