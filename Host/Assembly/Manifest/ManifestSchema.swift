public import AlmanacKernel
public import AlmanacStorage

/// The JSON Schema of manifests, for editors and other tools.
public enum ManifestSchema {
    /// The schema of manifests for a host with these plugins.
    ///
    /// - Parameters:
    ///   - plugins: The names of the linked plugins with the schemas of their settings.
    ///   - isPartial: Whether required keys may be missing, as in a manifest that extends another.
    /// - Returns: A JSON Schema document, dialect 2020-12.
    /// - Throws: Mistakes in the code that reads the manifest.
    public static func json(
        plugins: [(id: String, schema: SettingsSchema)], isPartial: Bool = false
    ) throws(Problems) -> JSON {
        try self.schema(plugins: plugins).json(title: "Almanac manifest", isPartial: isPartial)
    }

    /// What may stand in manifests for a host with these plugins.
    static func schema(plugins: [(id: String, schema: SettingsSchema)]) throws(Problems) -> SettingsSchema {
        var schema = try Manifest.schema()
        for index in schema.fields.indices where schema.fields[index].key == "plugins" {
            let sections = plugins.map { Self.section($0.id, $0.schema) }
            schema.fields[index].type = .group(SettingsSchema(fields: sections))
        }
        return schema
    }

    /// A plugin with the switch that every plugin has.
    private static func section(_ id: String, _ schema: SettingsSchema) -> SettingsField {
        let toggle = SettingsField(
            key: PluginSection.switchKey, about: "Whether the plugin runs; switched off it keeps its data",
            type: .boolean, presence: .defaulted(true))
        let lock = SettingsField(
            key: PluginSection.lockKey, about: "Settings that organizations may not choose for themselves",
            type: .list(.text(), count: 0...1_000), presence: .optional)
        let settings = SettingsSchema(fields: [toggle, lock] + schema.fields)
        let about = "Settings of the plugin \(id)"
        return SettingsField(key: id, about: about, type: .group(settings), presence: .optional)
    }
}
