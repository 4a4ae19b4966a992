/// What a role gives with everything it inherits.
struct CompiledRole: Sendable {
    /// What it permits today.
    let scopes: [Permission: AccessScope]
    /// The part of it that an organization has decided: its own rules and those of roles it inherits from.
    let rules: [AccessRule]
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
