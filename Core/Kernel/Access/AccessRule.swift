/// Permissions and how far they reach: one line of a role, or what a direct grant gives.
public struct AccessRule: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Which permissions.
    public let pattern: PermissionPattern
    /// How far they reach.
    public let scope: AccessScope

    /// Makes a rule.
    public init(_ pattern: PermissionPattern, _ scope: AccessScope) {
        self.pattern = pattern
        self.scope = scope
    }

    /// Whether it gives everything that `other` can ever give.
    func covers(_ other: AccessRule) -> Bool {
        self.pattern.covers(other.pattern) && self.scope >= other.scope
    }

    /// The rule in words: `bookings:read (assigned)`.
    public var description: String { "\(self.pattern) (\(self.scope.name))" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: AccessRule, b: AccessRule) -> Bool {
        a.pattern == b.pattern ? a.scope < b.scope : a.pattern < b.pattern
    }
}
