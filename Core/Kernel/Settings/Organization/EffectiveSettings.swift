package import AlmanacStorage

/// What holds for one organization and one plugin, and why.
package struct EffectiveSettings: Sendable {
    /// Where a value comes from.
    package enum Source: String, Sendable, Codable, CaseIterable {
        /// The organization has chosen it.
        case organization
        /// The manifest says so.
        case deployment
        /// Nobody has said anything.
        case builtIn
    }

    /// What may be chosen.
    package let section: SettingsSection
    /// Counts the changes from 1, which is: nothing was chosen yet.
    package let version: Int
    /// What the organization has chosen, whether it counts or not.
    package let choices: JSONObject
    /// Of that, what counts.
    package let counting: JSONObject

    init(_ section: SettingsSection, version: Int = 1, choices: JSONObject = JSONObject([])) {
        self.section = section
        self.version = version
        self.choices = choices
        self.counting = section.counting(choices)
    }

    /// Everything that holds, as it would stand in a manifest.
    package var node: SettingsNode { self.section.merged(self.counting) }

    /// Where the value of a key comes from.
    package func source(of key: String) -> Source {
        if self.counting[key] != nil { return .organization }
        return self.section.base.entry(key) == nil ? .builtIn : .deployment
    }

    /// The value of a field; `null` where there is none.
    package func value(of field: SettingsField) -> JSON {
        if let chosen = self.counting[field.key] { return chosen }
        if let entry = self.section.base.entry(field.key) { return field.type.json(entry.value) }
        return self.fallback(of: field)
    }

    /// What holds where nobody has said anything.
    package func fallback(of field: SettingsField) -> JSON {
        if case .defaulted(let node) = field.presence { field.type.json(node) } else { .null }
    }
}
