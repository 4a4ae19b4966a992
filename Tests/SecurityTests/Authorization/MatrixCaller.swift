import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// Somebody who sends requests.
struct MatrixCaller: Sendable {
    /// What they show with each request.
    enum Means: Sendable {
        /// The token of a session of their own.
        case session
        /// An API key of theirs that may be used for so much.
        case key([String])
        /// The token of a session in which an administrator works as them.
        case impersonation
    }

    /// As the table spells it.
    let name: String
    /// The organization in which they call.
    let place: TestPlace
    /// Whose objects are their own; `nil` for somebody who has none, because they may do nothing with what can be made for the table.
    let member: TestMember?
    /// Sends their requests.
    var client: APIClient
    /// The objects on which they call.
    let relations: [Relation]
    var means = Means.session

    /// The client of somebody who calls by the same means.
    func client(of newcomer: Newcomer, in school: MatrixSchool) async throws -> APIClient {
        switch self.means {
        case .session: newcomer.client
        case .key(let scopes): try await Self.withKey(of: newcomer, scopes, in: school)
        case .impersonation: try await school.impersonation(of: newcomer.user)
        }
    }

    /// A client with a session like the caller's that has just begun; `nil` when the caller has none.
    func newSession(in school: MatrixSchool) async throws -> APIClient? {
        guard let member = self.member else { return nil }
        switch self.means {
        case .session: return try await school.session(of: member).client
        case .key: return nil
        case .impersonation: return try await school.impersonation(of: try await school.known(member).user)
        }
    }

    private static func withKey(
        of owner: Newcomer, _ scopes: [String], in school: MatrixSchool
    ) async throws -> APIClient {
        let made = try await school.apiKey(of: owner, scopes: scopes)
        var client = school.api
        client.headers.append(("Authorization", "Bearer \(made["key"]?.string ?? "")"))
        return client
    }

    /// Everybody who calls: the rows of each operation.
    ///
    /// Whose token is of no use any more was an administrator, so that what slips through shows.
    static func all(_ world: SecurityWorld) async throws -> [MatrixCaller] {
        let spent: [Relation] = [.peer, .elsewhere, .missing, .any]
        let (north, south) = (world.client(in: .north), world.client(in: .south))
        var callers = [
            MatrixCaller(name: "anonymous", place: .north, member: nil, client: north, relations: spent)
        ]
        for former in try await Self.former(world.platform, north) {
            callers.append(
                MatrixCaller(name: former.name, place: .north, member: nil, client: former.client, relations: spent))
        }
        let school = try world.school(.north)
        // Before all who have an account: what they did not change is looked at once.
        callers.append(
            MatrixCaller(
                name: "guest", place: .north, member: nil, client: try await school.guest(), relations: spent))
        callers.append(
            MatrixCaller(
                name: "waiting-guest", place: .north, member: nil, client: try await school.waitingGuest(),
                relations: spent))
        let whole: [Relation] = [.own, .assigned, .peer, .elsewhere, .missing, .any]
        for member in [TestMember.customer, .provider, .admin] {
            callers.append(
                MatrixCaller(
                    name: member.rawValue, place: .north, member: member,
                    client: try await north.signedIn(member.email), relations: whole))
        }
        for (name, scopes) in [("key", ["*"]), ("narrow-key", ["bookings:read"])] {
            callers.append(
                MatrixCaller(
                    name: name, place: .north, member: .admin,
                    client: try await Self.withKey(of: try await school.known(.admin), scopes, in: school),
                    relations: whole, means: .key(scopes)))
        }
        callers.append(
            MatrixCaller(
                name: "impersonated", place: .north, member: .customer,
                client: try await school.impersonation(of: try await school.known(.customer).user),
                relations: whole, means: .impersonation))
        callers.append(
            MatrixCaller(
                name: "stranger", place: .south, member: .admin,
                client: try await south.signedIn(TestMember.admin.email),
                relations: [.elsewhere, .missing, .any]))
        return callers
    }

    /// Administrators whose tokens have expired, were revoked, or belong to somebody who may not come in any more.
    private static func former(
        _ platform: TestPlatform, _ north: APIClient
    ) async throws -> [(name: String, client: APIClient)] {
        var clients: [(name: String, client: APIClient)] = []
        for name in ["expired", "revoked", "disabled", "departed"] {
            let email = "\(name)@example.org"
            _ = try await platform.runtime.identity.createUser(
                email: EmailAddress(email), password: TestMember.password, role: .admin,
                in: platform.organization(.north).id, actor: .system("fixture"), origin: Origin(.test))
            // Tokens work for an hour.
            let age: Int64 = name == "expired" ? 61 : 0
            // Whoever has signed in later than now has to wait until then.
            if age > 0 { try await platform.database.run("DELETE FROM \(Self.table("sign_in_pace", platform))") }
            platform.clock.advance(minutes: -age)
            let client = try await north.signedIn(email)
            try await client.get("/api/v1/me").expect(200)
            platform.clock.advance(minutes: age)
            clients.append((name, client))
        }
        try await clients[1].client.post("/api/v1/auth/logout", [:]).expect(200)
        try await platform.database.run(
            "UPDATE \(Self.table("user_account", platform)) SET is_active = \(Self.no(platform)) "
                + "WHERE email = 'disabled@example.org'")
        try await platform.database.run(
            "UPDATE \(Self.table("person", platform)) SET archived_at = created_at "
                + "WHERE email = 'departed@example.org'")
        // What is remembered of tokens is forgotten after a second.
        platform.clock.advance(seconds: 2)
        return clients
    }

    private static func table(_ name: String, _ platform: TestPlatform) -> String {
        platform.engine == .postgres ? "kernel.\(name)" : "kernel_\(name)"
    }

    private static func no(_ platform: TestPlatform) -> String { platform.engine == .postgres ? "false" : "0" }
}
