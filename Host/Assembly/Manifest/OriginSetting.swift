internal import AlmanacKernel
internal import AlmanacSurface

/// The origin of a web page in a manifest: `https://book.example.org`.
struct OriginSetting: SettingValue {
    /// The origin; there is none in the placeholder only.
    let origin: WebOrigin?

    static var placeholder: Self { Self(origin: nil) }
    static var settingType: SettingType { .text(pattern: "^https?://[a-z0-9.-]+(:[0-9]+)?$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.origin?.description ?? ""))) }

    private init(origin: WebOrigin?) { self.origin = origin }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "an origin such as https://book.example.org"
        let text = try node.text(expected: expected)
        guard let origin = WebOrigin(text) else {
            throw SettingMismatch(
                expected: expected, found: node,
                advice: "write scheme and host as browsers send them: no *, no path, no slash behind, no usual port")
        }
        self.origin = origin
    }
}
