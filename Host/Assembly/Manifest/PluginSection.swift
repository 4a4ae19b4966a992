public import AlmanacKernel

/// What a manifest says about one plugin.
public struct PluginSection: Sendable {
    /// The name of the plugin; whether there is such a plugin is for the assembler to say.
    public let id: String
    /// Whether the plugin runs; one that is switched off keeps its data and is still migrated.
    public let isEnabled: Bool
    /// The settings, to be read by the plugin's own type; references are replaced only where it is enabled.
    public let settings: SettingsNode
    /// Where the name of the plugin stands.
    public let position: SourcePosition
    /// The settings that organizations may not choose for themselves.
    public let locked: [LockedSetting]

    /// What the settings are called in messages: `plugins.bookings`.
    public var path: String { "plugins.\(self.id)" }

    /// States what a deployment wants of a plugin, without a file.
    ///
    /// - Parameters:
    ///   - id: The name of the plugin.
    ///   - isEnabled: Whether it runs.
    ///   - settings: Its settings.
    ///   - position: Where its name stands.
    ///   - locked: The settings that organizations may not choose for themselves.
    public init(
        id: String, isEnabled: Bool = true, settings: SettingsNode = [:], position: SourcePosition = .code,
        locked: [LockedSetting] = []
    ) {
        self.id = id
        self.isEnabled = isEnabled
        self.settings = settings
        self.position = position
        self.locked = locked
    }
}

extension PluginSection {
    /// The key that switches a plugin off; it is the manifest's, not the plugin's.
    static let switchKey = "enabled"
    /// The key that takes settings out of the organizations' hands; it is the manifest's as well.
    static let lockKey = "locked"

    /// Takes a section apart.
    init(_ entry: SettingsNode.Entry, read: inout SettingsReader) {
        let section = entry.value
        var entries = section.entries ?? []
        if section.entries == nil, !section.isNull, !section.isUnresolved {
            let message = "plugins.\(entry.key): expected a mapping with settings"
            let advice = "write {} for a plugin without settings, {enabled: false} to switch it off"
            read.report(Problem(at: section.position, message: message, advice: advice))
        }
        var isEnabled = true
        if let toggle = section.entry(Self.switchKey)?.value, !toggle.isUnresolved {
            do {
                isEnabled = try Bool(setting: toggle)
            } catch {
                let message = "plugins.\(entry.key).\(Self.switchKey): \(error.message)"
                read.report(Problem(at: toggle.position, message: message, advice: error.advice))
            }
        }
        let locked = Self.locked(section.entry(Self.lockKey)?.value, in: "plugins.\(entry.key)", &read)
        entries.removeAll { $0.hasKey(Self.switchKey) || $0.hasKey(Self.lockKey) }
        self.init(
            id: entry.key, isEnabled: isEnabled, settings: SettingsNode(.mapping(entries), at: section.position),
            position: entry.keyPosition, locked: locked)
    }

    private static func locked(
        _ list: SettingsNode?, in name: String, _ read: inout SettingsReader
    ) -> [LockedSetting] {
        guard let list, !list.isUnresolved, !list.isNull else { return [] }
        guard case .sequence(let nodes) = list.kind, nodes.allSatisfy({ $0.scalar != nil }) else {
            let message = "\(name).\(Self.lockKey): expected a list of keys"
            read.report(Problem(at: list.position, message: message, advice: "write [KEY, KEY]"))
            return []
        }
        return nodes.compactMap { node in node.scalar.map { LockedSetting($0.text, at: node.position) } }
    }
}
