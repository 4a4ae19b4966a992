/// Something that may be permitted: `resource:action`.
public struct Permission: Hashable, Sendable, CustomStringConvertible {
    /// The name, as `bookings:create`.
    public let name: String

    /// Names a permission; assembly refuses one that no plugin declares.
    public init(_ name: StaticString) { self.name = "\(name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.name }

    var isWellFormed: Bool {
        let parts = self.name.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
            }
    }
}

/// How far a permission reaches.
public enum AccessScope: Int, Sendable, Comparable, CaseIterable {
    /// What belongs to the person: a customer's own bookings.
    case own
    /// What is assigned to the person as a provider: the bookings in their calendar. Includes what is their own.
    case assigned
    /// Everything in the organization.
    case organization

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: AccessScope, b: AccessScope) -> Bool { a.rawValue < b.rawValue }
}

/// A set of permissions under one name.
public struct Role: Hashable, Sendable, CustomStringConvertible {
    /// The permanent name.
    public let name: String

    /// Names a role.
    public init(_ name: String) { self.name = name }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.name }

    /// Runs the organization.
    public static let admin = Role("admin")
    /// Provides what is booked.
    public static let provider = Role("provider")
    /// Books.
    public static let customer = Role("customer")
    /// The roles that every organization has.
    public static let builtIn: [Role] = [.admin, .provider, .customer]
}

/// Declares a permission and the roles that have it from the start.
public struct PermissionDeclaration: Sendable {
    /// The permission.
    public let permission: Permission
    /// What it allows, in a sentence for administrators.
    public let summary: String
    /// How far it reaches for which role; a role that is not listed does not have it.
    public let roles: [Role: AccessScope]

    /// Declares a permission.
    public init(_ permission: Permission, _ summary: String, roles: [Role: AccessScope]) {
        self.permission = permission
        self.summary = summary
        self.roles = roles
    }
}

/// What one user may do: an immutable snapshot.
public struct Grants: Sendable, Equatable {
    private let scopes: [Permission: AccessScope]

    /// Nothing.
    public static let none = Grants([:])

    init(_ scopes: [Permission: AccessScope]) { self.scopes = scopes }

    /// How far `permission` reaches, or `nil` when it is not granted.
    public func scope(of permission: Permission) -> AccessScope? { self.scopes[permission] }

    /// The names of all granted permissions, sorted.
    public var names: [String] { self.scopes.keys.map(\.name).sorted() }

    /// Those of its permissions that meet a condition, as far as they reach.
    func filtered(_ isIncluded: (Permission) -> Bool) -> Grants {
        Grants(self.scopes.filter { isIncluded($0.key) })
    }

    /// Both together; where both grant a permission the wider scope counts.
    func union(_ other: Grants) -> Grants {
        Grants(self.scopes.merging(other.scopes) { max($0, $1) })
    }
}
