internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which an organization sees and changes what it may choose for itself.
enum SettingsEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        let (choices, organizations) = (runtime.choices, runtime.organizations)
        return [
            Endpoint.get(
                "/settings", self.list(choices, organizations),
                "Shows everything the organization may choose for itself."),
            Endpoint.get(
                "/settings/{plugin}", self.read(choices, organizations), "Shows what may be chosen for a plugin."),
            Endpoint.patch(
                "/settings/{plugin}", self.change(choices, organizations), "Changes what is chosen for a plugin."),
        ].map { $0.inProduct() }
    }

    /// What kind of control a form shows for a setting.
    enum SettingKind: String, Codable, Sendable, CaseIterable, APIValue {
        case text, integer, number, boolean, choice, list, other

        init(_ type: SettingType) {
            self =
                switch type {
                case .text: .text
                case .integer: .integer
                case .number: .number
                case .boolean: .boolean
                case .choice: .choice
                case .list(.text, _), .list(.choice, _): .list
                case .list, .either, .group, .map, .anything: .other
                }
        }
    }

    /// A place in a file of the operator's.
    struct ManifestPlace: Codable, Sendable {
        let file: String
        let line: Int

        init?(_ position: SourcePosition?) {
            guard let position else { return nil }
            self.file = position.file
            self.line = position.line
        }
    }

    /// One setting, with what a form needs to show it.
    struct SettingView: Codable, Sendable {
        let key: String
        let about: String
        let type: String
        let kind: SettingKind
        let minimum: JSON
        let maximum: JSON
        let choices: [String]?
        let value: JSON
        let builtIn: JSON
        let source: EffectiveSettings.Source
        let locked: Bool
        /// What holds when the organization chooses nothing.
        let fallback: JSON
        /// Where the manifest says or locks it: for whoever may see how the deployment is set up.
        let place: ManifestPlace?

        init(_ field: SettingsField, _ settings: EffectiveSettings, showsPlaces: Bool) {
            self.key = field.key
            self.about = field.about
            self.type = field.type.summary
            self.kind = SettingKind(field.type)
            self.minimum = field.minimum.map { field.type.json($0) } ?? .null
            self.maximum = field.maximum.map { field.type.json($0) } ?? .null
            self.choices = if case .choice(let names) = field.type { names } else { nil }
            self.value = settings.value(of: field)
            self.builtIn = settings.fallback(of: field)
            self.source = settings.source(of: field.key)
            self.locked = settings.section.locked.contains(field.key)
            let entry = settings.section.base.entry(field.key)
            self.fallback = entry.map { field.type.json($0.value) } ?? settings.fallback(of: field)
            let position = settings.section.position(ofLock: field.key) ?? entry?.value.position
            self.place = showsPlaces ? ManifestPlace(position) : nil
        }
    }

    /// The settings of one plugin.
    struct PluginSettingsView: Codable, Sendable, Versioned {
        let plugin: String
        let version: Int
        let settings: [SettingView]

        init(_ settings: EffectiveSettings, showsPlaces: Bool) {
            self.plugin = settings.section.plugin.name
            self.version = settings.version
            self.settings = settings.section.fields.map { SettingView($0, settings, showsPlaces: showsPlaces) }
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

    private static func list(
        _ choices: OrganizationChoices, _ organizations: Organizations
    ) -> Query<Nothing, AllSettings> {
        Query("kernel.settings.list", .permission(.manageSettings)) { _, call, tx in
            let showsPlaces = try organizations.showsDeployment(to: call, in: tx)
            return AllSettings(
                items: try choices.sections.compactMap { section in
                    try choices.stored(section.plugin, in: tx).map { PluginSettingsView($0, showsPlaces: showsPlaces) }
                })
        }
    }

    private static func read(
        _ choices: OrganizationChoices, _ organizations: Organizations
    ) -> Query<SettingsByPlugin, PluginSettingsView> {
        Query("kernel.settings.read", .permission(.manageSettings)) { input, call, tx in
            guard let settings = try choices.stored(PluginID(input.plugin), in: tx) else {
                throw Refusal.notFound("plugin with settings")
            }
            return PluginSettingsView(
                settings, showsPlaces: try organizations.showsDeployment(to: call, in: tx))
        }
    }

    private static func change(
        _ choices: OrganizationChoices, _ organizations: Organizations
    ) -> Command<ChangeSettings, PluginSettingsView> {
        Command("kernel.settings.change", .permission(.manageSettings)) { input, call, tx in
            let changes = JSONObject(input.settings.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            let settings = try choices.change(PluginID(input.plugin), changes, call, in: tx)
            return PluginSettingsView(
                settings, showsPlaces: try organizations.showsDeployment(to: call, in: tx.reading))
        }
    }
}

extension EffectiveSettings.Source: APIValue {}
