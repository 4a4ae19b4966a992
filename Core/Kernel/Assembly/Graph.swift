/// A plugin with everything it added.
public struct LoadedPlugin: Sendable {
    /// What it declared.
    public let declaration: Declaration
    /// What it bound to that.
    public let contributions: Contributions
}

/// Everything that was contributed, before it is frozen: what contributions check themselves against.
public struct Graph: Sendable {
    /// The enabled plugins, those that are needed before those that need them.
    public let plugins: [LoadedPlugin]
    /// The events that some enabled plugin declares.
    public let emittable: Set<WireName>
    /// The permissions that the kernel or some enabled plugin declares.
    public let permissions: Set<Permission>

    init(_ plugins: [LoadedPlugin]) {
        self.plugins = plugins
        self.emittable = Set(plugins.flatMap { $0.declaration.events.map { $0.wire } })
        let declared = plugins.flatMap(\.declaration.permissions) + KernelPermissions.declarations
        self.permissions = Set(declared.map(\.permission))
    }

    /// All contributions of one kind, with the plugin each comes from, in graph order.
    public func contributions<C: Contribution>(of type: C.Type = C.self) -> [(owner: PluginID, item: C)] {
        self.plugins.flatMap { plugin in plugin.contributions.all(C.self).map { (plugin.declaration.id, $0) } }
    }
}
