public import AlmanacStorage

/// Who calls.
public enum Principal: Sendable {
    /// Somebody who has not signed in.
    case anonymous
    /// Somebody who has.
    case user(SignedInUser)
    /// The platform itself: a command of the operator, a job, an import. It may do everything.
    case system(String)

    /// The user, if one has signed in.
    public var user: SignedInUser? { if case .user(let user) = self { user } else { nil } }

    /// Names the caller in audit entries and `created_by` columns: `user:ID`, `system:seed`, `anonymous`.
    public var name: String {
        switch self {
        case .anonymous: "anonymous"
        case .user(let user): "user:\(user.id)"
        case .system(let name): "system:\(name)"
        }
    }

    /// How far `permission` reaches for this caller, or `nil` when it is not granted.
    public func scope(of permission: Permission) -> AccessScope? {
        switch self {
        case .anonymous: nil
        case .user(let user): user.grants.scope(of: permission)
        case .system: .organization
        }
    }
}

/// A user as one request sees them: a snapshot.
public struct SignedInUser: Sendable, Equatable {
    /// The user.
    public let id: ID<User>
    /// The person the user is in this organization.
    public let person: ID<Person>
    /// The session, when the user signed in with one.
    public let session: ID<Session>?
    /// The API key, when a program acts for the user with one; then ``grants`` hold no more than the key may do.
    public let apiKey: ID<APIKey>?
    /// The roles in this organization.
    public let roles: [Role]
    /// What the user may do in this organization.
    public let grants: Grants

    /// Makes a snapshot.
    public init(
        id: ID<User>, person: ID<Person>, session: ID<Session>?, roles: [Role], grants: Grants,
        apiKey: ID<APIKey>? = nil
    ) {
        self.id = id
        self.person = person
        self.session = session
        self.roles = roles
        self.grants = grants
        self.apiKey = apiKey
    }
}
