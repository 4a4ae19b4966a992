import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Enrols, signs in and looks, as a user would.
struct FactorFixture {
    let platform: TestPlatform

    static let origin = Origin(.test, address: "192.0.2.7", userAgent: "Phone", requestID: "r")

    var identity: Identity { self.platform.runtime.identity }
    var factors: SecondFactors { self.identity.secondFactors }
    var now: Instant { self.platform.clock.now }

    static let password = SecondFactors.Proof(password: TestMember.password)

    func signIn(
        _ member: TestMember = .customer, code: String? = nil, password: String = TestMember.password,
        in place: TestPlace = .north
    ) async throws -> IssuedTokens {
        try await self.identity.signIn(
            email: member.email, password: password, code: code, organization: try self.platform.organization(place).id,
            origin: Self.origin)
    }

    /// The code with which signing in is refused; `nil` when it is not.
    func refusalToSignIn(
        _ member: TestMember = .customer, code: String? = nil, password: String = TestMember.password,
        in place: TestPlace = .north
    ) async -> String? {
        await refusal { _ = try await self.signIn(member, code: code, password: password, in: place) }?.code
    }

    /// A call with an access token.
    func call(_ tokens: IssuedTokens) async throws -> Call {
        guard let (organization, user) = try await self.identity.principal(for: tokens.access) else {
            throw Refusal.unauthenticated
        }
        return Call(organization: organization, principal: .user(user), origin: Self.origin)
    }

    func works(_ tokens: IssuedTokens) async throws -> Bool {
        try await self.identity.principal(for: tokens.access) != nil
    }

    /// A user's authenticator app.
    struct App {
        let code: OneTimeCode
        let recovery: [String]

        func code(at now: Instant, offset: Int64 = 0) -> String {
            self.code.code(at: OneTimeCode.step(at: now) + offset)
        }
    }

    /// Enrols and confirms; the code of now is used up by that.
    func enrol(_ member: TestMember = .customer) async throws -> (app: App, tokens: IssuedTokens) {
        let tokens = try await self.signIn(member)
        let call = try await self.call(tokens)
        let enrolment = try await self.factors.enrol(Self.password, call)
        let code = OneTimeCode(secret: try Self.secret(enrolment.secret))
        let recovery = try await self.factors.confirm(code.code(at: OneTimeCode.step(at: self.now)), call)
        return (App(code: code, recovery: recovery), tokens)
    }

    /// Reads base 32, as an authenticator app does.
    static func secret(_ text: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for letter in text.utf8 {
            let value = try #require(Base32.standard.firstIndex(of: letter))
            buffer = buffer << 5 | UInt32(value)
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return bytes
    }

    /// The audit entries about factors, in order: action and outcome.
    func entries() async throws -> [String] {
        let rows = try await self.platform.database.rows(
            """
            SELECT action, CASE WHEN is_success THEN 'done' ELSE 'refused' END FROM {kernel.audit_entry}
            WHERE action LIKE 'kernel.factor.%' ORDER BY id
            """)
        return rows.map { $0.map { $0 ?? "" }.joined(separator: " ") }
    }
}

/// Runs `body` with a platform on an engine and its factors.
func withFactors(
    _ engine: TestEngine, rehearses: Bool = true, _ body: (FactorFixture) async throws -> Void
) async throws {
    var setup = TestPlatform.Setup()
    setup.rehearses = rehearses
    setup.database.poolSize = 8
    try await withPlatform(engine, setup: setup) { try await body(FactorFixture(platform: $0)) }
}
