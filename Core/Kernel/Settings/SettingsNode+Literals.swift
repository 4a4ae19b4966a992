extension SettingsNode: ExpressibleByDictionaryLiteral {
    /// A mapping; keys keep their order.
    public init(dictionaryLiteral elements: (String, SettingsNode)...) {
        self.init(.mapping(elements.map { Entry($0.0, $0.1) }))
    }
}

extension SettingsNode: ExpressibleByArrayLiteral {
    /// A list.
    public init(arrayLiteral elements: SettingsNode...) {
        self.init(.sequence(elements))
    }
}

extension SettingsNode: ExpressibleByStringLiteral {
    /// A text, as if it stood in quotes.
    public init(stringLiteral value: String) {
        self.init(.scalar(Scalar(value, isQuoted: true)))
    }
}

extension SettingsNode: ExpressibleByIntegerLiteral {
    /// A whole number.
    public init(integerLiteral value: Int) {
        self.init(.scalar(Scalar(String(value))))
    }
}

extension SettingsNode: ExpressibleByFloatLiteral {
    /// A number.
    public init(floatLiteral value: Double) {
        self.init(.scalar(Scalar(String(value))))
    }
}

extension SettingsNode: ExpressibleByBooleanLiteral {
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) {
        self.init(.scalar(Scalar(String(value))))
    }
}

extension SettingsNode: ExpressibleByNilLiteral {
    /// Nothing.
    public init(nilLiteral: ()) {
        self.init(.null)
    }
}
