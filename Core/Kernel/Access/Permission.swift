public import AlmanacStorage

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

    /// The permanent name: `own`, `assigned` or `organization`.
    public var name: String {
        switch self {
        case .own: "own"
        case .assigned: "assigned"
        case .organization: "organization"
        }
    }

    /// The scope of this name, or `nil` when there is none.
    public init?(named name: String) {
        guard let found = Self.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        self = found
    }
}

extension AccessScope: ColumnValue {
    /// The name as text.
    public var sqlValue: SQLValue { .text(self.name) }

    /// Reads a column that holds a name.
    ///
    /// - Throws: An error when it holds something else.
    public init(column row: inout RowReader) throws {
        let text = try row.nextText()
        guard let scope = Self(named: text) else { throw UnreadableRule(text) }
        self = scope
    }
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

    /// Whether the name is lower-case letters, digits and hyphens, beginning with a letter, at most 40.
    public var isWellFormed: Bool {
        guard let first = self.name.utf8.first, (0x61...0x7A).contains(first), self.name.utf8.count <= 40 else {
            return false
        }
        return self.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    /// Whether every organization has it.
    var isBuiltIn: Bool { Self.builtIn.contains(self) }
}
