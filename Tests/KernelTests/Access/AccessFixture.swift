import AlmanacStorage
import AlmanacTestKit
import Logging

@testable import AlmanacKernel

/// A platform with the permissions `notes:read` and `notes:write`, and its API as members use it.
struct AccessFixture {
    let platform: TestPlatform
    private let api: APIClient

    init(_ platform: TestPlatform) async throws {
        self.platform = platform
        self.api = try await platform.client()
    }

    /// A client that has signed in anew and changes things whatever their version.
    func client(_ member: TestMember = .admin, in place: TestPlace = .north) async throws -> APIClient {
        var client = self.api
        client.headers = [("Almanac-Organization", place.slug)]
        client = try await client.signedIn(member.email)
        client.headers.append(("If-Match", "*"))
        return client
    }

    func id(_ member: TestMember) throws -> String { "\(try self.platform.user(member).id)" }

    /// A token of a member who has signed in anew.
    func token(_ member: TestMember, in place: TestPlace = .north) async throws -> AccessToken {
        try await self.platform.runtime.identity.signIn(
            email: member.email, password: TestMember.password, organization: self.platform.organization(place).id,
            origin: Origin(.test)
        ).access
    }

    /// What the next request with a token may do; `nil` when the token does not work.
    func grants(_ token: AccessToken, on runtime: Runtime? = nil) async throws -> Grants? {
        try await (runtime ?? self.platform.runtime).identity.principal(for: token)?.1.grants
    }

    /// The same deployment as a second process runs it, which knows nothing of what the first remembers.
    func otherHost() throws -> Runtime {
        try Runtime(
            assembling: Assembler([Notes.self]), enabled: [EnabledPlugin(Notes.id)],
            database: self.platform.database.database(in: .kernel),
            hasher: PasswordHasher(cost: .forTests, random: SeededRandom(seed: 1)), random: SeededRandom(seed: 2),
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Makes a role as an administrator.
    @discardableResult
    func makeRole(
        _ name: String, _ rules: [String: String] = [:], parents: [String] = [], as client: APIClient
    ) async throws -> APIAnswer {
        await client.post(
            "/api/v1/roles",
            [
                "name": .string(name), "title": .string(name), "rules": Self.rules(rules),
                "parents": .array(parents.map { .string($0) }),
            ])
    }

    static func rules(_ rules: [String: String]) -> JSON {
        .array(
            rules.sorted { $0.key < $1.key }.map { ["permission": .string($0.key), "scope": .string($0.value)] })
    }

    /// Gives a member exactly these roles.
    func setRoles(_ roles: [String], of member: TestMember, as client: APIClient) async throws -> APIAnswer {
        await client.send(
            "PUT", "/api/v1/users/\(try self.id(member))/roles", json: ["roles": .array(roles.map { .string($0) })])
    }

    /// Grants a permission directly.
    func grant(
        _ permission: String, _ scope: String, to member: TestMember, until: Instant? = nil, as client: APIClient
    ) async throws -> APIAnswer {
        var body: [(String, JSON)] = [
            ("permission", .string(permission)), ("scope", .string(scope)), ("reason", "because"),
        ]
        if let until { body.append(("expiresAt", .string(until.rfc3339))) }
        return await client.post("/api/v1/users/\(try self.id(member))/grants", .object(JSONObject(body)))
    }

    /// The audit entries about roles, users and grants in an organization, in order.
    func entries(_ place: TestPlace = .north) async throws -> [String] {
        let organization = try self.platform.organization(place).id
        return try await self.platform.runtime.database.read(in: .organization(organization)) { tx in
            try tx.values(
                """
                SELECT action FROM \(AuditTrail.table) WHERE organization_id = \(organization)
                    AND action NOT LIKE 'kernel.session%' AND action <> 'kernel.user.created' ORDER BY id
                """, as: String.self)
        }
    }
}

/// Runs `body` with a platform on an engine; races leave rehearsals out.
func withAccess(
    _ engine: TestEngine, setup: TestPlatform.Setup = TestPlatform.Setup(), _ body: (AccessFixture) async throws -> Void
) async throws {
    try await withPlatform(engine, plugins: [Notes.self], setup: setup) { try await body(try await AccessFixture($0)) }
}

extension Grants {
    /// The scope of a permission by name.
    func reach(_ permission: Permission) -> String? { self.scope(of: permission)?.name }
}
