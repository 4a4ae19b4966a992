internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI

extension LockKey {
    /// Held by whoever takes time on a resource, or makes sure that none is taken.
    static func resource(_ id: ID<Resource>) -> LockKey { LockKey("resource", id) }

    /// Held by whoever books for a person, or makes sure that nothing is booked for them.
    static func customer(_ id: ID<Person>) -> LockKey { LockKey("customer", id) }

    /// Held by whoever books an event type of which only so much may be booked.
    static func eventType(_ id: ID<EventType>) -> LockKey { LockKey("event-type", id) }

    /// Held by whoever has time kept without an account, of whom only so many may.
    static func guestHolds(of id: OrganizationID) -> LockKey { LockKey("guest-holds", id) }

    /// Held by whoever changes the catalog of an organization.
    static func catalog(_ id: OrganizationID) -> LockKey { LockKey("catalog", id) }

    /// Held by whoever changes a session or takes seats of it.
    static func session(_ id: ID<GroupSession>) -> LockKey { LockKey("session", id) }

    /// Held by whoever offers something of an event type to those who wait.
    static func waitlist(_ id: ID<EventType>) -> LockKey { LockKey("waitlist", id) }
}
