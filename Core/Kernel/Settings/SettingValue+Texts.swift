internal import AlmanacStorage

extension EmailAddress: SettingValue {
    /// An address that receives nothing (RFC 2606 §2).
    public static var placeholder: EmailAddress { Self(verified: "nobody@example.invalid") }

    /// An e-mail address.
    public static var settingType: SettingType { .text(format: "email") }

    /// Takes an address that is well formed.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.text(expected: "an e-mail address")
        do {
            self = try EmailAddress(text)
        } catch {
            throw SettingMismatch(expected: "an e-mail address", found: node, advice: error.description)
        }
    }

    /// The address as it was written.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.text))) }

    private init(verified text: String) {
        self.text = text
        self.key = FoldKey(text)
    }
}

extension LocalizedText: SettingValue {
    /// An empty text.
    public static var placeholder: LocalizedText { Self(verified: [Self.defaultLanguage: ""]) }

    /// A text, or texts by language.
    public static var settingType: SettingType { .either([.text(), .map(.text())]) }

    /// Takes a text for every language, or a mapping from BCP 47 tags to texts.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let texts: JSON
        if let entries = node.entries {
            var members: [(String, JSON)] = []
            for (index, entry) in entries.enumerated() {
                let isDouble = entries[..<index].contains { $0.hasKey(entry.key) }
                if isDouble {
                    throw SettingMismatch("the language \(entry.key) stands twice", at: entry.keyPosition)
                }
                guard let scalar = entry.value.scalar else {
                    throw SettingMismatch("expected a text for \(entry.key)", at: entry.keyPosition)
                }
                members.append((entry.key, .string(scalar.text)))
            }
            texts = .object(JSONObject(members))
        } else {
            texts = .string(try node.text(expected: "a text, or texts by language"))
        }
        do {
            self = try LocalizedText(json: texts)
        } catch {
            throw SettingMismatch(error.description)
        }
    }

    /// A text, or a mapping in the order of the tags.
    public var settingNode: SettingsNode {
        func node(_ text: String) -> SettingsNode { SettingsNode(.scalar(.init(text, isQuoted: true))) }
        if self.texts.count == 1, let text = self.texts[Self.defaultLanguage] { return node(text) }
        return SettingsNode(.mapping(self.texts.sorted { $0.key < $1.key }.map { .init($0.key, node($0.value)) }))
    }

    private init(verified texts: [String: String]) {
        self.texts = texts
    }
}

extension Money: SettingValue {
    /// No money in the currency that means none (ISO 4217).
    public static var placeholder: Money { Self(verified: 0, currency: "XXX") }

    /// An amount in minor units with its currency.
    public static var settingType: SettingType {
        .group(
            SettingsSchema(fields: [
                SettingsField(key: "amount", about: "Amount in minor units", type: .integer, presence: .required),
                SettingsField(
                    key: "currency", about: "ISO 4217 code", type: .text(pattern: "^[A-Z]{3}$"), presence: .required),
            ]))
    }

    /// Takes `{amount: 4500, currency: EUR}`, the amount in minor units.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let expected = "money such as {amount: 4500, currency: EUR}"
        guard let entries = node.entries, entries.count == 2, let amount = node.entry("amount")?.value,
            let currency = node.entry("currency")?.value
        else { throw SettingMismatch(expected: expected, found: node) }
        let units = try Int(setting: amount)
        let code = try currency.text(expected: "a currency such as EUR")
        do {
            self = try Money(amount: units, currency: code)
        } catch {
            throw SettingMismatch(expected: "a currency such as EUR", found: currency)
        }
    }

    /// A mapping of amount and currency.
    public var settingNode: SettingsNode {
        ["amount": self.amount.settingNode, "currency": SettingsNode(.scalar(.init(self.currency)))]
    }

    private init(verified amount: Int, currency: String) {
        self.amount = amount
        self.currency = currency
    }
}
