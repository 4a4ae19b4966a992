/// A role as administrators see it.
package struct RoleDetails: Sendable, Equatable {
    /// The role.
    package var role: Role
    /// Its name for people.
    package var title: String
    /// What it is for.
    package var summary: String
    /// Whether every organization has it; such a role cannot be deleted.
    package var isSystem: Bool
    /// From which roles it inherits, sorted.
    package var parents: [Role]
    /// What the organization lets it do, besides what plugins declare for it; sorted.
    package var rules: [AccessRule]
    /// Counts changes from 1.
    package var version: Int

    /// A built-in role as nobody has changed it.
    static func builtIn(_ role: Role) -> RoleDetails {
        let words: (title: String, summary: String) =
            switch role {
            case .admin: ("Administrator", "Runs the organization.")
            case .provider: ("Provider", "Provides what is booked.")
            default: ("Customer", "Books.")
            }
        return RoleDetails(
            role: role, title: words.title, summary: words.summary, isSystem: true, parents: [], rules: [], version: 1)
    }

    /// What has become of which fields, for audit entries.
    func compared(with before: RoleDetails) throws -> AuditChanges {
        var changes = AuditChanges()
        try changes.compare("title", before.title, self.title)
        try changes.compare("summary", before.summary, self.summary)
        try changes.compare("parents", before.parents.map(\.name), self.parents.map(\.name))
        try changes.compare("rules", before.rules.map(\.description), self.rules.map(\.description))
        return changes
    }

    /// The names of the fields in which two states differ, for audit entries.
    func changes(from before: RoleDetails) -> [String] {
        var names: [String] = []
        if !self.title.utf8.elementsEqual(before.title.utf8) { names.append("title") }
        if !self.summary.utf8.elementsEqual(before.summary.utf8) { names.append("summary") }
        if self.parents != before.parents { names.append("parents") }
        if self.rules != before.rules { names.append("rules") }
        return names
    }
}

/// What is to be different about a role; what is `nil` stays.
package struct RoleChange: Sendable {
    /// Its name for people.
    package var title: String?
    /// What it is for.
    package var summary: String?
    /// From which roles it inherits.
    package var parents: [Role]?
    /// What the organization lets it do.
    package var rules: [AccessRule]?

    /// Describes a change.
    package init(title: String? = nil, summary: String? = nil, parents: [Role]? = nil, rules: [AccessRule]? = nil) {
        self.title = title
        self.summary = summary
        self.parents = parents
        self.rules = rules
    }
}
