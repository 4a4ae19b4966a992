internal import AlmanacKernel
internal import AlmanacStorage

/// The names of the roles that rooms get on PostgreSQL.
struct RoleNames {
    private let database: String
    private let roles: [(owner: String, name: String)]

    /// - Returns: `nil` where the address leaves the name of the database to libpq: it is known when it is reached.
    init?(_ url: DatabaseURL, _ plugins: [PluginID]) {
        guard let parts = try? PostgresURL(url.reveal()), let database = parts.database ?? parts.user else {
            return nil
        }
        self.database = database
        self.roles =
            [("the kernel", RoleSetup.roleName(database: database, .kernel))]
            + plugins.map { ("plugin \($0)", RoleSetup.roleName(database: database, $0.namespace)) }
    }

    /// What is wrong with the longest of them; `nil` when PostgreSQL takes it as it is.
    var problem: String? {
        guard let longest = self.roles.max(by: { $0.name.utf8.count < $1.name.utf8.count }),
            longest.name.utf8.count > RoleSetup.longestName
        else { return nil }
        let excess = longest.name.utf8.count - RoleSetup.longestName
        return "leads to the role \(longest.name) (of \(longest.owner)), and PostgreSQL cuts names after "
            + "\(RoleSetup.longestName) bytes: give the database a name that is \(excess) shorter, or set roles: false"
    }
}
