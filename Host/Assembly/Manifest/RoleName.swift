internal import AlmanacKernel

/// The name of a role that there is.
struct RoleName: SettingValue {
    let role: Role

    static var placeholder: Self { Self(role: .customer) }
    static var settingType: SettingType { .choice(Role.builtIn.map(\.name)) }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.role.name))) }

    private init(role: Role) { self.role = role }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let names = Role.builtIn.map(\.name)
        let expected = "a role: \(names.joined(separator: ", "))"
        let text = try node.text(expected: expected)
        guard let role = Role.builtIn.first(where: { $0.name.utf8.elementsEqual(text.utf8) }) else {
            throw SettingMismatch(expected: expected, found: node, advice: Spelling.advice(for: text, among: names))
        }
        self.role = role
    }
}
