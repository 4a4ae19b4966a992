internal import AlmanacStorage

/// What the organizations of a deployment may choose for one plugin, and what holds where they have not.
package struct SettingsSection: Sendable {
    /// The plugin.
    package let plugin: PluginID
    /// The key of the group in the plugin's settings.
    package let group: String
    /// The fields, in the order of their declaration.
    package let fields: [SettingsField]
    /// What the manifest says.
    package let base: SettingsNode
    /// The keys that the manifest has locked.
    package let locked: Set<String>
    private let locks: [LockedSetting]
    private let examine: @Sendable (SettingsNode) -> [Problem]

    init(
        plugin: PluginID, group: String, fields: [SettingsField], base: SettingsNode, locks: [LockedSetting],
        examine: @escaping @Sendable (SettingsNode) -> [Problem]
    ) {
        self.plugin = plugin
        self.group = group
        self.fields = fields
        self.base = base
        self.locked = Set(locks.map(\.name))
        self.locks = locks
        self.examine = examine
    }

    /// Where the manifest locks a key.
    package func position(ofLock key: String) -> SourcePosition? {
        self.locks.first { $0.name.utf8.elementsEqual(key.utf8) }?.position
    }

    /// The field with this key.
    package func field(_ key: String) -> SettingsField? { self.fields.first { $0.key.utf8.elementsEqual(key.utf8) } }

    /// The manifest's settings with choices laid over them; each choice stands at the place that messages name.
    func merged(_ choices: JSONObject) -> SettingsNode {
        var entries = self.base.entries ?? []
        for (key, value) in choices.members.map({ ($0.name, $0.value) }) {
            let place = SourcePosition(file: key)
            entries.removeAll { $0.hasKey(key) }
            entries.append(SettingsNode.Entry(key, at: place, SettingsNode(value, at: place)))
        }
        return SettingsNode(.mapping(entries), at: self.base.position)
    }

    /// What is wrong with choices.
    func problems(of choices: JSONObject) -> [Problem] { self.examine(self.merged(choices)) }

    /// The choices that count.
    ///
    /// What was chosen before the operator locked the key, or before the program wanted something else of it, is kept
    /// but does not count: the manifest's settings hold in its place.
    func counting(_ choices: JSONObject) -> JSONObject {
        let open = choices.members.filter { !self.locked.contains($0.name) && self.field($0.name) != nil }
        let all = JSONObject(open.map { ($0.name, $0.value) })
        if self.problems(of: all).isEmpty { return all }
        let sound = open.filter { self.problems(of: JSONObject([($0.name, $0.value)])).isEmpty }
        let rest = JSONObject(sound.map { ($0.name, $0.value) })
        return self.problems(of: rest).isEmpty ? rest : JSONObject([])
    }
}

extension SettingsNode {
    /// A value that came as JSON.
    init(_ json: JSON, at position: SourcePosition) {
        let kind: Kind =
            switch json {
            case .null: .null
            case .bool(let truth): .scalar(Scalar(truth ? "true" : "false"))
            case .number(let number): .scalar(Scalar(number.spelling))
            case .string(let text): .scalar(Scalar(text, isQuoted: true))
            case .array(let items): .sequence(items.map { SettingsNode($0, at: position) })
            case .object(let object):
                .mapping(object.members.map { Entry($0.name, at: position, SettingsNode($0.value, at: position)) })
            }
        self.init(kind, at: position)
    }
}
