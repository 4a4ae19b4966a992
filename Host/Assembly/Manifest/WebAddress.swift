internal import AlmanacKernel
internal import Foundation

/// An address of the web as the manifest may have one: `https`, or `http` on this machine; no user, no query.
///
/// Of visible ASCII only, because mails, headers and other people's programs carry it.
struct WebAddress {
    /// As it was written.
    let text: String

    /// Reads an address.
    ///
    /// - Parameters:
    ///   - node: What stands in the manifest.
    ///   - expected: What should stand there.
    ///   - reason: Why it has to be encrypted, for whoever wrote `http`.
    /// - Throws: ``SettingMismatch`` for anything else.
    init(_ node: SettingsNode, expected: String, reason: String) throws(SettingMismatch) {
        let text = try node.text(expected: expected)
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), text.utf8.count <= 500,
            let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.query == nil, parts.fragment == nil
        else { throw SettingMismatch(expected: expected, found: node) }
        let isLocal = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host)
        guard parts.scheme == "https" || (parts.scheme == "http" && isLocal) else {
            throw SettingMismatch(expected: expected, found: node, advice: reason)
        }
        self.text = text
    }
}
