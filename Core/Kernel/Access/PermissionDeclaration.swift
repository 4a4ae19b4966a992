/// Declares a permission and the roles that have it from the start.
public struct PermissionDeclaration: Sendable {
    /// The permission.
    public let permission: Permission
    /// What it allows, in a sentence for administrators.
    public let summary: String
    /// How far it reaches for which role; a role that is not listed does not have it.
    public let roles: [Role: AccessScope]
    /// Under which heading administrators find it; the plugin's own when `nil`.
    public let category: String?

    /// Declares a permission.
    ///
    /// - Parameters:
    ///   - permission: The permission.
    ///   - summary: What it allows, in a sentence for administrators.
    ///   - roles: How far it reaches for which role from the start.
    ///   - category: Under which heading administrators find it, in lower case; the plugin's id when left out.
    public init(
        _ permission: Permission, _ summary: String, roles: [Role: AccessScope], category: String? = nil
    ) {
        self.permission = permission
        self.summary = summary
        self.roles = roles
        self.category = category
    }
}
