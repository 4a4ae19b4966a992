import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Somebody whose account a request may use up.
struct Newcomer: Sendable {
    let user: String
    let email: String
    /// Sends what they ask for themselves.
    let client: APIClient
}

/// Accounts and what hangs on them, each made for one request.
extension MatrixSchool {
    /// A member of the fixture.
    func known(_ member: TestMember) async throws -> Newcomer {
        Newcomer(
            user: try self.platform.user(member, in: self.place).id.description, email: member.email,
            client: try await self.session(of: member).client)
    }

    /// A user of this organization only.
    func newcomer(_ role: Role) async throws -> Newcomer {
        let email = "newcomer-\(self.place.slug)-\(self.next())@example.org"
        let made = try await self.platform.runtime.identity.createUser(
            email: EmailAddress(email), password: TestMember.password, role: role,
            in: try self.platform.organization(self.place).id, actor: .system("fixture"), origin: Origin(.test))
        return Newcomer(user: made.id.description, email: email, client: try await self.api.signedIn(email))
    }

    /// A client with which an administrator works as a user.
    func impersonation(of user: String) async throws -> APIClient {
        let begun = try await self.maker.post("/api/v1/users/\(user)/impersonate", ["reason": "a test"]).expect(201)
        var client = self.api
        client.headers.append(("Authorization", "Bearer \(begun["accessToken"]?.string ?? "")"))
        return client
    }

    /// An address that nobody has.
    func freeAddress() -> String { "somebody-\(self.place.slug)-\(self.next())@example.org" }

    /// A direct grant to a user.
    func grant(to user: String) async throws -> String {
        try await self.maker.post(
            "/api/v1/users/\(user)/grants", ["permission": "bookings:read", "scope": "own", "reason": "a test"]
        ).expect(201).id
    }

    /// A key with which programs of somebody's call: the secret, and what is shown of it.
    func apiKey(of owner: Newcomer, scopes: [String] = ["bookings:read"]) async throws -> JSON {
        try await owner.client.post(
            "/api/v1/api-keys", ["name": "A program", "scopes": .array(scopes.map { .string($0) })]
        ).expect(201)
    }

    /// A consent that somebody gives.
    func consent(of owner: Newcomer) async throws -> String {
        try await owner.client.post(
            "/api/v1/me/consents", ["purpose": "newsletter", "textVersion": "1", "given": true]
        ).expect(201).id
    }

    /// An invitation that is open.
    func invitation() async throws -> String {
        try await self.maker.post("/api/v1/users/invitations", ["email": .string(self.freeAddress())]).expect(201).id
    }

    /// The name of a role that nobody has.
    func roleName() -> String { "role-\(self.place.slug)-\(self.next())" }

    /// A role that nobody has.
    func role() async throws -> String {
        let name = self.roleName()
        try await self.maker.post("/api/v1/roles", ["name": .string(name), "title": "A role"]).expect(201)
        return name
    }

    /// The latest entry of the audit log.
    func auditEntry() async throws -> String {
        try await self.maker.get("/api/v1/audit?limit=1").expect(200)["items"]?[0]?.id ?? ""
    }

    /// The latest thing that somebody has done.
    func act(of newcomer: Newcomer) async throws -> String {
        _ = try await self.sessionID(of: newcomer.email)
        return try await self.maker.get("/api/v1/audit?user=\(newcomer.user)&limit=1").expect(200)["items"]?[0]?.id
            ?? ""
    }

    /// Somebody who is held off, because they have read as much as ``SecurityWorld/crowd`` may.
    func block() async throws -> String {
        let path = "/api/v1/roles/\(SecurityWorld.crowd.name)"
        if await self.maker.get(path).status == 404 {
            try await self.maker.post(
                "/api/v1/roles", ["name": .string(SecurityWorld.crowd.name), "title": "A crowd"]
            ).expect(201)
        }
        let somebody = try await self.newcomer(SecurityWorld.crowd)
        try await somebody.client.get("/api/v1/me").expect(200)
        let blocks = try await self.maker.get("/api/v1/limits/blocks").expect(200)["items"]?.array ?? []
        guard let own = blocks.first(where: { $0["who"]?.string == somebody.user }) else {
            throw TestKitError("nobody is held off: \(blocks)")
        }
        return own.id
    }

    // MARK: Mailed tokens

    /// The token of the last mail that has one.
    private func token() async throws -> String {
        _ = await self.platform.runtime.mail.deliver()
        let start = "almanac_mail_"
        for mail in self.mailbox.mails.reversed() {
            let words = mail.text.split(whereSeparator: \.isWhitespace)
            if let found = words.first(where: { $0.hasPrefix(start) }) { return String(found) }
        }
        throw TestKitError("no mail with a token")
    }

    /// A token with which an account can be made.
    func registrationToken() async throws -> String {
        try await self.api.post("/api/v1/auth/register", ["email": .string(self.freeAddress())]).expect(202)
        return try await self.token()
    }

    /// A token with which somebody's password can be chosen anew.
    func resetToken(of owner: Newcomer) async throws -> String {
        try await self.api.post("/api/v1/auth/forgot-password", ["email": .string(owner.email)]).expect(202)
        return try await self.token()
    }

    /// A token with which somebody gets another address.
    func addressToken(of owner: Newcomer) async throws -> String {
        try await owner.client.post(
            "/api/v1/me/email",
            ["email": .string(self.freeAddress()), "currentPassword": .string(TestMember.password)]
        ).expect(202)
        return try await self.token()
    }

    // MARK: Authenticator apps

    /// The code that an app shows which somebody has just been given, and which does not count yet.
    func code(of owner: Newcomer) async throws -> String {
        let made = try await owner.client.post("/api/v1/me/totp", ["password": .string(TestMember.password)]).expect(
            201)
        var (bits, secret): ([Bool], [UInt8]) = ([], [])
        for letter in (made["secret"]?.string ?? "").utf8 {
            let value = Base32.standard.firstIndex(of: letter) ?? 0
            bits += (0..<5).reversed().map { value >> $0 & 1 == 1 }
        }
        for start in stride(from: 0, to: bits.count - 7, by: 8) {
            secret.append(bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) })
        }
        return OneTimeCode(secret: secret).code(at: OneTimeCode.step(at: self.platform.clock.now))
    }

    /// Gives somebody an app that counts.
    func enrol(_ owner: Newcomer) async throws {
        let code = try await self.code(of: owner)
        try await owner.client.post("/api/v1/me/totp/confirm", ["code": .string(code)]).expect(200)
    }
}
