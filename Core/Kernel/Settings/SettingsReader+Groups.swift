extension SettingsReader {
    /// A group of settings; where it is left out, its fields are read as if each were.
    ///
    /// - Parameters:
    ///   - key: The name of the group.
    ///   - about: What it is for, without a full stop.
    ///   - type: The type that reads it.
    /// - Returns: The group.
    /// - Throws: What `type` throws; nothing of what is wrong with the settings.
    public mutating func group<Group: PluginSettings>(
        _ key: String, _ about: String, _ type: Group.Type = Group.self
    ) throws -> Group {
        let (placeholder, schema) = try self.describe(type, key)
        let isRequired = schema.fields.contains { $0.presence == .required }
        self.note(
            SettingsField(
                key: key, about: about, type: .group(schema), presence: isRequired ? .required : .optional))
        guard self.entries != nil else { return placeholder }
        let entry = self.entry(key)
        return try self.read(
            entry?.value ?? SettingsNode(.mapping([])), name: self.name(of: key),
            at: entry?.keyPosition ?? self.position)
    }

    /// A group of settings whose absence means something of its own.
    ///
    /// - Parameters:
    ///   - key: The name of the group.
    ///   - about: What it is for, and what it means if it is left out, without a full stop.
    ///   - type: The type that reads it.
    /// - Returns: The group, or nothing.
    /// - Throws: What `type` throws; nothing of what is wrong with the settings.
    public mutating func optionalGroup<Group: PluginSettings>(
        _ key: String, _ about: String, _ type: Group.Type = Group.self
    ) throws -> Group? {
        let schema = try self.describe(type, key).schema
        self.note(SettingsField(key: key, about: about, type: .group(schema), presence: .optional))
        guard let entry = self.entry(key), !entry.value.isNull else { return nil }
        return try self.read(entry.value, name: self.name(of: key), at: entry.keyPosition)
    }

    /// A list of groups.
    ///
    /// - Parameters:
    ///   - key: The name of the list.
    ///   - about: What it is for, without a full stop.
    ///   - type: The type that reads an element.
    ///   - count: How many elements there may be; none are read where the list is left out and may be empty.
    /// - Returns: The elements in their order.
    /// - Throws: What `type` throws; nothing of what is wrong with the settings.
    public mutating func groups<Group: PluginSettings>(
        _ key: String, _ about: String, _ type: Group.Type = Group.self, count: ClosedRange<Int> = 0...1000
    ) throws -> [Group] {
        let schema = try self.describe(type, key).schema
        let nodes = self.list(key, about, of: .group(schema), count: count, default: [])
        var groups: [Group] = []
        for (index, node) in (nodes ?? []).enumerated() {
            groups.append(try self.read(node, name: "\(self.name(of: key))[\(index)]", at: node.position))
        }
        return groups
    }

    /// A mapping from names that the operator chooses to groups.
    ///
    /// - Parameters:
    ///   - key: The name of the mapping.
    ///   - about: What it is for, without a full stop.
    ///   - names: What the names must be.
    ///   - type: The type that reads a value.
    /// - Returns: The names with their groups, in the order of writing; none where the mapping is left out.
    /// - Throws: What `type` throws; nothing of what is wrong with the settings.
    public mutating func map<Name: SettingValue, Group: PluginSettings>(
        _ key: String, _ about: String, names: Name.Type = String.self, _ type: Group.Type = Group.self
    ) throws -> [(name: Name, value: Group)] {
        let schema = try self.describe(type, key).schema
        let entries = self.mapping(key, about, of: .group(schema))
        var groups: [(name: Name, value: Group)] = []
        for entry in entries {
            let path = SettingsText.path(entry.key, in: self.name(of: key))
            let written = SettingsNode(.scalar(.init(entry.key)), at: entry.keyPosition)
            let name: Name? = self.convert(written, name: path)
            let group: Group = try self.read(entry.value, name: path, at: entry.keyPosition)
            if let name {
                groups.append((name, group))
            }
        }
        return groups
    }

    /// A mapping from names that the operator chooses to values.
    ///
    /// - Parameters:
    ///   - key: The name of the mapping.
    ///   - about: What it is for, without a full stop.
    ///   - names: What the names must be.
    ///   - values: What the values must be.
    /// - Returns: The names with their values, in the order of writing, without those that could not be read; none where
    ///   the mapping is left out.
    public mutating func map<Name: SettingValue, Value: SettingValue>(
        _ key: String, _ about: String, names: Name.Type = String.self, values: Value.Type
    ) -> [(name: Name, value: Value)] {
        var pairs: [(name: Name, value: Value)] = []
        for entry in self.mapping(key, about, of: Value.settingType) {
            let path = SettingsText.path(entry.key, in: self.name(of: key))
            let written = SettingsNode(.scalar(.init(entry.key)), at: entry.keyPosition)
            let name: Name? = self.convert(written, name: path)
            guard !entry.value.isNull else {
                self.report(Problem(at: entry.keyPosition, message: "\(path) has no value"))
                continue
            }
            let value: Value? = self.convert(entry.value, name: path)
            if let name, let value { pairs.append((name, value)) }
        }
        return pairs
    }

    /// A mapping that somebody else will read, as the sections of plugins in a manifest.
    ///
    /// - Parameters:
    ///   - key: The name of the mapping.
    ///   - about: What it is for, without a full stop.
    /// - Returns: The entries in the order of writing, the first of each name; none where the mapping is left out.
    public mutating func unread(_ key: String, _ about: String) -> [SettingsNode.Entry] {
        self.mapping(key, about, of: .anything)
    }
}

// MARK: How they are read

extension SettingsReader {
    /// The entries of a mapping with names of the operator's choice; each name once.
    private mutating func mapping(_ key: String, _ about: String, of value: SettingType) -> [SettingsNode.Entry] {
        self.note(SettingsField(key: key, about: about, type: .map(value), presence: .optional))
        guard let entry = self.entry(key), !entry.value.isNull else { return [] }
        let inner = SettingsReader(reading: entry.value, path: self.name(of: key), at: entry.keyPosition)
        self.absorb(inner)
        var unique: [SettingsNode.Entry] = []
        for entry in inner.entries ?? [] where !unique.contains(where: { $0.hasKey(entry.key) }) {
            unique.append(entry)
        }
        return unique
    }

    /// Reads a group and takes over what is wrong with it.
    private mutating func read<Group: PluginSettings>(
        _ node: SettingsNode, name: String, at position: SourcePosition
    ) throws -> Group {
        var inner = SettingsReader(reading: node, path: name, at: position)
        do {
            let group = try Group(from: &inner)
            inner.finish()
            self.absorb(inner)
            return group
        } catch {
            self.absorb(inner)
            throw error
        }
    }

    /// Reads a group from nothing: its fields, and a value of placeholders.
    private mutating func describe<Group: PluginSettings>(
        _ type: Group.Type, _ key: String
    ) throws -> (placeholder: Group, schema: SettingsSchema) {
        var inner = SettingsReader(describing: self.name(of: key), at: self.position)
        let placeholder = try type.init(from: &inner)
        if self.entries == nil {
            // Nothing was read, so that what is wrong is the author's mistake.
            self.absorb(inner)
        }
        return (placeholder, SettingsSchema(fields: inner.fields))
    }
}
