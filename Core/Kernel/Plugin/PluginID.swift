public import AlmanacStorage

/// The permanent name of a plugin: lower-case letters, digits and hyphens, beginning with a letter.
public struct PluginID: Hashable, Sendable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name as it stands in the manifest.
    public let name: String

    /// Names a plugin; assembly refuses a name that is not well formed.
    public init(stringLiteral value: String) { self.name = value }

    /// Names a plugin by text from a manifest.
    public init(_ name: String) { self.name = name }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var description: String { self.name }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static func < (a: PluginID, b: PluginID) -> Bool { a.name < b.name }

    /// The plugin's room in the database: hyphens become underscores.
    public var namespace: Namespace {
        Namespace(verified: String(self.name.map { $0 == "-" ? "_" : $0 }))
    }

    var isWellFormed: Bool {
        guard let first = self.name.utf8.first, (0x61...0x7A).contains(first), self.name.utf8.count <= 40 else {
            return false
        }
        return self.name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension PluginID {
    /// Names the kernel where it stands for the owner of operations of its own.
    package static let kernel: PluginID = "kernel"
}
