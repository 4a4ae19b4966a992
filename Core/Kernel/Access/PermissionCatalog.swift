/// Every permission that there is in a deployment: those of the kernel and of the enabled plugins.
///
/// Frozen with the platform. Wildcards are expanded against it when they are loaded, so that a stored `bookings:*` means
/// what the plugins of today declare.
package struct PermissionCatalog: Sendable {
    /// A permission with what administrators are told of it.
    package struct Entry: Sendable {
        /// The permission.
        package let permission: Permission
        /// What it allows, in a sentence.
        package let summary: String
        /// Under which heading it stands.
        package let category: String
        /// How far it reaches for which built-in role from the start.
        package let roles: [Role: AccessScope]
    }

    /// A pattern with what it means today.
    struct Meaning: Sendable {
        let pattern: PermissionPattern
        let permissions: [Permission]
    }

    /// All of them, by category and name.
    package let entries: [Entry]
    private let byName: [String: Permission]
    /// Every pattern that means something, by its text.
    private let meanings: [String: Meaning]
    /// What is declared for the built-in roles.
    private let declared: [Role: [Permission: AccessScope]]

    init(_ plugins: [LoadedPlugin]) {
        let own = KernelPermissions.declarations.map { Self.entry($0, owner: "kernel") }
        let others = plugins.flatMap { plugin in
            plugin.declaration.permissions.map { Self.entry($0, owner: plugin.declaration.id.name) }
        }
        let entries = (own + others).sorted {
            ($0.category, $0.permission.name) < ($1.category, $1.permission.name)
        }
        self.entries = entries
        self.byName = Dictionary(entries.map { ($0.permission.name, $0.permission) }) { first, _ in first }
        var meant: [PermissionPattern: [Permission]] = [:]
        for entry in entries {
            for pattern in PermissionPattern(entry.permission).andBroader {
                meant[pattern, default: []].append(entry.permission)
            }
        }
        self.meanings = Dictionary(
            uniqueKeysWithValues: meant.map { ($0.key.description, Meaning(pattern: $0.key, permissions: $0.value)) })
        var declared: [Role: [Permission: AccessScope]] = [:]
        for entry in entries {
            for (role, scope) in entry.roles { declared[role, default: [:]][entry.permission] = scope }
        }
        self.declared = declared
    }

    private static func entry(_ declared: PermissionDeclaration, owner: String) -> Entry {
        Entry(
            permission: declared.permission, summary: declared.summary, category: declared.category ?? owner,
            roles: declared.roles)
    }

    /// The permission with this name.
    package func find(_ name: String) -> Permission? { self.byName[name] }

    /// What is declared for a role, whatever an organization adds to it.
    func declared(for role: Role) -> [Permission: AccessScope] { self.declared[role] ?? [:] }

    /// The permissions that a pattern means today.
    package func expand(_ pattern: PermissionPattern) -> [Permission] {
        self.meanings[pattern.description]?.permissions ?? []
    }

    /// What the text of a stored pattern means today.
    ///
    /// Nearly every text is one that means something, and then it is looked up and not read.
    ///
    /// - Throws: An error when it is no pattern.
    func meaning(of text: String) throws -> Meaning {
        if let known = self.meanings[text] { return known }
        guard let pattern = PermissionPattern(text) else { throw UnreadableRule(text) }
        return Meaning(pattern: pattern, permissions: [])
    }

    /// What rules give today; where several give a permission the widest scope counts.
    func expand(_ rules: some Sequence<AccessRule>) -> [Permission: AccessScope] {
        var scopes: [Permission: AccessScope] = [:]
        for rule in rules {
            for permission in self.expand(rule.pattern) {
                scopes[permission] = max(scopes[permission] ?? .own, rule.scope)
            }
        }
        return scopes
    }
}
