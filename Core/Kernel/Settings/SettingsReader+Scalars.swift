// `read("key", "meaning", default: value)`: the commonest calls have no name, so that the list of fields reads as one.
extension SettingsReader {
    /// A field that may be left out.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, units included, without a full stop.
    ///   - fallback: What holds where it is left out.
    /// - Returns: What was written, or `fallback`.
    public mutating func callAsFunction<Value: SettingValue>(
        _ key: String, _ about: String, default fallback: Value
    ) -> Value {
        self.value(key, about, .defaulted(fallback.settingNode), .none) ?? fallback
    }

    /// A field within limits that may be left out.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, units included, without a full stop.
    ///   - range: The values allowed.
    ///   - fallback: What holds where it is left out; within `range`.
    /// - Returns: What was written, or `fallback`.
    public mutating func callAsFunction<Value: SettingValue & Comparable>(
        _ key: String, _ about: String, in range: ClosedRange<Value>, default fallback: Value
    ) -> Value {
        if !range.contains(fallback) {
            self.blameAuthor("\(self.name(of: key)): the default \(fallback.settingNode) is outside its range")
        }
        return self.value(key, about, .defaulted(fallback.settingNode), SettingLimits(range)) ?? fallback
    }

    /// A field that must be given.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, units included, without a full stop; it also explains what is missing.
    /// - Returns: What was written, or a placeholder.
    public mutating func callAsFunction<Value: SettingValue>(_ key: String, _ about: String) -> Value {
        self.value(key, about, .required, .none) ?? .placeholder
    }

    /// A field within limits that must be given.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, units included, without a full stop; it also explains what is missing.
    ///   - range: The values allowed.
    /// - Returns: What was written, or the lower end of `range`.
    public mutating func callAsFunction<Value: SettingValue & Comparable>(
        _ key: String, _ about: String, in range: ClosedRange<Value>
    ) -> Value {
        self.value(key, about, .required, SettingLimits(range)) ?? range.lowerBound
    }

    /// A field whose absence means something of its own.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, and what it means if it is left out, without a full stop.
    /// - Returns: What was written, or nothing.
    public mutating func optional<Value: SettingValue>(_ key: String, _ about: String) -> Value? {
        self.value(key, about, .optional, .none)
    }

    /// A field within limits whose absence means something of its own.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it means, and what it means if it is left out, without a full stop.
    ///   - range: The values allowed.
    /// - Returns: What was written, or nothing.
    public mutating func optional<Value: SettingValue & Comparable>(
        _ key: String, _ about: String, in range: ClosedRange<Value>
    ) -> Value? {
        self.value(key, about, .optional, SettingLimits(range))
    }

    /// A secret that must be given: exactly one `${env:NAME}` or `${file:PATH}`, never a literal.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it is for, without a full stop.
    /// - Returns: The secret, or an empty one.
    public mutating func secret(_ key: String, _ about: String) -> Secret {
        self.secret(key, about, .required) ?? Secret("")
    }

    /// A secret that may be left out.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What it is for, and what it means if it is left out, without a full stop.
    /// - Returns: The secret, or nothing.
    public mutating func optionalSecret(_ key: String, _ about: String) -> Secret? {
        self.secret(key, about, .optional)
    }
}
