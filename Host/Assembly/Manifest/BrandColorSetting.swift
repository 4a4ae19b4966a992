internal import AlmanacKernel
internal import AlmanacPages

/// A color in a manifest: `#1a7f5a`.
struct BrandColorSetting: SettingValue {
    /// The color; there is none in the placeholder only.
    let color: BrandColor?

    static var placeholder: Self { Self(color: nil) }
    static var settingType: SettingType { .text(pattern: "^#[0-9A-Fa-f]{6}$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.color?.text ?? ""))) }

    private init(color: BrandColor?) { self.color = color }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a color such as \"#1a7f5a\""
        guard let color = BrandColor(try node.text(expected: expected)) else {
            throw SettingMismatch(
                expected: expected, found: node,
                advice: "write # and six hexadecimal digits in quotes: without quotes, YAML takes # for a comment")
        }
        self.color = color
    }
}
