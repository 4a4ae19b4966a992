extension String: SettingValue {
    /// The empty text.
    public static var placeholder: String { "" }

    /// A text.
    public static var settingType: SettingType { .text() }

    /// Takes any scalar as it was written: `no` is the text `no`.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        self = try node.text(expected: "text")
    }

    /// The text in quotes.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self, isQuoted: true))) }
}

extension Bool: SettingValue {
    /// False.
    public static var placeholder: Bool { false }

    /// `true` or `false`.
    public static var settingType: SettingType { .boolean }

    /// Takes `true` and `false` only; YAML's other spellings differ between parsers.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        switch try node.bareText(expected: "true or false") {
        case "true": self = true
        case "false": self = false
        case let other:
            let advice: String? =
                switch other.lowercased() {
                case "true", "yes", "on", "y": "write true"
                case "false", "no", "off", "n": "write false"
                default: nil
                }
            throw SettingMismatch(expected: "true or false", found: node, advice: advice)
        }
    }

    /// `true` or `false`.
    public var settingNode: SettingsNode { SettingsNode(booleanLiteral: self) }
}

extension Int: SettingValue {
    /// Zero.
    public static var placeholder: Int { 0 }

    /// A whole number.
    public static var settingType: SettingType { .integer }

    /// Takes decimal digits with an optional minus sign; no leading zero, which YAML 1.1 reads as octal.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.bareText(expected: "a whole number")
        guard SettingsNumber.isInteger(text) else { throw SettingMismatch(expected: "a whole number", found: node) }
        guard let value = Int(text) else {
            throw SettingMismatch("\(SettingsText.found(node)) does not fit into 64 bits")
        }
        self = value
    }

    /// The number in decimal.
    public var settingNode: SettingsNode { SettingsNode(integerLiteral: self) }
}

extension Double: SettingValue {
    /// Zero.
    public static var placeholder: Double { 0 }

    /// A number.
    public static var settingType: SettingType { .number }

    /// Takes a number as JSON writes it; neither infinity nor `NaN` (RFC 8259 §6).
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let text = try node.bareText(expected: "a number")
        guard SettingsNumber.isNumber(text), let value = Double(text), value.isFinite else {
            throw SettingMismatch(expected: "a number", found: node)
        }
        self = value
    }

    /// The number in its shortest notation.
    public var settingNode: SettingsNode { SettingsNode(floatLiteral: self) }
}

extension SettingValue where Self: CaseIterable & RawRepresentable, RawValue == String {
    /// The first case.
    public static var placeholder: Self {
        guard let first = Self.allCases.first else { preconditionFailure("\(Self.self) has no case to choose from") }
        return first
    }

    /// One of the raw values.
    public static var settingType: SettingType { .choice(Self.allCases.map(\.rawValue)) }

    /// Takes exactly one of the raw values.
    public init(setting node: SettingsNode) throws(SettingMismatch) {
        let names = Self.allCases.map(\.rawValue)
        let expected = "one of \(names.joined(separator: ", "))"
        let text = try node.text(expected: expected)
        guard let value = Self.allCases.first(where: { $0.rawValue.utf8.elementsEqual(text.utf8) }) else {
            throw SettingMismatch(expected: expected, found: node, advice: Spelling.advice(for: text, among: names))
        }
        self = value
    }

    /// The raw value.
    public var settingNode: SettingsNode { SettingsNode(.scalar(.init(self.rawValue))) }
}

extension SettingsNode {
    /// The text of a scalar that must not stand in quotes, because quotes make it a text.
    fileprivate func bareText(expected: String) throws(SettingMismatch) -> String {
        let text = try self.text(expected: expected)
        if self.scalar?.isQuoted == true {
            throw SettingMismatch(
                "expected \(expected), got the text \(SettingsText.quoted(text))", advice: "remove the quotes")
        }
        return text
    }
}

/// The notation of numbers in RFC 8259 §6.
private enum SettingsNumber {
    static func isInteger(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        return self.takeInteger(&rest) && rest.isEmpty
    }

    static func isNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        guard self.takeInteger(&rest) else { return false }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard self.takeDigits(&rest) > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard self.takeDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func takeInteger(_ rest: inout Substring.UTF8View) -> Bool {
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let startsWithZero = rest.first == UInt8(ascii: "0")
        let digits = self.takeDigits(&rest)
        return digits == 1 || (digits > 1 && !startsWithZero)
    }

    private static func takeDigits(_ rest: inout Substring.UTF8View) -> Int {
        var count = 0
        while let byte = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            rest.removeFirst()
            count += 1
        }
        return count
    }
}
