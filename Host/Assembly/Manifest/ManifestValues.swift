internal import AlmanacKernel

/// A name in addresses: lower-case letters, digits and hyphens, at most 63, no hyphen at either end.
struct Slug: SettingValue {
    let text: String

    static var placeholder: Self { Self(text: "organization") }
    static var settingType: SettingType { .text(pattern: "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(text: String) { self.text = text }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "lower-case letters, digits and hyphens, as lindenhof"
        let text = try node.text(expected: expected)
        let isValid =
            (1...63).contains(text.utf8.count) && text.utf8.first != UInt8(ascii: "-")
            && text.utf8.last != UInt8(ascii: "-")
            && text.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
        guard isValid else { throw SettingMismatch(expected: expected, found: node) }
        self.text = text
    }
}

/// The tag of a language, optionally with script and region: the common part of BCP 47 (RFC 5646 §2.1).
struct LanguageTag: SettingValue {
    let text: String

    static var placeholder: Self { Self(text: "en") }
    static var settingType: SettingType { .text(pattern: "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(text: String) { self.text = text }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a language such as de or de-AT"
        let text = try node.text(expected: expected)
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let isValid =
            text.utf8.count <= 35
            && parts.enumerated().allSatisfy { index, part in
                index == 0
                    ? (2...3).contains(part.count) && part.allSatisfy(\.isLetter)
                    : (2...8).contains(part.count) && part.allSatisfy { $0.isLetter || $0.isDigit }
            }
        guard isValid else { throw SettingMismatch(expected: expected, found: node) }
        self.text = text
    }
}

/// The code of a currency that there is, by ISO 4217.
struct CurrencyCode: SettingValue {
    let text: String

    static var placeholder: Self { Self(text: "XXX") }
    static var settingType: SettingType { .text(pattern: "^[A-Z]{3}$") }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(text: String) { self.text = text }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "a currency such as EUR"
        let text = try node.text(expected: expected)
        guard (try? Money(amount: 0, currency: text)) != nil else {
            throw SettingMismatch(expected: expected, found: node)
        }
        self.text = text
    }
}

/// A path of the file system, relative to the folder of the file in which it stands.
struct ManifestPath: SettingValue {
    let path: String

    static var placeholder: Self { Self(path: ".") }
    static var settingType: SettingType { .text() }
    var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.path))) }

    private init(path: String) { self.path = path }

    init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.text(expected: "a path")
        guard !text.isEmpty else { throw SettingMismatch(expected: "a path", found: node) }
        self.path = FilePlace.path(text, beside: node.position.file)
    }
}

extension UInt8 {
    fileprivate var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }
}
