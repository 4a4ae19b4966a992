internal import AlmanacKernel
internal import AlmanacStorage

/// The name of a table that a plugin of this program has declared to keep for a time, switched on or not.
struct RetainedTable: SettingValue {
    let retention: Retention

    private static let all = LinkedPlugins.all.flatMap { $0.declaration.retention }

    static var placeholder: Self {
        Self(retention: self.all.first ?? Retention(Table(Namespace("plugin"), "table"), since: "at", days: 1))
    }
    static var settingType: SettingType { .text(pattern: "^[a-z][a-z0-9-]*\\.[a-z][a-z0-9_]*$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.retention.name))) }

    private init(retention: Retention) { self.retention = retention }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a table that is kept for a time"
        let name = try node.text(expected: expected)
        let known = Self.all.map(\.name)
        guard let retention = Self.all.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
            throw SettingMismatch(
                expected: expected, found: node,
                advice: Spelling.advice(for: name, among: known) ?? "there is \(known.joined(separator: ", "))")
        }
        self.retention = retention
    }
}
