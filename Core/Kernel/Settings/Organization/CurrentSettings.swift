public import AlmanacStorage

/// What holds now of the settings that organizations choose for themselves.
public struct CurrentSettings<Settings: PluginSettings>: Sendable {
    private let plugin: PluginID
    private let choices: OrganizationChoices

    init(of plugin: PluginID, _ choices: OrganizationChoices) {
        self.plugin = plugin
        self.choices = choices
    }

    /// The settings of the organization in which a transaction works.
    ///
    /// From memory where they were read less than a second ago; else it costs one statement. What an organization has
    /// chosen counts only as far as the manifest allows and the type still takes it.
    ///
    /// - Throws: Storage errors; an error when the plugin does not contribute ``OrganizationSettings`` of this type.
    public func callAsFunction(in tx: ReadTransaction) throws -> Settings {
        guard let effective = try self.choices.current(self.plugin, in: tx) else {
            throw UndeclaredUse("\(self.plugin) asks for settings of organizations that it does not contribute")
        }
        return try Settings.read(effective.node)
    }
}

extension Kernel {
    /// The settings of a group that this plugin leaves to the organizations; see ``OrganizationSettings``.
    ///
    /// - Parameter type: The type that reads the group.
    /// - Returns: What answers inside transactions.
    public func organizationSettings<Settings: PluginSettings>(
        _ type: Settings.Type = Settings.self
    ) -> CurrentSettings<Settings> {
        CurrentSettings(of: P.declaration.id, self.core.choices)
    }
}
