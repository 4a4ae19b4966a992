/// A plugin's room in the database: a PostgreSQL schema and role, a table prefix on SQLite.
public struct Namespace: Sendable, Hashable, CustomStringConvertible {
    /// Lower-case letters, digits and underscores, beginning with a letter.
    public let name: String

    /// Names the room; a plugin's room carries the plugin's id.
    public init(_ name: StaticString) {
        self.name = "\(name)"
    }

    package init(verified name: String) {
        self.name = name
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.name }

    /// The kernel's own room.
    package static let kernel = Namespace("kernel")
}
