/// How an object stands to whoever calls.
enum Relation: String, Sendable, CaseIterable {
    /// Belongs to the caller.
    case own
    /// Belongs to somebody else and is assigned to the caller: a booking in the caller's calendar.
    case assigned
    /// Belongs to somebody else of the caller's organization, or to nobody in particular.
    case peer
    /// Is in the other organization.
    case elsewhere
    /// Has never been.
    case missing
    /// The operation is about no object.
    case any
}
