/// The settings that a group has: what may be written, what must be, and what it means.
///
/// It is learned by running `init(from:)` on nothing, so it cannot differ from what is read; see
/// ``PluginSettings/schema()``. A plain value: ``json`` and ``markdown`` are made from it.
public struct SettingsSchema: Sendable, Equatable {
    /// The fields, in the order in which they are read.
    public var fields: [SettingsField]

    /// Lists fields.
    ///
    /// - Parameter fields: The fields, in the order in which they are read.
    public init(fields: [SettingsField] = []) {
        self.fields = fields
    }

    /// All fields with their paths, those of groups after the group: `waitlist`, `waitlist.places`, `rules[].day`.
    ///
    /// Names that the operator chooses appear as `<name>`.
    public var flattened: [(path: String, field: SettingsField)] {
        Self.flatten(self.fields, under: "")
    }

    private typealias Path = (path: String, field: SettingsField)

    private static func flatten(_ fields: [SettingsField], under prefix: String) -> [Path] {
        fields.flatMap { field in
            [(prefix + field.key, field)] + self.flatten(field.type, under: prefix + field.key)
                + field.variants.flatMap { self.flatten($0.fields, under: prefix) }
        }
    }

    private static func flatten(_ type: SettingType, under path: String) -> [Path] {
        switch type {
        case .group(let schema): self.flatten(schema.fields, under: path + ".")
        case .list(let element, _): self.flatten(element, under: path + "[]")
        case .map(let value): self.flatten(value, under: path + ".<name>")
        case .text, .integer, .number, .boolean, .choice, .anything, .either: []
        }
    }
}

/// One field of a group of settings.
public struct SettingsField: Sendable, Equatable {
    /// Whether the field must be given.
    public enum Presence: Sendable, Equatable {
        /// It must be given.
        case required
        /// It may be left out, which means something of its own.
        case optional
        /// It may be left out and has this value then.
        case defaulted(SettingsNode)
    }

    /// Fields that exist only while this one has a certain value.
    public struct Variant: Sendable, Equatable {
        /// The value.
        public var value: String
        /// The fields that go with it.
        public var fields: [SettingsField]

        /// Names a variant.
        ///
        /// - Parameters:
        ///   - value: The value of the deciding field.
        ///   - fields: The fields that go with it.
        public init(value: String, fields: [SettingsField]) {
            self.value = value
            self.fields = fields
        }
    }

    /// The name of the field.
    public var key: String
    /// What the field means, units included, without a full stop.
    public var about: String
    /// What its value looks like.
    public var type: SettingType
    /// Whether it must be given.
    public var presence: Presence
    /// The smallest value allowed.
    public var minimum: SettingsNode?
    /// The largest value allowed.
    public var maximum: SettingsNode?
    /// Whether it must come from the environment or a file and is never shown.
    public var isSecret: Bool
    /// The fields that depend on this one's value.
    public var variants: [Variant]

    /// Describes a field.
    ///
    /// - Parameters:
    ///   - key: The name of the field.
    ///   - about: What the field means, without a full stop.
    ///   - type: What its value looks like.
    ///   - presence: Whether it must be given.
    public init(key: String, about: String, type: SettingType, presence: Presence) {
        self.key = key
        self.about = about
        self.type = type
        self.presence = presence
        self.isSecret = false
        self.variants = []
    }
}
