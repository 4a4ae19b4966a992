/// A type that one setting may have.
///
/// Text, numbers, booleans, dates, times, zones, money and localized texts are such types already. An enumeration with
/// texts as raw values needs only to say so:
///
/// ```swift
/// enum Rounding: String, CaseIterable, SettingValue { case up, down, nearest }
/// ```
///
/// A type of your own reads itself from the node and says how it looks in a JSON Schema. Its laws, which
/// `SettingValue` tests can check for any value: `Self(setting: value.settingNode)` equals `value`, and reading has no
/// side effects, because settings are also read while only their schema is wanted.
public protocol SettingValue: Sendable {
    /// Stands in for a value that is missing or malformed, so that the rest can be read and all mistakes be reported.
    ///
    /// A plugin is never made from it: reading then ends with ``Problems``.
    static var placeholder: Self { get }

    /// What the value looks like, for the schema and the documentation.
    static var settingType: SettingType { get }

    /// Reads a value.
    ///
    /// - Parameter node: What was written; never ``SettingsNode/Kind/null``.
    /// - Throws: ``SettingMismatch`` if the node is no such value.
    init(setting node: SettingsNode) throws(SettingMismatch)

    /// The value as one would write it, for defaults and ranges.
    var settingNode: SettingsNode { get }
}

/// Why a node is not the value that a setting wants.
public struct SettingMismatch: Error, Sendable, Equatable {
    /// What is wrong, without a full stop; the reader puts the name of the setting in front.
    public let message: String
    /// What to do about it.
    public let advice: String?
    /// Where it is wrong, if that is not where the value begins.
    public let position: SourcePosition?

    /// States a mismatch in words of its own.
    ///
    /// - Parameters:
    ///   - message: What is wrong, without a full stop.
    ///   - advice: What to do about it.
    ///   - position: Where it is wrong, if that is not where the value begins.
    public init(_ message: String, advice: String? = nil, at position: SourcePosition? = nil) {
        self.message = message
        self.advice = advice
        self.position = position
    }

    /// States what was wanted and what was found.
    ///
    /// - Parameters:
    ///   - expected: What was wanted, as `a date such as 2026-03-01`.
    ///   - node: What was found; a value from outside is shown as its reference.
    ///   - advice: What to do about it.
    public init(expected: String, found node: SettingsNode, advice: String? = nil) {
        self.message = "expected \(expected), got \(SettingsText.found(node))"
        self.advice = advice
        self.position = node.position
    }
}

extension SettingsNode {
    /// The text of a scalar that a value of one's own is made from.
    ///
    /// - Parameter expected: What is wanted, as `a date such as 2026-03-01`.
    /// - Returns: The text, whether it was put in quotes or not.
    /// - Throws: ``SettingMismatch`` if the node is a list or a mapping.
    public func text(expected: String) throws(SettingMismatch) -> String {
        guard let scalar = self.scalar else { throw SettingMismatch(expected: expected, found: self) }
        return scalar.text
    }
}
