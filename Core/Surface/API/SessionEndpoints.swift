internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which users look at their own sessions and end them.
enum SessionEndpoints {
    static func all(_ sessions: Sessions) -> [Endpoint] {
        [
            Endpoint.get("/me/sessions", self.list(sessions), "Lists the caller's sessions, the latest first."),
            Endpoint.delete("/me/sessions", self.revokeOthers(sessions), "Ends all of the caller's other sessions.")
                .unversioned(because: Self.reason),
            Endpoint.delete("/me/sessions/{id}", self.revoke(sessions), "Ends one of the caller's sessions.")
                .unversioned(because: Self.reason),
        ].map { $0.inProduct() }
    }

    private static let reason: StaticString = "a session is not edited, so that nobody can have missed a change."

    struct SessionView: Codable, Sendable {
        let id: ID<Session>
        let createdAt: Instant
        let lastSeenAt: Instant
        let address: String?
        let userAgent: String?
        /// Browser and system, as `Firefox on Windows`.
        let device: String?
        /// 16 digits by which one program is told from another.
        let fingerprint: String?
        let current: Bool

        init(_ session: Sessions.Live, seenBy caller: Principal) {
            self.id = session.id
            self.createdAt = session.createdAt
            self.lastSeenAt = session.lastSeenAt
            self.address = session.address
            self.userAgent = session.userAgent
            self.device = session.device
            self.fingerprint = session.fingerprint
            self.current = session.id == caller.user?.session
        }
    }

    private static func list(_ sessions: Sessions) -> Query<PageInput, Page<SessionView>> {
        Query("kernel.sessions.list", .signedIn) { input, call, tx in
            let cursor = try input.after.map { try Cursor($0, list: "sessions", keys: 1) }
            let found = try sessions.list(after: cursor, limit: input.limit + 1, in: tx)
            let views = found.map { SessionView($0, seenBy: call.principal) }
            return Page(views, limit: input.limit) { Cursor(list: "sessions", keys: [$0.id.sqlValue]) }
        }
    }

    struct SessionByID: APIInput {
        let id: ID<Session>
    }

    private static func revoke(_ sessions: Sessions) -> Command<SessionByID, Nothing> {
        Command("kernel.sessions.revoke", .signedIn) { input, _, tx in
            try sessions.revoke(input.id, in: tx)
            return Nothing()
        }
    }

    struct RevokedSessions: Codable, Sendable {
        let revoked: Int
    }

    private static func revokeOthers(_ sessions: Sessions) -> Command<Nothing, RevokedSessions> {
        Command("kernel.sessions.revoke-others", .signedIn) { _, _, tx in
            RevokedSessions(revoked: try sessions.revokeOthers(in: tx))
        }
    }
}
