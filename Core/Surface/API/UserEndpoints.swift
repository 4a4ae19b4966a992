internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which administrators look after the users of their organization.
enum UserEndpoints {
    static func all(_ access: AccessControl) -> [Endpoint] {
        [
            Endpoint.get("/users", self.list(access.members), "Lists users by name."),
            Endpoint.get("/users/{id}", self.find(access.members), "Shows a user."),
            Endpoint.patch("/users/{id}", self.change(access.members), "Disables or enables a user."),
            Endpoint.delete("/users/{id}", self.remove(access.members), "Takes a user out of the organization."),
            Endpoint.put("/users/{id}/roles", self.setRoles(access.members), "Gives a user exactly these roles."),
            Endpoint.post(
                "/users/{id}/roles", self.addRole(access.members), status: 200, "Gives a user one more role."),
            Endpoint.delete(
                "/users/{id}/roles/{role}", self.removeRole(access.members), "Takes a role from a user."),
        ].map { $0.inProduct() }
    }

    /// Whether a user may sign in to the organization.
    enum Status: String, CaseIterable, APIValue {
        case active
        case disabled
    }

    struct UserView: Codable, Sendable, Versioned {
        let id: ID<User>
        let person: ID<Person>
        let email: String
        let name: String
        let status: Status
        let roles: [String]
        let version: Int

        init(_ member: Member) {
            self.id = member.user
            self.person = member.person
            self.email = member.email
            self.name = member.name
            self.status = member.disabledAt == nil ? .active : .disabled
            self.roles = member.roles.map(\.name)
            self.version = member.version
        }
    }

    // MARK: Reading

    struct ListUsers: APIInput {
        let q: String?
        let role: String?
        let status: Status?
        let limit: Int
        let after: String?

        static let constraints: [String: Constraint] = [
            "q": .text(1...100, "What name or address contains, in any spelling."),
            "role": .text(1...40, "Only those with this role."),
            "status": .field("Only those of this status."),
            "limit": .pageLength, "after": .pageStart,
        ]
    }

    private static func list(_ members: Members) -> Query<ListUsers, Page<UserView>> {
        Query("kernel.users.list", .permission(.readUsers)) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "users", keys: 2) }
            var query = MemberQuery()
            query.text = input.q ?? ""
            query.role = input.role.map { Role($0) }
            query.isDisabled = input.status.map { $0 == .disabled }
            let found = try members.list(query, after: cursor, limit: input.limit + 1, in: tx)
            let page = found.prefix(input.limit)
            let next = found.count > input.limit ? page.last.map { Members.cursor(after: $0).text } : nil
            return Page(items: page.map { UserView($0) }, next: next)
        }
    }

    struct UserByID: APIInput {
        let id: ID<User>
    }

    private static func find(_ members: Members) -> Query<UserByID, UserView> {
        Query("kernel.users.read", .permission(.readUsers)) { input, _, tx in
            UserView(try members.find(input.id, in: tx))
        }
    }

    // MARK: Changing

    struct ChangeUser: APIInput {
        let id: ID<User>
        let status: Status?

        static let nullMeansAbsent = false
        static let constraints: [String: Constraint] = [
            "status": .field("Whether the user may sign in here; disabling ends all their sessions here at once.")
        ]
    }

    private static func change(_ members: Members) -> Command<ChangeUser, UserView> {
        Command("kernel.users.change", .permission(.manageUsers)) { input, _, tx in
            guard let status = input.status else {
                throw Refusal.invalid("/status", "required", "say what is to change: status is all there is")
            }
            return UserView(try members.setDisabled(status == .disabled, input.id, in: tx))
        }
    }

    private static func remove(_ members: Members) -> Command<UserByID, Nothing> {
        Command("kernel.users.remove", .permission(.manageUsers)) { input, _, tx in
            try members.remove(input.id, in: tx)
            return Nothing()
        }
    }

    struct SetRoles: APIInput {
        let id: ID<User>
        let roles: [String]

        static let constraints: [String: Constraint] = [
            "roles": .items(0...50, length: 1...40, "The roles that the user is to have; all of them.")
        ]
    }

    private static func setRoles(_ members: Members) -> Command<SetRoles, UserView> {
        Command("kernel.users.set-roles", .permission(.manageRoles)) { input, _, tx in
            UserView(try members.setRoles(input.roles.map { Role($0) }, input.id, in: tx))
        }
    }

    struct RoleOfUser: APIInput {
        let id: ID<User>
        let role: String

        static let constraints: [String: Constraint] = ["role": .text(1...40, "The role's permanent name.")]
    }

    private static func addRole(_ members: Members) -> Command<RoleOfUser, UserView> {
        Command("kernel.users.add-role", .permission(.manageRoles)) { input, _, tx in
            UserView(try members.setRole(Role(input.role), true, input.id, in: tx))
        }
    }

    private static func removeRole(_ members: Members) -> Command<RoleOfUser, UserView> {
        Command("kernel.users.remove-role", .permission(.manageRoles)) { input, _, tx in
            UserView(try members.setRole(Role(input.role), false, input.id, in: tx))
        }
    }
}
