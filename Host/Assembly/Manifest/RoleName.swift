internal import AlmanacKernel

/// The name of a role: a built-in one, or one that an organization makes for itself.
struct RoleName: SettingValue {
    let role: Role

    static var placeholder: Self { Self(role: .customer) }
    static var settingType: SettingType { .text(pattern: "^[a-z][a-z0-9-]{0,39}$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.role.name))) }

    private init(role: Role) { self.role = role }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "the name of a role: lower-case letters, digits and hyphens, beginning with a letter"
        let role = Role(try node.text(expected: expected))
        guard role.isWellFormed else {
            throw SettingMismatch(
                expected: expected, found: node,
                advice: Spelling.advice(for: role.name, among: Role.builtIn.map(\.name)))
        }
        self.role = role
    }
}
