internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which an organization sees and changes what it may choose for itself.
enum SettingsEndpoints {
    static func all(_ choices: OrganizationChoices) -> [Endpoint] {
        [
            Endpoint.get("/settings", self.list(choices), "Shows everything the organization may choose for itself."),
            Endpoint.get("/settings/{plugin}", self.read(choices), "Shows what may be chosen for a plugin."),
            Endpoint.patch("/settings/{plugin}", self.change(choices), "Changes what is chosen for a plugin."),
        ].map { $0.inProduct() }
    }

    /// One setting, with what a form needs to show it.
    struct SettingView: Codable, Sendable {
        let key: String
        let about: String
        let type: String
        let minimum: JSON
        let maximum: JSON
        let choices: [String]?
        let value: JSON
        let builtIn: JSON
        let source: EffectiveSettings.Source
        let locked: Bool

        init(_ field: SettingsField, _ settings: EffectiveSettings) {
            self.key = field.key
            self.about = field.about
            self.type = field.type.summary
            self.minimum = field.minimum.map { field.type.json($0) } ?? .null
            self.maximum = field.maximum.map { field.type.json($0) } ?? .null
            self.choices = if case .choice(let names) = field.type { names } else { nil }
            self.value = settings.value(of: field)
            self.builtIn = settings.fallback(of: field)
            self.source = settings.source(of: field.key)
            self.locked = settings.section.locked.contains(field.key)
        }
    }

    /// The settings of one plugin.
    struct PluginSettingsView: Codable, Sendable, Versioned {
        let plugin: String
        let version: Int
        let settings: [SettingView]

        init(_ settings: EffectiveSettings) {
            self.plugin = settings.section.plugin.name
            self.version = settings.version
            self.settings = settings.section.fields.map { SettingView($0, settings) }
        }
    }

    struct AllSettings: Codable, Sendable {
        let items: [PluginSettingsView]
    }

    struct SettingsByPlugin: APIInput {
        let plugin: String

        static let constraints: [String: Constraint] = ["plugin": .text(1...40, "The name of the plugin.")]
    }

    struct ChangeSettings: APIInput {
        let plugin: String
        let settings: [String: JSON]

        static let constraints: [String: Constraint] = [
            "plugin": .text(1...40, "The name of the plugin."),
            "settings": .field("New values by key; `null` takes a choice back. What is not named stays as it is."),
        ]
    }

    private static func list(_ choices: OrganizationChoices) -> Query<Nothing, AllSettings> {
        Query("kernel.settings.list", .permission(.manageSettings)) { _, _, tx in
            AllSettings(
                items: try choices.sections.compactMap { section in
                    try choices.stored(section.plugin, in: tx).map { PluginSettingsView($0) }
                })
        }
    }

    private static func read(_ choices: OrganizationChoices) -> Query<SettingsByPlugin, PluginSettingsView> {
        Query("kernel.settings.read", .permission(.manageSettings)) { input, _, tx in
            guard let settings = try choices.stored(PluginID(input.plugin), in: tx) else {
                throw Refusal.notFound("plugin with settings")
            }
            return PluginSettingsView(settings)
        }
    }

    private static func change(_ choices: OrganizationChoices) -> Command<ChangeSettings, PluginSettingsView> {
        Command("kernel.settings.change", .permission(.manageSettings)) { input, call, tx in
            let changes = JSONObject(input.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            return PluginSettingsView(try choices.change(PluginID(input.plugin), changes, call, in: tx))
        }
    }
}

extension EffectiveSettings.Source: APIValue {}
