/// The values that a setting may have.
struct SettingLimits<Value: SettingValue> {
    /// The smallest, if there is one.
    var minimum: SettingsNode?
    /// The largest, if there is one.
    var maximum: SettingsNode?
    /// Whether a value is allowed; a closure, because not every value can be compared.
    var contains: (Value) -> Bool

    /// Every value is allowed.
    static var none: Self { Self(contains: { _ in true }) }

    /// The limits in words.
    var summary: String {
        [self.minimum, self.maximum].compactMap { $0?.description }.joined(separator: "…")
    }
}

extension SettingLimits where Value: Comparable {
    /// The values of a range are allowed.
    init(_ range: ClosedRange<Value>) {
        self.minimum = range.lowerBound.settingNode
        self.maximum = range.upperBound.settingNode
        self.contains = { range.contains($0) }
    }
}
