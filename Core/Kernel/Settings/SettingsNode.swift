/// A tree of settings as it was written, each part with its position.
///
/// The manifest's YAML becomes such a tree before any plugin sees it, so that plugins depend on no format. In tests and
/// in code it is written as a literal:
///
/// ```swift
/// let node: SettingsNode = ["slotMinutes": 20, "waitlist": ["enabled": true], "days": ["Mon", "Tue"]]
/// ```
///
/// Mappings keep their order and may hold a key twice; ``SettingsReader`` refuses that.
public struct SettingsNode: Sendable {
    /// What a node holds.
    public indirect enum Kind: Sendable, Equatable {
        /// Nothing: an empty value, `null` or `~`.
        case null
        /// One text, number or boolean.
        case scalar(Scalar)
        /// A list.
        case sequence([SettingsNode])
        /// Keys with values, in the order of writing.
        case mapping([Entry])
    }

    /// What the node holds.
    public let kind: Kind
    /// Where the node begins.
    public let position: SourcePosition

    /// Makes a node.
    ///
    /// - Parameters:
    ///   - kind: What it holds.
    ///   - position: Where it begins.
    public init(_ kind: Kind, at position: SourcePosition = .code) {
        self.kind = kind
        self.position = position
    }

    /// The scalar, if the node is one.
    public var scalar: Scalar? {
        guard case .scalar(let scalar) = self.kind else { return nil }
        return scalar
    }

    /// The entries, if the node is a mapping.
    public var entries: [Entry]? {
        guard case .mapping(let entries) = self.kind else { return nil }
        return entries
    }

    /// Whether the node holds nothing.
    public var isNull: Bool { self.kind == .null }

    /// Whether a reference in the node leads nowhere, which has been reported: what the node says means nothing then.
    public var isUnresolved: Bool {
        switch self.kind {
        case .null: false
        case .scalar(let scalar): scalar.origin == .unresolved
        case .sequence(let nodes): nodes.contains(where: \.isUnresolved)
        case .mapping(let entries): entries.contains(where: \.value.isUnresolved)
        }
    }

    /// The entry of a mapping whose key has exactly these bytes; the first where a key stands twice.
    ///
    /// - Parameter key: The key to look for.
    /// - Returns: The entry, or `nil` where there is none or the node is no mapping.
    public func entry(_ key: String) -> Entry? {
        self.entries?.first { $0.hasKey(key) }
    }
}

extension SettingsNode: Equatable {
    /// Whether both hold the same; positions do not count.
    public static func == (left: Self, right: Self) -> Bool { left.kind == right.kind }
}

extension SettingsNode: CustomStringConvertible {
    /// The tree on one line, in the notation of YAML's flow style; values from outside appear as their references.
    public var description: String {
        switch self.kind {
        case .null: "null"
        case .scalar(let scalar): scalar.description
        case .sequence(let nodes): "[" + nodes.map(\.description).joined(separator: ", ") + "]"
        case .mapping(let entries): "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }
}
