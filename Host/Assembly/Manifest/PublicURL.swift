internal import AlmanacKernel

/// The address of pages: `https://` and a host, a port and a path if need be; `http://` on this machine only.
struct PublicURL: SettingValue, Equatable {
    /// Without a slash at the end.
    let text: String

    static var placeholder: Self { Self(text: "https://localhost") }
    static var settingType: SettingType { .text(pattern: "^https?://[^/?#@\\s]+(/[^?#\\s]*)?$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(text: String) { self.text = text }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let address = try WebAddress(
            node, expected: "an address of pages, as https://book.example.org",
            reason: "links in mails hold tokens: use https, except on localhost")
        var trimmed = address.text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.text = trimmed
    }
}
