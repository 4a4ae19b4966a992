internal import AlmanacKernel
internal import Foundation

/// The address of pages: `https://` and a host, a port and a path if need be; `http://` on this machine only.
struct PublicURL: SettingValue, Equatable {
    /// Without a slash at the end.
    let text: String

    static var placeholder: Self { Self(text: "https://localhost") }
    static var settingType: SettingType { .text(pattern: "^https?://[^/?#@\\s]+(/[^?#\\s]*)?$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(text: String) { self.text = text }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "an address of pages, as https://book.example.org"
        let text = try node.text(expected: expected)
        // Mails carry it: nothing that is not visible ASCII, no user, no query.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.utf8.count <= 500,
            let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { throw SettingMismatch(expected: expected, found: node) }
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        guard parts.scheme == "https" || (parts.scheme == "http" && isLocal) else {
            throw SettingMismatch(
                expected: expected, found: node, advice: "links in mails hold tokens: use https, except on localhost")
        }
        var trimmed = text
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.text = trimmed
    }
}
