extension SettingsReader {
    /// A field that decides which other fields there are.
    ///
    /// ```swift
    /// self.gateway = try read.variant("kind", "Which gateway takes the money") { (kind: Kind, read) in
    ///     switch kind {
    ///     case .invoice: .invoice(dueDays: read("dueDays", "Days until payment is due", in: 0...90, default: 14))
    ///     case .card: .card(key: read.secret("apiKey", "The key that the gateway has given you"))
    ///     }
    /// }
    /// ```
    ///
    /// The fields of the value that was written are read from this same group. Those of the other values are only
    /// described, so that the schema knows them and a field of the wrong variant is reported as such.
    ///
    /// - Parameters:
    ///   - key: The name of the deciding field.
    ///   - about: What it decides, without a full stop.
    ///   - fallback: The value where it is left out; without one it must be given.
    ///   - read: Reads the fields that go with a value.
    /// - Returns: What `read` made of the value that was written, or of the first one where that could not be had.
    /// - Throws: What `read` throws.
    public mutating func variant<Choice, Value>(
        _ key: String, _ about: String, default fallback: Choice? = nil,
        _ read: (Choice, inout SettingsReader) throws -> Value
    ) throws -> Value where Choice: SettingValue & CaseIterable & RawRepresentable<String> {
        let presence: SettingsField.Presence = fallback.map { .defaulted($0.settingNode) } ?? .required
        let index = self.fields.count
        self.note(SettingsField(key: key, about: about, type: Choice.settingType, presence: presence))
        let isWritten = self.entry(key) != nil
        var chosen = isWritten ? nil : fallback
        if let node = self.node(key, about, presence) {
            chosen = self.convert(node, name: self.name(of: key))
        }
        var result: Value?
        for choice in Choice.allCases {
            let isChosen = choice.rawValue == chosen?.rawValue
            var inner = SettingsReader(sharing: self, isDescribing: !isChosen)
            do {
                let value = try read(choice, &inner)
                if isChosen || result == nil { result = value }
            } catch {
                self.absorb(inner)
                throw error
            }
            self.fields[index].variants.append(.init(value: choice.rawValue, fields: inner.fields))
            if isChosen {
                self.absorb(variant: inner)
            } else {
                if self.entries == nil { self.absorb(inner) }
                self.setAside(inner, choice: chosen == nil ? nil : "\(key): \(choice.rawValue)")
            }
        }
        return try result ?? read(.placeholder, &self)
    }
}
