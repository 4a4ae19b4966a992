public import AlmanacStorage

/// Things that can be followed live, each with a number that grows with every change of it.
///
/// ```swift
/// LiveTopic("messaging.inbox") { subjects, tx in … }
/// ```
/// Whoever changes such a thing counts in the same transaction and calls ``LiveUpdates/changed(_:)`` behind the commit:
/// that wakes those who follow it on this host. For those on other hosts, each host that has followers reads the
/// numbers of what they follow every half second, with one statement for some hundreds of them, however many follow.
public struct LiveTopic: Contribution {
    /// The permanent name, which begins with that of its plugin: `messaging.inbox`.
    public let name: String
    let changes: @Sendable ([LiveSubject], ReadTransaction) throws -> [LiveSubject: Int64]

    /// Describes a topic.
    ///
    /// - Parameters:
    ///   - name: The permanent name, which begins with that of its plugin.
    ///   - changes: Reads the numbers of subjects, of any organizations; of one that has never changed it may say
    ///     nothing. The transaction stands in the plugin's room.
    public init(
        _ name: String, changes: @escaping @Sendable ([LiveSubject], ReadTransaction) throws -> [LiveSubject: Int64]
    ) {
        self.name = name
        self.changes = changes
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "live topic \(self.name)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        let parts = self.name.split(separator: ".", omittingEmptySubsequences: false)
        var found: [String] = []
        if parts.count != 2 || parts[0] != owner.id.name || !PluginID(String(parts[parts.count - 1])).isWellFormed {
            found.append("its name must be \(owner.id).WORD, the word of lower-case letters, digits and hyphens")
        }
        if graph.contributions(of: LiveTopic.self).count(where: { $0.item.name == self.name }) > 1 {
            found.append("there are two of that name")
        }
        return found
    }
}
