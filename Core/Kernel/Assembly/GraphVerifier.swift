internal import AlmanacStorage

/// Checks that declarations are well formed and that what is bound agrees with them.
struct GraphVerifier {
    private let graph: Graph

    init(_ graph: Graph) { self.graph = graph }

    var problems: [Problem] {
        self.graph.plugins.flatMap { plugin in
            let declaration = plugin.declaration
            return (Self.forms(declaration) + self.duplicates(plugin)).map {
                Problem(place: "plugin \(declaration.id)", message: $0)
            }
                + plugin.contributions.items.flatMap { item in
                    item.problems(in: self.graph, owner: declaration).map {
                        Problem(place: "plugin \(declaration.id), \(item.label)", message: $0)
                    }
                }
        } + self.sharedNames
    }

    private static func forms(_ declaration: Declaration) -> [String] {
        var found: [String] = []
        if !declaration.id.isWellFormed {
            found.append("its id must be lower-case letters, digits and hyphens, beginning with a letter, at most 40")
        }
        for declared in declaration.permissions where !declared.permission.isWellFormed {
            found.append("the permission \(declared.permission) is not of the form resource:action")
        }
        for event in declaration.events where !event.wire.name.hasPrefix("\(declaration.id).") {
            found.append("the event \(event.wire) must be named \(declaration.id).something")
        }
        for column in declaration.encryptedColumns where column.table.namespace != declaration.id.namespace {
            found.append("the encrypted column \(column.label) is in another plugin's room")
        }
        let history = declaration.history
        found += history.problems
        return found + declaration.personalData.flatMap { $0.problems(in: history) }
            + declaration.retention.flatMap { $0.problems(in: history) }
    }

    private func duplicates(_ plugin: LoadedPlugin) -> [String] {
        var seen: Set<String> = []
        return plugin.contributions.items.map(\.label)
            .filter { !seen.insert($0).inserted }
            .map { "\($0) is contributed twice" }
    }

    /// Names that are shared by all plugins and must therefore be declared by one.
    private var sharedNames: [Problem] {
        var owners: [String: PluginID] = Dictionary(
            KernelPermissions.declarations.map { ("the permission \($0.permission)", "kernel") }
        ) { first, _ in first }
        var found: [Problem] = []
        for plugin in self.graph.plugins {
            let id = plugin.declaration.id
            let names =
                plugin.declaration.permissions.map { "the permission \($0.permission)" }
                + plugin.declaration.events.map { "the event \($0.wire)" }
            for name in names {
                if let other = owners.updateValue(id, forKey: name) {
                    found.append(
                        Problem(place: "plugin \(id)", message: "declares \(name), which \(other) declares too"))
                }
            }
        }
        return found
    }
}
