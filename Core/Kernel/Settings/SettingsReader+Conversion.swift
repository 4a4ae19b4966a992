extension SettingsReader {
    /// Reads one value; reports what is wrong with it.
    mutating func value<Value: SettingValue>(
        _ key: String, _ about: String, _ presence: SettingsField.Presence, _ limits: SettingLimits<Value>
    ) -> Value? {
        var field = SettingsField(key: key, about: about, type: Value.settingType, presence: presence)
        field.minimum = limits.minimum
        field.maximum = limits.maximum
        self.note(field)
        guard let node = self.node(key, about, presence) else { return nil }
        guard let value: Value = self.convert(node, name: self.name(of: key)) else { return nil }
        guard limits.contains(value) else {
            let message = "\(self.name(of: key)): \(node) is outside \(limits.summary)"
            self.report(Problem(at: node.position, message: message))
            return nil
        }
        return value
    }

    /// The node under a key, if it holds something; reports where it must.
    mutating func node(_ key: String, _ about: String, _ presence: SettingsField.Presence) -> SettingsNode? {
        if let entry = self.entry(key), !entry.value.isNull { return entry.value }
        switch presence {
        case .required: self.reportMissing(key, about)
        case .optional: break
        case .defaulted(let fallback):
            guard let entry = self.entry(key) else { break }
            let message = "\(self.name(of: key)) has no value"
            let advice = "leave the key out if \(fallback) is right"
            self.report(Problem(at: entry.keyPosition, message: message, advice: advice))
        }
        return nil
    }

    /// A node as a value; reports what is wrong with it.
    mutating func convert<Value: SettingValue>(_ node: SettingsNode, name: String) -> Value? {
        if node.isUnresolved {
            self.giveUp()
            return nil
        }
        do {
            return try Value(setting: node)
        } catch {
            self.report(error, of: name, at: node.position)
            return nil
        }
    }

    /// Reads one secret; reports what is wrong with it without showing it.
    mutating func secret(_ key: String, _ about: String, _ presence: SettingsField.Presence) -> Secret? {
        var field = SettingsField(key: key, about: about, type: .text(), presence: presence)
        field.isSecret = true
        self.note(field)
        guard let node = self.node(key, about, presence) else { return nil }
        switch node.scalar?.origin {
        case .unresolved:
            self.giveUp()
            return nil
        case .reference where node.scalar?.text.isEmpty == false:
            return Secret(node.scalar?.text ?? "")
        case .reference:
            self.report(Problem(at: node.position, message: "\(self.name(of: key)): \(node) stands for nothing"))
            return nil
        case .literal, .mixture, nil:
            // What was written is not shown: it may be the secret.
            let message = "\(self.name(of: key)) is a secret and must not stand in the manifest"
            let advice = "write ${env:NAME} or ${file:PATH}"
            self.report(Problem(at: node.position, message: message, advice: advice))
            return nil
        }
    }
}
