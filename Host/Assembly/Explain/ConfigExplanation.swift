package import AlmanacKernel
package import AlmanacStorage

/// What one key of the manifest is, what holds for it, and why.
package struct ConfigExplanation: Sendable {
    /// Where the value comes from.
    package enum Source: Sendable, Equatable {
        /// An organization has chosen it.
        case organization(String, version: Int)
        /// A file says so.
        case manifest(SourcePosition)
        /// Nobody has said anything, and this is what the program does then.
        case builtIn
        /// Nobody has said anything, and there is nothing then.
        case nothing
    }

    /// The key, from the root of the manifest.
    package let key: String
    /// What it is.
    package let field: SettingsField
    /// The value as one would write it; what stands for a secret, never the secret.
    package let value: String?
    /// Where the value comes from.
    package let source: Source
    /// Where the manifest takes the key out of the organizations' hands, if it does.
    package let lock: SourcePosition?
    /// Whether organizations may choose it, unless it is locked.
    package let isChoosable: Bool
    /// The keys of a group.
    package let children: [String]

    /// Explains a key.
    ///
    /// - Parameters:
    ///   - key: The key, from the root, as `server.port`.
    ///   - schema: What may stand in the manifest.
    ///   - tree: What stands there.
    ///   - section: What organizations may choose for the plugin that the key belongs to.
    ///   - chosen: What an organization has chosen, with its slug.
    /// - Throws: ``Problems`` that names the nearest key when there is no such key.
    package init(
        of key: String, schema: SettingsSchema, tree: SettingsNode, section: SettingsSection?,
        chosen: (slug: String, settings: EffectiveSettings)?
    ) throws(Problems) {
        let path = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let field = Self.field(path[...], in: schema.fields) else {
            let advice = Spelling.advice(for: key, among: schema.flattened.map(\.path))
            throw Problems([
                Problem(
                    place: "config", message: "there is no key \(key)",
                    advice: advice ?? "almanac config explain plugins")
            ])
        }
        self.key = key
        self.field = field
        self.children = Self.fields(of: field.type).map(\.key)
        let own = section.flatMap { section -> String? in
            let prefix = "plugins.\(section.plugin).\(section.group)."
            return key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
        }.flatMap { section?.field($0)?.key }
        self.isChoosable = own != nil
        self.lock = own.flatMap { name in section?.locked.contains(name) == true ? section?.position(ofLock: name) : nil
        }
        let node = Self.node(path[...], in: tree)
        if let own, let chosen, chosen.settings.source(of: own) == .organization {
            self.value = chosen.settings.value(of: field).text
            self.source = .organization(chosen.slug, version: chosen.settings.version)
        } else if let node, !node.isNull {
            self.value = node.description
            self.source = .manifest(node.position)
        } else if case .defaulted(let fallback) = field.presence {
            self.value = fallback.description
            self.source = .builtIn
        } else {
            self.value = nil
            self.source = .nothing
        }
    }

    // MARK: Finding

    /// The fields of a group, those of all its variants included.
    private static func fields(of type: SettingType) -> [SettingsField] {
        switch type {
        case .group(let schema): schema.fields.flatMap { [$0] + $0.variants.flatMap(\.fields) }
        case .either(let types): types.flatMap { self.fields(of: $0) }
        default: []
        }
    }

    private static func field(_ path: ArraySlice<String>, in fields: [SettingsField]) -> SettingsField? {
        guard let first = path.first else { return nil }
        let all = fields.flatMap { [$0] + $0.variants.flatMap(\.fields) }
        guard let field = all.first(where: { $0.key.utf8.elementsEqual(first.utf8) }) else { return nil }
        return self.descend(path.dropFirst(), into: field)
    }

    private static func descend(_ path: ArraySlice<String>, into field: SettingsField) -> SettingsField? {
        guard let next = path.first else { return field }
        // Names of the operator's choice all mean the same.
        if case .map(let value) = field.type {
            let named = SettingsField(key: next, about: field.about, type: value, presence: .optional)
            return self.descend(path.dropFirst(), into: named)
        }
        return self.field(path, in: self.fields(of: field.type))
    }

    private static func node(_ path: ArraySlice<String>, in tree: SettingsNode) -> SettingsNode? {
        guard let first = path.first else { return tree }
        return tree.entry(first).flatMap { self.node(path.dropFirst(), in: $0.value) }
    }

    // MARK: Telling

    /// The source in words, as `plugins.yaml:12:7`.
    package var sourceText: String {
        switch self.source {
        case .organization(let slug, let version): "organization \(slug), version \(version)"
        case .manifest(let position): position.description
        case .builtIn: "default"
        case .nothing: "nowhere"
        }
    }

    /// The limits in words, if there are any.
    package var limits: String? {
        switch (self.field.minimum, self.field.maximum) {
        case (let low?, let high?): "\(low) to \(high)"
        case (let low?, nil): "from \(low)"
        case (nil, let high?): "up to \(high)"
        case (nil, nil): nil
        }
    }

    /// What holds where nobody says anything.
    package var fallback: String? {
        if case .defaulted(let node) = self.field.presence { node.description } else { nil }
    }

    /// The explanation for programs.
    package var json: JSON {
        func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
        return [
            "key": .string(self.key), "value": text(self.value), "from": .string(self.sourceText),
            "about": .string(self.field.about), "type": .string(self.field.type.summary), "limits": text(self.limits),
            "default": text(self.fallback), "secret": .bool(self.field.isSecret),
            "organizationsMayChoose": .bool(self.isChoosable && self.lock == nil),
            "lockedAt": text(self.lock?.description), "keys": .array(self.children.map { .string($0) }),
        ]
    }
}
