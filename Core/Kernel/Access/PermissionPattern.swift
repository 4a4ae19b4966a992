public import AlmanacStorage

/// One permission or several at once: `bookings:create`, `bookings:*`, `*:read` or `*:*`.
///
/// A star stands for every resource or every action that some plugin declares; it stands for no part of a name.
public struct PermissionPattern: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The resource, or a star.
    public let resource: String
    /// The action, or a star.
    public let action: String

    /// Every permission there is.
    public static let everything = PermissionPattern(resource: "*", action: "*")

    private init(resource: String, action: String) {
        self.resource = resource
        self.action = action
    }

    /// Reads a pattern; `nil` when it is not of the form `resource:action` with a star for either.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard text.utf8.count <= 120, parts.count == 2, parts.allSatisfy(Self.isPart) else { return nil }
        self.init(resource: String(Substring(parts[0])), action: String(Substring(parts[1])))
    }

    /// The pattern that means this permission alone.
    public init(_ permission: Permission) {
        let parts = permission.parts
        self.init(resource: parts.resource, action: parts.action)
    }

    private static func isPart(_ part: Substring.UTF8View) -> Bool {
        if part.elementsEqual("*".utf8) { return true }
        return !part.isEmpty && part.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D }
    }

    /// Whether it may mean more than one permission, those of plugins to come included.
    public var isWildcard: Bool { self.resource == "*" || self.action == "*" }

    /// The pattern and those that mean all that it means and more: `*:*`, and with a star for either half.
    var andBroader: Set<PermissionPattern> {
        let all = Self.everything
        return [
            self, all, Self(resource: self.resource, action: all.action),
            Self(resource: all.resource, action: self.action),
        ]
    }

    /// Whether it means everything that `other` can ever mean.
    public func covers(_ other: PermissionPattern) -> Bool {
        (self.resource == "*" || self.resource == other.resource)
            && (self.action == "*" || self.action == other.action)
    }

    /// The pattern as it is written.
    public var description: String { "\(self.resource):\(self.action)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: PermissionPattern, b: PermissionPattern) -> Bool { a.description < b.description }
}

extension Permission {
    /// The two halves of the name.
    var parts: (resource: String, action: String) {
        let parts = self.name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts.first.map { String($0) } ?? "", parts.count > 1 ? String(parts[1]) : "")
    }
}

extension PermissionPattern: ColumnValue {
    /// The pattern as text.
    public var sqlValue: SQLValue { .text(self.description) }

    /// Reads a column that holds a pattern.
    ///
    /// - Throws: An error when it holds something else.
    public init(column row: inout RowReader) throws {
        let text = try row.nextText()
        guard let pattern = Self(text) else { throw UnreadableRule(text) }
        self = pattern
    }
}

/// A stored rule is not one: somebody wrote past the kernel.
struct UnreadableRule: Error, CustomStringConvertible {
    private let text: String

    init(_ text: String) { self.text = text }

    var description: String { "\(self.text.prefix(200)) is no permission pattern or scope" }
}
