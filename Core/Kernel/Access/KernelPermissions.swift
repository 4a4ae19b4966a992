/// What the kernel's own operations ask of their callers.
public enum KernelPermissions {
    /// The declarations, as those of a plugin, one a permission.
    static let declarations: [PermissionDeclaration] = [
        PermissionDeclaration(.readLimits, "Sees whom rate limits hold off", roles: [.admin: .organization]),
        PermissionDeclaration(
            .manageLimits, "Lets somebody in again whom a rate limit holds off", roles: [.admin: .organization]),
    ]
}

extension Permission {
    /// See whom rate limits hold off now.
    public static let readLimits = Permission("limits:read")
    /// Let somebody in again whom a rate limit holds off.
    public static let manageLimits = Permission("limits:manage")
}
