/// What a role gives with everything it inherits.
struct CompiledRole: Sendable {
    /// What it permits today.
    let scopes: [Permission: AccessScope]
    /// The part of it that an organization has decided: its own rules and those of roles it inherits from.
    ///
    /// Each pattern stands once, as far as it reaches anywhere; in no order.
    let rules: [AccessRule]
}

extension CompiledRole {
    /// Compiles a role.
    ///
    /// Roles repeat what they inherit: each pattern is understood once, however many of them have it.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - lines: Its rules, and those of all roles that it inherits from.
    ///   - catalog: What patterns mean today, and what is declared for roles.
    /// - Throws: An error when a stored rule cannot be read.
    init(_ role: Role, from lines: some Sequence<RoleLine>, _ catalog: PermissionCatalog) throws {
        var names: Set<String> = [role.name]
        var widest: [String: AccessScope] = [:]
        for line in lines {
            names.insert(line.role)
            guard let pattern = line.pattern, let scope = line.scope else { continue }
            widest[pattern] = max(widest[pattern] ?? .own, scope)
        }
        var rules: [AccessRule] = []
        var scopes: [Permission: AccessScope] = [:]
        rules.reserveCapacity(widest.count)
        for (text, scope) in widest {
            let meaning = try catalog.meaning(of: text)
            rules.append(AccessRule(meaning.pattern, scope))
            for permission in meaning.permissions { scopes[permission] = max(scopes[permission] ?? .own, scope) }
        }
        for name in names { scopes.merge(catalog.declared(for: Role(name))) { max($0, $1) } }
        self.init(scopes: scopes, rules: rules)
    }
}

/// What somebody has in one organization, before it is expanded into ``Grants``.
struct Standing: Sendable {
    /// The roles, sorted by name.
    let roles: [Role]
    /// What they may do.
    let grants: Grants
    /// The rules that have no end, from roles and direct grants: what wildcards are held by.
    let rules: [AccessRule]

    /// Whether they run the organization.
    var isAdmin: Bool { self.roles.contains(.admin) }
}
