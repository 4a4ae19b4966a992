internal import AlmanacStorage

/// Where on the deployment's own pages a client goes on after signing in, as `/bookings?week=12`.
///
/// Only a path of those pages: whatever a browser could take for an address elsewhere is none, so that nobody can be led
/// away by a link that begins here (ASVS 1.3.6, CWE-601).
struct ReturnPath: Sendable {
    /// How many bytes it may have.
    static let longest = 1_000

    /// As it was given.
    let text: String

    /// Takes a path, or `nil` when it is none.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.first == UInt8(ascii: "/"),
            // Browsers take `\` for `/`, and pass over tabs and line ends wherever they stand.
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        // `//host`, and what becomes one where dots are resolved.
        guard segments.dropLast().allSatisfy({ !$0.isEmpty }), segments.allSatisfy({ !Self.isDots($0) }) else {
            return nil
        }
        self.text = text
    }

    private static func isDots(_ segment: Substring) -> Bool {
        // Browsers resolve encoded dots too.
        let plain = segment.lowercased().split(separator: "%2e", omittingEmptySubsequences: false).joined(
            separator: ".")
        return [".", ".."].contains(plain)
    }
}
