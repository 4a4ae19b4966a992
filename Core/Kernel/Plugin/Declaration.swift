public import AlmanacStorage

/// What is known of a plugin before it is made, and while it is switched off.
public struct Declaration: Sendable {
    /// The permanent name.
    public let id: PluginID
    /// The version, as in `1.4.0`.
    public let version: String
    /// What it is, in a sentence for operators.
    public let summary: String
    /// Plugins without which this one cannot work.
    public let needs: [PluginID]
    /// Plugins that this one uses when they are enabled.
    public let optional: [PluginID]
    /// The schema of its room; see ``AlmanacStorage/Migration``.
    public let migrations: [Migration]
    /// The events it may emit.
    public let events: [any DomainEvent.Type]
    /// What may be permitted, and to which roles it is permitted from the start.
    public let permissions: [PermissionDeclaration]
    /// Where it keeps data about people.
    public let personalData: [PersonalData]
    /// How long it keeps what.
    public let retention: [Retention]
    /// The columns of its room whose values are sealed; a rotation of keys seals them again.
    public let encryptedColumns: [EncryptedColumn]
    /// The plugin's migrations with its room.
    package let history: MigrationHistory

    /// Declares a plugin.
    public init(
        id: PluginID, version: String, summary: String, needs: [PluginID] = [], optional: [PluginID] = [],
        migrations: [Migration] = [], events: [any DomainEvent.Type] = [], permissions: [PermissionDeclaration] = [],
        personalData: [PersonalData] = [], retention: [Retention] = [], encryptedColumns: [EncryptedColumn] = []
    ) {
        self.id = id
        self.version = version
        self.summary = summary
        self.needs = needs
        self.optional = optional
        self.migrations = migrations
        self.events = events
        self.permissions = permissions
        self.personalData = personalData
        self.retention = retention
        self.encryptedColumns = encryptedColumns
        self.history = MigrationHistory(id.namespace, migrations)
    }
}
