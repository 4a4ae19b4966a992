import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Begins and ends tries to sign in, as a client with its user would.
struct OIDCFixture {
    let platform: TestPlatform
    let gateway: ScriptedGateway
    let mailbox: TestMailbox

    static let origin = Origin(.test, address: "192.0.2.7", userAgent: "Phone", requestID: "r")

    static func provider(_ id: String, makesAccounts: Bool = false) -> OIDCProvider {
        OIDCProvider(
            id: id, name: id, issuer: "https://\(id).example", clientID: "school", clientSecret: Secret("s"),
            makesAccounts: makesAccounts, redirectURI: "https://book.example/auth/oidc/\(id)/callback")
    }

    var oidc: OIDCSignIn { self.platform.runtime.oidc }

    /// A call of a member; of nobody when `nil`.
    func call(_ member: TestMember? = nil, in place: TestPlace = .north) throws -> Call {
        var call = try self.platform.call(as: member, in: place)
        call.origin = Self.origin
        if let user = call.principal.user {
            call.principal = .user(
                SignedInUser(
                    id: user.id, person: user.person, session: ID(high: 0, low: 1), roles: user.roles,
                    grants: user.grants))
        }
        return call
    }

    func begin(
        _ provider: String = "plain", as member: TestMember? = nil, in place: TestPlace = .north,
        returningTo path: String? = nil
    ) async throws -> OIDCSignIn.Begun {
        let intent = OIDCSignIn.Intent(returnTo: path, password: member == nil ? nil : TestMember.password)
        return try await self.oidc.begin(with: provider, intent, try self.call(member, in: place))
    }

    /// What stands in the query of an address.
    static func parameter(_ name: String, of begun: OIDCSignIn.Begun) -> String {
        let query = begun.authorizationURL.split(separator: "?", maxSplits: 1).last ?? ""
        return query.split(separator: "&").first { $0.hasPrefix("\(name)=") }.map {
            String($0.dropFirst(name.count + 1))
        }
            ?? ""
    }

    /// What the provider sends the user back with: claims for this try, changed.
    func callback(
        _ begun: OIDCSignIn.Begun, _ provider: String = "plain", subject: String = "sub-1",
        claims changes: [String: JSON] = [:]
    ) -> OIDCSignIn.Callback {
        let now = Int(self.platform.clock.now.seconds)
        let claims: [String: JSON] = [
            "iss": .string("https://\(provider).example"), "aud": "school", "sub": .string(subject),
            "nonce": .string(Self.parameter("nonce", of: begun)), "iat": .number(JSONNumber(now)),
            "exp": .number(JSONNumber(now + 300)),
        ]
        let all = claims.merging(changes) { $1 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return OIDCSignIn.Callback(
            code: self.gateway.issue(
                .object(JSONObject(all)), challenge: Self.parameter("code_challenge", of: begun)),
            state: Self.parameter("state", of: begun),
            handle: begun.handle)
    }

    func finish(
        _ callback: OIDCSignIn.Callback, _ provider: String = "plain", as member: TestMember? = nil,
        in place: TestPlace = .north
    ) async throws -> OIDCSignIn.Finished {
        try await self.oidc.finish(callback, with: provider, try self.call(member, in: place))
    }

    /// The code with which ending is refused; `nil` when it is not.
    func refusalToFinish(
        _ callback: OIDCSignIn.Callback, _ provider: String = "plain", as member: TestMember? = nil,
        in place: TestPlace = .north
    ) async -> String? {
        await refusal { _ = try await self.finish(callback, provider, as: member, in: place) }?.code
    }

    /// A call of a member's for which somebody else, or a program, works.
    func narrowed(_ member: TestMember, by impersonator: ID<User>? = nil, key: ID<APIKey>? = nil) throws -> Call {
        var call = try self.call(member)
        guard let user = call.principal.user else { return call }
        call.principal = .user(
            SignedInUser(
                id: user.id, person: user.person, session: key == nil ? user.session : nil, roles: user.roles,
                grants: user.grants, impersonator: impersonator, apiKey: key))
        return call
    }

    /// Notes that a member has shown that the account's address is theirs.
    func verify(_ member: TestMember) async throws {
        let user = try self.platform.user(member).id
        try await self.platform.runtime.database.write(in: .system(SystemScope("test"))) { tx in
            try tx.execute("UPDATE \(User.table) SET email_verified_at = \(tx.now) WHERE id = \(user)")
        }
    }

    /// Links an identity to a member.
    func link(_ member: TestMember, _ provider: String = "plain", subject: String = "sub-1") async throws {
        let begun = try await self.begin(provider, as: member)
        _ = try await self.finish(self.callback(begun, provider, subject: subject), provider, as: member)
    }

    /// Signs in with an identity from the beginning.
    func signIn(
        _ provider: String = "plain", subject: String = "sub-1", in place: TestPlace = .north,
        claims: [String: JSON] = [:]
    ) async throws -> IssuedTokens {
        let begun = try await self.begin(provider, in: place)
        return try await self.finish(
            self.callback(begun, provider, subject: subject, claims: claims), provider, in: place
        ).tokens
    }

    func refusalToSignIn(
        _ provider: String = "plain", subject: String = "sub-1", in place: TestPlace = .north,
        claims: [String: JSON] = [:]
    ) async -> String? {
        await refusal { _ = try await self.signIn(provider, subject: subject, in: place, claims: claims) }?.code
    }

    /// The links there are: issuer, subject, address of the user.
    func links() async throws -> [String] {
        let rows = try await self.platform.database.rows(
            """
            SELECT i.issuer, i.subject, u.email FROM {kernel.oidc_identity} i
            JOIN {kernel.user_account} u ON u.id = i.user_id ORDER BY i.issuer, i.subject
            """)
        return rows.map { $0.map { $0 ?? "" }.joined(separator: " ") }
    }

    /// The reasons of the refusals in the audit trail.
    func refusals() async throws -> [String] {
        let entries = try await self.entries(of: "kernel.oidc.refused")
        return entries.compactMap { $0["detail"]?["code"]?.string }
    }

    /// The mails so far: recipient and kind.
    func mails() async -> [String] {
        await self.platform.runtime.mail.deliver()
        return self.mailbox.mails.map { "\($0.recipient.text) \($0.kind)" }
    }

    /// How many users there are.
    func users() async throws -> Int {
        Int(try await self.platform.database.rows("SELECT count(*) FROM {kernel.user_account}")[0][0] ?? "") ?? -1
    }

    /// The audit entries of an action as they are kept.
    func entries(of action: String) async throws -> [JSON] {
        await self.platform.runtime.audit.refusals.settle()
        let database = self.platform.runtime.database
        let all = try await database.read(in: .system(SystemScope("test"))) { tx in
            try tx.values(
                "SELECT canonical FROM \(AuditTrail.table) WHERE action = \(action) ORDER BY id", as: [UInt8].self)
        }
        return try all.map { try JSON(parsing: $0) }
    }
}

/// Runs `body` with a platform whose users may sign in with three providers: `plain`, `other`, and `open`, which makes
/// accounts.
func withOIDC(
    _ engine: TestEngine, setup: TestPlatform.Setup = TestPlatform.Setup(), _ body: (OIDCFixture) async throws -> Void
) async throws {
    let gateway = ScriptedGateway()
    let mailbox = TestMailbox()
    var setup = setup
    setup.mail = mailbox
    setup.oidc = OIDCSignIn.Configuration(
        providers: [
            OIDCFixture.provider("plain"), OIDCFixture.provider("other"),
            OIDCFixture.provider("open", makesAccounts: true),
        ], gateway: gateway)
    try await withPlatform(engine, setup: setup) {
        try await body(OIDCFixture(platform: $0, gateway: gateway, mailbox: mailbox))
    }
}

/// The same for races: closures run once, since two runs of each would only slow the race down.
func withOIDCRace(_ engine: TestEngine, _ body: (OIDCFixture) async throws -> Void) async throws {
    var setup = TestPlatform.Setup()
    setup.rehearses = false
    setup.database.poolSize = 8
    try await withOIDC(engine, setup: setup, body)
}
