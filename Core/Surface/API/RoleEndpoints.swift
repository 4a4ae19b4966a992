internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which administrators look after roles.
enum RoleEndpoints {
    static func all(_ access: AccessControl) -> [Endpoint] {
        [
            Endpoint.get("/permissions", self.permissions(access), "Lists every permission there is, by category."),
            Endpoint.get("/roles", self.list(access.roles), "Lists roles by name, the built-in ones first."),
            Endpoint.post("/roles", self.create(access.roles), "Makes a role."),
            Endpoint.get("/roles/{name}", self.find(access.roles), "Shows a role with everything it permits."),
            Endpoint.patch("/roles/{name}", self.change(access.roles), "Changes a role."),
            Endpoint.delete("/roles/{name}", self.delete(access.roles), "Deletes a role that is not in use."),
        ].map { $0.inProduct() }
    }

    // MARK: Permissions

    struct PermissionView: Codable, Sendable {
        let name: String
        let category: String
        let summary: String
    }

    struct PermissionList: Codable, Sendable {
        let items: [PermissionView]
    }

    private static func permissions(_ access: AccessControl) -> Query<Nothing, PermissionList> {
        Query("kernel.permissions.list", .permission(.readRoles)) { _, _, tx in
            try tx.require(.readRoles, on: Ownership())
            return PermissionList(
                items: access.catalog.entries.map {
                    PermissionView(name: $0.permission.name, category: $0.category, summary: $0.summary)
                })
        }
    }

    // MARK: Reading roles

    struct RoleView: Codable, Sendable, Versioned {
        let name: String
        let title: String
        let summary: String
        let system: Bool
        let parents: [String]
        let rules: [RuleView]
        let version: Int

        init(_ role: RoleDetails) {
            self.name = role.role.name
            self.title = role.title
            self.summary = role.summary
            self.system = role.isSystem
            self.parents = role.parents.map(\.name)
            self.rules = role.rules.map { RuleView($0) }
            self.version = role.version
        }
    }

    struct RoleWithGrants: Codable, Sendable, Versioned {
        let name: String
        let title: String
        let summary: String
        let system: Bool
        let parents: [String]
        let rules: [RuleView]
        let grants: [RuleView]
        let version: Int

        init(_ role: RoleDetails, _ grants: [(permission: Permission, scope: AccessScope)]) {
            self.name = role.role.name
            self.title = role.title
            self.summary = role.summary
            self.system = role.isSystem
            self.parents = role.parents.map(\.name)
            self.rules = role.rules.map { RuleView($0) }
            self.grants = grants.map { RuleView(AccessRule(PermissionPattern($0.permission), $0.scope)) }
            self.version = role.version
        }
    }

    private static func list(_ roles: Roles) -> Query<PageInput, Page<RoleView>> {
        Query("kernel.roles.list", .permission(.readRoles)) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "roles", keys: 2) }
            let found = try roles.list(after: cursor, limit: input.limit + 1, in: tx)
            let page = found.prefix(input.limit)
            let next = found.count > input.limit ? page.last.map { Roles.cursor(after: $0).text } : nil
            return Page(items: page.map { RoleView($0) }, next: next)
        }
    }

    struct RoleByName: APIInput {
        let name: String

        static let constraints: [String: Constraint] = ["name": .text(1...40, "The role's permanent name.")]
    }

    private static func find(_ roles: Roles) -> Query<RoleByName, RoleWithGrants> {
        Query("kernel.roles.read", .permission(.readRoles)) { input, _, tx in
            let role = Role(input.name)
            return RoleWithGrants(try roles.find(role, in: tx), try roles.grants(of: role, in: tx))
        }
    }

    // MARK: Changing roles

    struct CreateRole: APIInput {
        let name: String
        let title: String
        let summary: String
        let parents: [String]
        let rules: [RuleView]

        static let constraints: [String: Constraint] = [
            "name": .text(1...40, "Permanent: lower-case letters, digits and hyphens, beginning with a letter."),
            "title": .text(1...100, "The name for people."),
            "summary": .text(0...500, default: "", "What the role is for."),
            "parents": .items(
                0...Roles.maximumParents, length: 1...40, default: [], "The roles from which it inherits."),
            "rules": .items(0...Roles.maximumRules, default: [], "What it permits itself."),
        ]
    }

    private static func create(_ roles: Roles) -> Command<CreateRole, RoleView> {
        Command("kernel.roles.create", .permission(.manageRoles)) { input, _, tx in
            let made = try roles.create(
                Role(input.name), title: input.title, summary: input.summary, parents: input.parents.map { Role($0) },
                rules: try RuleView.rules(input.rules), in: tx)
            return RoleView(made)
        }
    }

    struct ChangeRole: APIInput {
        let name: String
        let title: String?
        let summary: String?
        let parents: [String]?
        let rules: [RuleView]?

        static let nullMeansAbsent = false
        static let constraints: [String: Constraint] = [
            "name": .text(1...40, "The role's permanent name."),
            "title": .text(1...100, "The name for people."),
            "summary": .text(0...500, "What the role is for."),
            "parents": .items(
                0...Roles.maximumParents, length: 1...40, "The roles from which it inherits; all of them."),
            "rules": .items(0...Roles.maximumRules, "What it permits itself; all of it."),
        ]
    }

    private static func change(_ roles: Roles) -> Command<ChangeRole, RoleView> {
        Command("kernel.roles.change", .permission(.manageRoles)) { input, _, tx in
            let change = RoleChange(
                title: input.title, summary: input.summary, parents: input.parents.map { $0.map { Role($0) } },
                rules: try input.rules.map { try RuleView.rules($0) })
            return RoleView(try roles.change(Role(input.name), change, in: tx))
        }
    }

    private static func delete(_ roles: Roles) -> Command<RoleByName, Nothing> {
        Command("kernel.roles.delete", .permission(.manageRoles)) { input, _, tx in
            try roles.delete(Role(input.name), in: tx)
            return Nothing()
        }
    }
}
