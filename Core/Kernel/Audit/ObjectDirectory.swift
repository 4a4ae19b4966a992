package import AlmanacStorage

/// Finds the names of what audit entries mention, as far as a caller may read them.
package struct ObjectDirectory: Sendable {
    /// What an entry mentions: somebody who acted, or what it was done to.
    package struct Mention: Sendable, Hashable {
        /// The kind of thing: `user`.
        package let type: String
        /// Its id as text.
        package let id: String

        /// Mentions a thing.
        package init(_ type: String, _ id: String) {
            self.type = type
            self.id = id
        }

        /// Somebody who acted, as ``Principal/name`` has them: `user:ID`; `nil` for those without an id.
        package init?(caller: String) {
            let parts = caller.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            self.init(String(parts[0]), String(parts[1]))
        }
    }

    private let sources: [(owner: PluginID, item: ObjectNames)]

    /// Asks the kernel and the plugins of a deployment.
    package init(_ graph: Graph) {
        self.sources =
            ObjectNames.kernel.map { (owner: PluginID("kernel"), item: $0) } + graph.contributions(of: ObjectNames.self)
    }

    /// The names of some things: one question a kind, however many there are.
    ///
    /// - Parameters:
    ///   - mentions: Which things, in any order, also more than once.
    ///   - call: Who asks.
    ///   - tx: The transaction.
    /// - Returns: The names. What the caller may not read, and what has no name, is left out.
    /// - Throws: What the database throws.
    package func names(
        of mentions: [Mention], for call: Call, in tx: ReadTransaction
    ) throws -> [Mention: String] {
        let wanted = Dictionary(grouping: Set(mentions), by: \.type)
        var names: [Mention: String] = [:]
        for source in self.sources {
            let isReadable = source.item.permission.map { call.principal.scope(of: $0) == .organization } ?? true
            let ids = (wanted[source.item.type] ?? []).compactMap { ID<ObjectNames>($0.id) }
            guard isReadable, !ids.isEmpty else { continue }
            for (id, name) in try source.item.find(ids.sorted(), tx.entering(source.owner.namespace))
            where !name.isEmpty {
                names[Mention(source.item.type, "\(id)")] = name
            }
        }
        return names
    }
}
