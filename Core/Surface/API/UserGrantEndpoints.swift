internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints for what a single user is granted directly, and for their sessions.
enum UserGrantEndpoints {
    static func all(_ access: AccessControl) -> [Endpoint] {
        [
            Endpoint.get(
                "/users/{id}/grants", self.list(access.directGrants), "Lists what a user is granted directly."),
            Endpoint.post("/users/{id}/grants", self.add(access.directGrants), "Grants a permission to a user."),
            Endpoint.delete(
                "/users/{id}/grants/{grant}", self.remove(access.directGrants), "Takes a direct grant from a user."),
            Endpoint.get(
                "/users/{id}/sessions", self.sessions(access.members), "Lists the sessions of a user, the latest first."
            ),
            Endpoint.delete("/users/{id}/sessions", self.endAll(access.members), "Ends all sessions of a user."),
            Endpoint.delete("/users/{id}/sessions/{session}", self.end(access.members), "Ends a session of a user."),
        ].map { $0.inProduct() }
    }

    // MARK: Direct grants

    struct GrantView: Codable, Sendable, Versioned {
        let id: ID<DirectGrant>
        let permission: String
        let scope: ScopeName
        let expiresAt: Instant?
        let reason: String
        let grantedBy: String
        let createdAt: Instant
        let version: Int

        init(_ grant: DirectGrant) {
            self.id = grant.id
            self.permission = grant.rule.pattern.description
            self.scope = ScopeName(grant.rule.scope)
            self.expiresAt = grant.expiresAt
            self.reason = grant.reason
            self.grantedBy = grant.grantedBy
            self.createdAt = grant.createdAt
            self.version = 1
        }
    }

    struct GrantList: Codable, Sendable {
        let items: [GrantView]
    }

    private static func list(_ grants: DirectGrants) -> Query<UserEndpoints.UserByID, GrantList> {
        Query("kernel.grants.list", .permission(.readUsers)) { input, _, tx in
            GrantList(items: try grants.list(input.id, in: tx).map { GrantView($0) })
        }
    }

    struct AddGrant: APIInput {
        let id: ID<User>
        let permission: String
        let scope: ScopeName
        let expiresAt: Instant?
        let reason: String

        static let constraints: [String: Constraint] = [
            "permission": .text(3...120, "A permission or a pattern, as bookings:read or bookings:*."),
            "scope": .field("How far it reaches."),
            "expiresAt": .field("The first instant at which it is over; never when left out."),
            "reason": .text(1...500, "Why, for whoever looks later."),
        ]
    }

    private static func add(_ grants: DirectGrants) -> Command<AddGrant, GrantView> {
        Command("kernel.grants.add", .permission(.manageRoles)) { input, _, tx in
            let rule = AccessRule(try RuleView.pattern(input.permission, "/permission"), input.scope.scope)
            return GrantView(
                try grants.add(rule, until: input.expiresAt, reason: input.reason, to: input.id, in: tx))
        }
    }

    struct GrantOfUser: APIInput {
        let id: ID<User>
        let grant: ID<DirectGrant>
    }

    private static func remove(_ grants: DirectGrants) -> Command<GrantOfUser, Nothing> {
        Command("kernel.grants.remove", .permission(.manageRoles)) { input, _, tx in
            try grants.remove(input.grant, from: input.id, in: tx)
            return Nothing()
        }
    }

    // MARK: Sessions

    struct SessionsOfUser: APIInput {
        let id: ID<User>
        let limit: Int
        let after: String?

        static let constraints: [String: Constraint] = [
            "limit": .pageLength, "after": .pageStart,
        ]
    }

    private static func sessions(_ members: Members) -> Query<SessionsOfUser, Page<SessionEndpoints.SessionView>> {
        Query("kernel.users.sessions", .permission(.readUsers)) { input, call, tx in
            let cursor = try input.after.map { try Cursor($0, list: "sessions", keys: 1) }
            let found = try members.sessions(of: input.id, after: cursor, limit: input.limit + 1, in: tx)
            let views = found.map { SessionEndpoints.SessionView($0, seenBy: call.principal) }
            return Page(views, limit: input.limit) { Cursor(list: "sessions", keys: [$0.id.sqlValue]) }
        }
    }

    private static func endAll(_ members: Members) -> Command<UserEndpoints.UserByID, SessionEndpoints.RevokedSessions>
    {
        Command("kernel.users.end-sessions", .permission(.manageUsers)) { input, _, tx in
            SessionEndpoints.RevokedSessions(revoked: try members.end(nil, of: input.id, in: tx))
        }
    }

    struct SessionOfUser: APIInput {
        let id: ID<User>
        let session: ID<Session>
    }

    private static func end(_ members: Members) -> Command<SessionOfUser, Nothing> {
        Command("kernel.users.end-session", .permission(.manageUsers)) { input, _, tx in
            _ = try members.end(input.session, of: input.id, in: tx)
            return Nothing()
        }
    }
}
