extension JSON {
    /// Whether this document holds another one, as PostgreSQL's `jsonb @> jsonb` decides it.
    ///
    /// An object holds another one when each of its members holds the member of that name; an array when each item is
    /// held by one of its own, in any order and number; a value that is neither when both are equal, numbers by value.
    /// As there, an array also holds a plain value that is one of its items, but only at the top.
    package func contains(_ other: JSON) -> Bool {
        if case .array(let items) = self, other.array == nil, other.object == nil {
            return items.contains { $0.holds(other) }
        }
        return self.holds(other)
    }

    private func holds(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let own), .object(let wanted)):
            wanted.members.allSatisfy { member in own[member.name]?.holds(member.value) ?? false }
        case (.array(let own), .array(let wanted)):
            wanted.allSatisfy { item in own.contains { $0.holds(item) } }
        case (.number(let own), .number(let wanted)): own.canonicalSpelling == wanted.canonicalSpelling
        default: self == other
        }
    }
}
