import AlmanacStorage
import AlmanacTestKit
import Foundation

@testable import AlmanacKernel

/// Makes accounts and cares for them, as people would, and reads their mail.
struct AccountFixture {
    let platform: TestPlatform
    let mailbox: TestMailbox

    static let newcomer = "Nora.Berg@example.org"
    static let password = "vier alte Bäume im Garten"
    static let nextPassword = "und ein Teich voller Frösche"

    var sessions: SessionFixture { SessionFixture(platform: self.platform) }
    var accounts: Accounts { self.platform.runtime.accounts }

    /// A call of a stranger.
    func stranger(in place: TestPlace = .north, languages: [String] = []) throws -> Call {
        Call(
            organization: try self.platform.organization(place).id, principal: .anonymous,
            origin: SessionFixture.origin, languages: languages)
    }

    /// A call of a member in a session of their own.
    func signedIn(_ member: TestMember = .customer, in place: TestPlace = .north) async throws -> Call {
        try await self.sessions.call(try await self.sessions.signIn(member, in: place).access)
    }

    /// Every mail so far, delivered.
    func mails() async -> [OutgoingMail] {
        await self.platform.runtime.mail.deliver()
        return self.mailbox.mails
    }

    /// The token of the last mail.
    func token() async throws -> String {
        guard let text = await self.mails().last?.text, let start = text.range(of: "almanac_mail_") else {
            throw TestKitError("no mail with a token")
        }
        return String(text[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    func register(_ email: String = Self.newcomer, in place: TestPlace = .north) async throws {
        let draft = RegistrationDraft(email: try EmailAddress(email), givenName: "Nora", familyName: "Berg")
        try await self.accounts.register(draft, try self.stranger(in: place))
    }

    func complete(_ token: String, _ password: String = Self.password, in place: TestPlace = .north) async throws {
        try await self.accounts.completeRegistration(token: token, password: password, try self.stranger(in: place))
    }

    func forgot(_ email: String, in place: TestPlace = .north) async throws {
        try await self.accounts.requestPasswordReset(try EmailAddress(email), try self.stranger(in: place))
    }

    func reset(_ token: String, _ password: String = Self.nextPassword, in place: TestPlace = .north) async throws {
        try await self.accounts.resetPassword(token: token, to: password, try self.stranger(in: place))
    }

    func signIn(
        _ email: String, _ password: String, in place: TestPlace = .north, from address: String = "192.0.2.7",
        device: String? = nil
    ) async throws -> IssuedTokens {
        try await self.platform.runtime.identity.signIn(
            email: email, password: password, organization: try self.platform.organization(place).id,
            origin: Origin(.test, address: address, userAgent: "Phone", requestID: "r"), device: device)
    }

    /// The code with which signing in is refused; `nil` when it is not.
    func refusalToSignIn(
        _ email: String, _ password: String, in place: TestPlace = .north, from address: String = "192.0.2.7",
        device: String? = nil
    ) async -> String? {
        await refusal { _ = try await self.signIn(email, password, in: place, from: address, device: device) }?.code
    }

    /// The rows of a query as text, columns joined by spaces.
    func rows(_ query: String) async throws -> [String] {
        try await self.platform.database.rows(query).map { $0.map { $0 ?? "-" }.joined(separator: " ") }
    }

    /// The audit entries whose action begins so, in order: action, actor.
    func entries(_ prefix: String) async throws -> [String] {
        try await self.rows(
            "SELECT action, actor FROM {kernel.audit_entry} WHERE action LIKE '\(prefix)%' ORDER BY id")
    }
}

/// Runs `body` with a platform on an engine and its accounts.
func withAccounts(
    _ engine: TestEngine, policy: AccountPolicy = AccountPolicy(), sessions: Identity.Policy = Identity.Policy(),
    rehearses: Bool = true, locking: (any PostgresLocking)? = nil, _ body: (AccountFixture) async throws -> Void
) async throws {
    let mailbox = TestMailbox()
    var setup = TestPlatform.Setup()
    setup.accounts = policy
    setup.sessions = sessions
    setup.mail = mailbox
    setup.rehearses = rehearses
    if !rehearses { setup.database.poolSize = 8 }
    if let locking { setup.database.locking = locking }
    try await withPlatform(engine, setup: setup) {
        try await body(AccountFixture(platform: $0, mailbox: mailbox))
    }
}

/// The outcomes of so many calls that are made at once: `nil` for success, otherwise the code of the refusal.
func outcomes(of count: Int, _ body: @escaping @Sendable (Int) async throws -> Void) async -> [String?] {
    await withTaskGroup(of: String?.self) { group in
        for number in 0..<count {
            group.addTask {
                do {
                    try await body(number)
                    return nil
                } catch {
                    return (error as? Refusal)?.code ?? "\(error)"
                }
            }
        }
        return await group.reduce(into: []) { $0.append($1) }
    }
}
