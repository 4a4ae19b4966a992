/// A plugin that the manifest switches on, with its settings.
public struct EnabledPlugin: Sendable {
    /// The plugin.
    public let id: PluginID
    /// Its settings as they stand in the manifest.
    public let settings: SettingsNode
    /// Where the plugin is named, for messages.
    public let position: SourcePosition?
    /// The settings that organizations may not choose for themselves.
    public let locked: [LockedSetting]

    /// Switches a plugin on.
    public init(
        _ id: PluginID, settings: SettingsNode = [:], at position: SourcePosition? = nil, locked: [LockedSetting] = []
    ) {
        self.id = id
        self.settings = settings
        self.position = position
        self.locked = locked
    }
}
