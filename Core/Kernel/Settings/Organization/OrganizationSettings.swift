internal import AlmanacStorage

/// Settings of a plugin that each organization may choose for itself.
///
/// They are one group of the plugin's own ``Plugin/Settings``: what the manifest says there holds for every
/// organization of the deployment that has chosen nothing, and its key `locked` takes the choice away.
///
/// ```swift
/// var contributions: Contributions {
///     OrganizationSettings(Settings.Defaults.self, in: "defaults")
/// }
/// ```
/// What holds now is asked for with ``Kernel/organizationSettings(_:)``. A plugin has one such group, whose fields are
/// plain values without secrets, and all of which may be left out.
public struct OrganizationSettings<Settings: PluginSettings>: Contribution {
    /// The key of the group in the plugin's settings.
    public let group: String

    /// Opens a group to the organizations.
    ///
    /// - Parameters:
    ///   - type: The type that reads the group.
    ///   - group: The key of the group in the plugin's settings.
    public init(_ type: Settings.Type = Settings.self, in group: StaticString) { self.group = "\(group)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "settings of organizations" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        let fields: [SettingsField]
        do {
            fields = try Settings.schema().fields
        } catch {
            return error.all.map(\.description)
        }
        return fields.compactMap { field in
            if field.isSecret { return "\(field.key) is a secret, which only the manifest may name" }
            if field.presence == .required {
                return "\(field.key) must be given, but organizations choose nothing at first"
            }
            return field.type.isPlain && field.variants.isEmpty ? nil : "\(field.key) is no plain value"
        }
    }
}

/// Settings of organizations, whatever their type.
protocol AnyOrganizationSettings: Contribution {
    var group: String { get }
    func schema() throws(Problems) -> SettingsSchema
    func examine(_ node: SettingsNode) -> [Problem]
}

extension OrganizationSettings: AnyOrganizationSettings {
    func schema() throws(Problems) -> SettingsSchema { try Settings.schema() }
    func examine(_ node: SettingsNode) -> [Problem] { Settings.examine(node).problems }
}

extension SettingType {
    /// Whether it is a text, a number, a truth value, or a list of those.
    var isPlain: Bool {
        switch self {
        case .text, .integer, .number, .boolean, .choice: true
        case .list(let element, _): element.isPlain
        case .either(let types): types.allSatisfy(\.isPlain)
        case .group, .map, .anything: false
        }
    }

    /// Whether a value that came as JSON is of the kind that this type is written in.
    func admits(_ json: JSON) -> Bool {
        switch (self, json) {
        case (.text, .string), (.choice, .string), (.integer, .number), (.number, .number), (.boolean, .bool): true
        case (.list(let element, _), .array(let items)): items.allSatisfy { element.admits($0) }
        case (.either(let types), _): types.contains { $0.admits(json) }
        default: false
        }
    }
}
