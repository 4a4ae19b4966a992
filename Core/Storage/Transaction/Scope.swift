/// Whose rows a transaction may touch.
public enum Scope: Sendable, Hashable {
    /// Rows of one organization: what nearly every transaction works in.
    case organization(OrganizationID)
    /// Rows of every organization, for work of the platform itself.
    case system(SystemScope)

    /// The organization, unless the scope is the whole platform.
    public var organization: OrganizationID? {
        if case .organization(let id) = self { id } else { nil }
    }
}

/// The right to work across organizations: sign-in lookup, dispatching, migrations, retention.
///
/// Asking for it is deliberate and can be searched for; the reason appears in logs.
public struct SystemScope: Sendable, Hashable {
    /// Why the work must cross organizations.
    public let reason: String

    /// Asks for work across organizations.
    ///
    /// - Parameter reason: Why, in a few words.
    public init(_ reason: StaticString) {
        self.reason = "\(reason)"
    }
}
