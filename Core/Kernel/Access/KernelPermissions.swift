extension Permission {
    /// See who can sign in, with what roles, grants and sessions.
    package static let readUsers = Permission("users:read")
    /// Invite users, disable and remove them, end their sessions.
    package static let manageUsers = Permission("users:manage")
    /// Work for a while as a user who may do less.
    package static let impersonateUsers = Permission("users:impersonate")
    /// See roles and what they permit, and why somebody may do something.
    package static let readRoles = Permission("roles:read")
    /// Make and change roles, and give roles and single permissions to users.
    package static let manageRoles = Permission("roles:manage")
    /// See the audit log.
    package static let readAudit = Permission("audit:read")
    /// See and revoke the API keys of everybody in the organization.
    public static let manageAPIKeys = Permission("api-keys:manage")
    /// See whom rate limits hold off now.
    public static let readLimits = Permission("limits:read")
    /// Let somebody in again whom a rate limit holds off.
    public static let manageLimits = Permission("limits:manage")
    /// Change what an organization may choose for itself.
    package static let manageSettings = Permission("settings:manage")
    /// See how the deployment is set up and how it does, where it serves one organization only.
    package static let readDeployment = Permission("deployment:read")
    /// See the organization's events, what could not be delivered, and its work in the background.
    package static let readOperations = Permission("operations:read")
    /// Let what has failed be tried again, or give it up.
    package static let manageOperations = Permission("operations:manage")
}

/// What the kernel itself lets be permitted, declared as a plugin would declare it.
enum KernelPermissions {
    /// The plain list, one permission a line.
    static let declarations: [PermissionDeclaration] = [
        PermissionDeclaration(.readUsers, "See who can sign in.", roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(
            .manageUsers, "Invite, disable and remove users.", roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(
            .impersonateUsers, "Work as a user who may do less.", roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(.readRoles, "See roles.", roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(
            .manageRoles, "Change roles and give them to users.", roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(
            .manageAPIKeys, "See and revoke the API keys of everybody; own keys need no permission.",
            roles: [.admin: .organization], category: "access"),
        PermissionDeclaration(
            .readLimits, "See whom rate limits hold off.", roles: [.admin: .organization], category: "limits"),
        PermissionDeclaration(
            .manageLimits, "Let somebody in again whom a rate limit holds off.", roles: [.admin: .organization],
            category: "limits"),
        PermissionDeclaration(
            .manageSettings, "See and change the organization's settings.", roles: [.admin: .organization],
            category: "settings"),
        PermissionDeclaration(
            .readDeployment, "See how the deployment is set up and how it does, where it serves one organization.",
            roles: [.admin: .organization], category: "operations"),
        PermissionDeclaration(
            .readOperations, "See events, what could not be delivered, and work in the background.",
            roles: [.admin: .organization], category: "operations"),
        PermissionDeclaration(
            .manageOperations, "Let what has failed be tried again, or give it up.", roles: [.admin: .organization],
            category: "operations"),
        PermissionDeclaration(.readAudit, "See the audit log.", roles: [.admin: .organization], category: "audit"),
        PermissionDeclaration(
            Privacy.canExport, "Take out all that is kept about a person.", roles: [.admin: .organization],
            category: "privacy"),
        PermissionDeclaration(
            Privacy.canErase, "Erase a person for ever.", roles: [.admin: .organization], category: "privacy"),
    ]

    /// What nobody may do in somebody else's name, nor a program by an API key: whatever changes who may do what.
    static let personal: Set<Permission> = [
        .manageUsers, .impersonateUsers, .manageRoles, .manageAPIKeys, Privacy.canExport,
        Privacy.canErase,
    ]
}
