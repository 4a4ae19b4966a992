import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Signs in, renews and looks, as a client would.
struct SessionFixture {
    let platform: TestPlatform

    static let origin = Origin(.test, address: "192.0.2.7", userAgent: "Phone", requestID: "r")

    var identity: Identity { self.platform.runtime.identity }

    func signIn(
        _ member: TestMember = .customer, in place: TestPlace = .north, origin: Origin = Self.origin
    ) async throws -> IssuedTokens {
        try await self.identity.signIn(
            email: member.email, password: TestMember.password,
            organization: try self.platform.organization(place).id, origin: origin)
    }

    func refresh(
        _ token: RefreshToken, in place: TestPlace = .north, origin: Origin = Self.origin
    ) async throws -> IssuedTokens {
        try await self.identity.refresh(token.reveal(), in: try self.platform.organization(place).id, origin: origin)
    }

    /// The code with which renewing is refused; `nil` when it is not.
    func refusalToRefresh(_ token: RefreshToken, in place: TestPlace = .north) async -> String? {
        await refusal { _ = try await self.refresh(token, in: place) }?.code
    }

    /// Whether an access token works.
    func works(_ token: AccessToken) async throws -> Bool {
        try await self.identity.principal(for: token) != nil
    }

    /// A call with an access token.
    func call(_ token: AccessToken) async throws -> Call {
        guard let (organization, user) = try await self.identity.principal(for: token) else {
            throw Refusal.unauthenticated
        }
        return Call(organization: organization, principal: .user(user), origin: Self.origin)
    }

    /// The audit entries about sessions besides those of signing in, in order: action, actor, outcome.
    func entries() async throws -> [String] {
        let rows = try await self.platform.database.rows(
            """
            SELECT action, actor, CASE WHEN is_success THEN 'done' ELSE 'refused' END FROM {kernel.audit_entry}
            WHERE action LIKE 'kernel.session.%' AND action <> 'kernel.session.created' ORDER BY id
            """)
        return rows.map { $0.map { $0 ?? "" }.joined(separator: " ") }
    }
}

/// Runs `body` with a platform on an engine and its sessions.
func withSessions(
    _ engine: TestEngine, policy: Identity.Policy = Identity.Policy(), _ body: (SessionFixture) async throws -> Void
) async throws {
    var setup = TestPlatform.Setup()
    setup.sessions = policy
    try await withPlatform(engine, setup: setup) { try await body(SessionFixture(platform: $0)) }
}
