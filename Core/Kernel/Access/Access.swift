public import AlmanacStorage

/// What a command or query asks of its caller.
///
/// There is no default: an operation says what it needs, or says that it is public.
public enum Access: Sendable {
    /// Anybody, signed in or not.
    case everyone
    /// Anybody who is signed in.
    case signedIn
    /// Who has this permission, as far as it reaches: the operation decides by object with
    /// `require(_:on:)` or by list with `filter(_:)`, and fails when it does neither for a caller whose permission does
    /// not reach the whole organization.
    case permission(Permission)
}

/// Whose an object is: what ``AccessScope/own`` and ``AccessScope/assigned`` are measured by.
public struct Ownership: Sendable {
    /// The people to whom it belongs: the customer of a booking.
    public let owners: [ID<Person>]
    /// The people to whom it is assigned: the provider of a booking.
    public let assignees: [ID<Person>]

    /// Tells whose an object is.
    public init(owners: [ID<Person>] = [], assignees: [ID<Person>] = []) {
        self.owners = owners
        self.assignees = assignees
    }
}

/// Which rows of a list a caller may see.
public enum AccessFilter: Sendable, Equatable {
    /// All rows of the organization.
    case organization
    /// Rows that belong or are assigned to this person.
    case assigned(ID<Person>)
    /// Rows that belong to this person.
    case own(ID<Person>)
}
