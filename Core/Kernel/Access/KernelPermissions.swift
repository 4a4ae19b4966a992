extension Permission {
    /// Change what an organization may choose for itself.
    package static let manageSettings = Permission("settings:manage")
}

/// What the kernel itself lets be permitted, declared as a plugin would declare it.
enum KernelPermissions {
    static let declarations: [PermissionDeclaration] = [
        PermissionDeclaration(
            .manageSettings, "See and change the organization's settings.", roles: [.admin: .organization])
    ]
}
