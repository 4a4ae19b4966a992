public import AlmanacStorage

/// Who calls.
public enum Principal: Sendable {
    /// Somebody who has not signed in.
    case anonymous
    /// Somebody who has.
    case user(SignedInUser)
    /// Somebody who has not, and shows a pass to some objects.
    case guest(Guest)
    /// The platform itself: a command of the operator, a job, an import. It may do everything.
    case system(String)

    /// The user, if one has signed in.
    public var user: SignedInUser? { if case .user(let user) = self { user } else { nil } }

    /// The person who calls, if one is known.
    public var person: ID<Person>? {
        switch self {
        case .user(let user): user.person
        case .guest(let guest): guest.person
        case .anonymous, .system: nil
        }
    }

    /// The guest, if one shows a pass.
    public var guest: Guest? { if case .guest(let guest) = self { guest } else { nil } }

    /// Names whoever acts, in audit entries and `created_by` columns: `user:ID`, `guest:PERSON`,
    /// `system:seed`, `anonymous`.
    ///
    /// Of an administrator who works as another user it is the administrator's; see ``onBehalfOf``.
    public var name: String {
        switch self {
        case .anonymous: "anonymous"
        case .user(let user): "user:\(user.impersonator ?? user.id)"
        case .guest(let guest): "guest:\(guest.person)"
        case .system(let name): "system:\(name)"
        }
    }

    /// Names the user as whom the caller works, when that is somebody else: `user:ID`.
    public var onBehalfOf: String? {
        guard case .user(let user) = self, user.impersonator != nil else { return nil }
        return "user:\(user.id)"
    }

    /// Names who acts and as whom: what is kept for one must not be shown to the other.
    var identity: String { self.onBehalfOf.map { "\(self.name) as \($0)" } ?? self.name }

    /// How far `permission` reaches for this caller, or `nil` when it is not granted.
    public func scope(of permission: Permission) -> AccessScope? {
        switch self {
        case .anonymous: nil
        case .user(let user): user.grants.scope(of: permission)
        case .guest(let guest): guest.permissions.contains(permission) ? .own : nil
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
    /// The administrator who works as this user, when one does.
    public let impersonator: ID<User>?

    /// Makes a snapshot.
    public init(
        id: ID<User>, person: ID<Person>, session: ID<Session>?, roles: [Role], grants: Grants,
        impersonator: ID<User>? = nil, apiKey: ID<APIKey>? = nil
    ) {
        self.id = id
        self.person = person
        self.session = session
        self.roles = roles
        self.grants = grants
        self.impersonator = impersonator
        self.apiKey = apiKey
    }

    /// The same user with what is still granted at an instant.
    func at(_ now: Instant) -> SignedInUser {
        SignedInUser(
            id: self.id, person: self.person, session: self.session, roles: self.roles, grants: self.grants.at(now),
            impersonator: self.impersonator, apiKey: self.apiKey)
    }
}
