/// Collects what the organizations of a deployment may choose.
enum SettingsSections {
    /// The sections of the enabled plugins, and what is wrong with what the manifest locks.
    static func collect(
        _ graph: Graph, _ enabled: [EnabledPlugin], _ problems: inout [Problem]
    ) -> [SettingsSection] {
        var sections: [SettingsSection] = []
        for plugin in graph.plugins {
            guard let entry = enabled.first(where: { $0.id == plugin.declaration.id }) else { continue }
            let contributed = plugin.contributions.items.lazy.compactMap { $0 as? any AnyOrganizationSettings }.first
            // What is wrong with the schema is reported by the contribution itself.
            let fields = (try? contributed?.schema().fields) ?? []
            let locked = self.locked(entry, fields, &problems)
            guard let contributed else { continue }
            sections.append(
                SettingsSection(
                    plugin: plugin.declaration.id, group: contributed.group, fields: fields,
                    base: entry.settings.entry(contributed.group)?.value ?? [:], locks: locked,
                    examine: { contributed.examine($0) }))
        }
        return sections.sorted { $0.plugin < $1.plugin }
    }

    private static func locked(
        _ entry: EnabledPlugin, _ fields: [SettingsField], _ problems: inout [Problem]
    ) -> [LockedSetting] {
        var locked: [LockedSetting] = []
        for key in entry.locked {
            guard fields.contains(where: { $0.key.utf8.elementsEqual(key.name.utf8) }) else {
                let advice = Spelling.advice(for: key.name, among: fields.map(\.key))
                problems.append(
                    Problem(
                        at: key.position,
                        message: "plugins.\(entry.id).locked: organizations have no setting \(key.name) to choose",
                        advice: advice))
                continue
            }
            locked.append(key)
        }
        return locked
    }
}
