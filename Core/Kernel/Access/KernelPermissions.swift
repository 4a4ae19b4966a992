/// What the kernel itself asks permission for.
public enum KernelPermissions {
    /// The declarations, in the order in which administrators are to read them.
    public static let all: [PermissionDeclaration] = [
        PermissionDeclaration(
            .manageAPIKeys, "Sees and revokes the API keys of everybody; own keys need no permission",
            roles: [.admin: .organization])
    ]
}

extension Permission {
    /// See and revoke the API keys of everybody in the organization.
    public static let manageAPIKeys = Permission("api-keys:manage")
}
