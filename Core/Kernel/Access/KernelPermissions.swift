/// What the kernel's own operations ask of their callers.
public enum KernelPermissions {
    /// Reads the audit log.
    public static let readAudit = Permission("audit:read")

    /// The declarations, as those of a plugin.
    static let declarations: [PermissionDeclaration] = [
        PermissionDeclaration(Self.readAudit, "Reads the audit log", roles: [.admin: .organization])
    ]
}
