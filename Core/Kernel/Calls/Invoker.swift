package import AlmanacStorage

/// Runs commands and queries: the one way in for HTTP, the console, the command line, workflows and tests.
///
/// Each run is authorized, opens its own transaction, and leaves its traces; see ``Command``.
public struct Invoker: Sendable {
    private let platform: Platform
    private let database: Database
    private let ledger: IdempotencyLedger
    private let refusals: RefusalRecorder?

    package init(
        platform: Platform, database: Database, sealing: any AnswerSealing, refusals: RefusalRecorder? = nil
    ) {
        self.platform = platform
        self.database = database
        self.ledger = IdempotencyLedger(sealing: sealing)
        self.refusals = refusals
    }

    /// What a command led to.
    package enum Answer<Output: Sendable>: Sendable {
        /// It was carried out now; `encoded` is its answer as it was kept.
        case done(Output, encoded: EncodedAnswer)
        /// A call with the same idempotency key had been carried out before: its answer.
        case replayed(EncodedAnswer)
    }

    /// Runs a command of plugin `owner` and returns what it made.
    ///
    /// - Throws: ``Refusal`` when it is refused; storage errors; then nothing was written.
    public func run<Input, Output>(
        _ command: Command<Input, Output>, of owner: PluginID, _ input: Input, as call: Call
    ) async throws -> Output {
        var call = call
        call.idempotency = nil
        let answer = try await self.answer(
            command, of: owner, input, as: call, encode: { _ in EncodedAnswer(status: 200, body: []) })
        guard case .done(let output, _) = answer else {
            throw Refusal(.conflict, "replayed", "a call without a key cannot have been answered before")
        }
        return output
    }

    /// Runs a command and keeps its encoded answer when the call carries an idempotency key.
    package func answer<Input, Output>(
        _ command: Command<Input, Output>, of owner: PluginID, _ input: Input, as call: Call,
        encode: @escaping @Sendable (Output) throws -> EncodedAnswer
    ) async throws -> Answer<Output> {
        let platform = self.platform
        let name = command.name
        let ledger = self.ledger
        let claim = IdempotencyClaim(call, name)
        return try await self.explaining(owner, name, call) {
            try Self.authorize(command.access, call)
            return try await self.database.entering(owner.namespace).write(
                in: .organization(call.organization),
                attaching: { CallState(call: call, platform: platform, operation: name) },
                { tx in
                    let call = try tx.callState().begin(command.access, at: tx.now)
                    if let claim, let kept = try ledger.begin(claim, in: tx.entering(.kernel)) {
                        return .replayed(kept)
                    }
                    let output = try command.handle(input, call, tx)
                    try call.checkComparison()
                    let state = try tx.callState()
                    try Self.checkDecision(command.access, state)
                    if state.auditEntries == 0 { try tx.audit(name) }
                    let encoded = try encode(output)
                    if let claim { try ledger.keep(encoded, for: claim, in: tx.entering(.kernel)) }
                    return .done(output, encoded: encoded)
                })
        }
    }

    /// Turns the violation of a constraint into what its owner has to say about it, and reports refusals of access.
    ///
    /// A violation may appear as late as the commit.
    private func explaining<T: Sendable>(
        _ owner: PluginID, _ operation: String, _ call: Call, _ body: () async throws -> T
    ) async throws -> T {
        do {
            return try await body()
        } catch {
            let explained = self.platform.explanation(of: error, to: owner) ?? error
            // What comes by HTTP may be refused before it gets here, and is reported where it comes in.
            if let refusal = explained as? Refusal, refusal.isOfAccess, call.origin.channel != .http {
                self.refusals?.note(
                    RefusedAttempt(
                        call.organization, actor: call.principal.name, operation: operation, code: refusal.code,
                        origin: call.origin))
            }
            throw explained
        }
    }

    /// Runs a query of plugin `owner` and returns what it found.
    ///
    /// - Throws: ``Refusal`` when it is refused; storage errors.
    public func run<Input, Output: Sendable>(
        _ query: Query<Input, Output>, of owner: PluginID, _ input: Input, as call: Call
    ) async throws -> Output {
        let platform = self.platform
        let name = query.name
        return try await self.explaining(owner, name, call) {
            try Self.authorize(query.access, call)
            return try await self.database.entering(owner.namespace).read(
                in: .organization(call.organization),
                attaching: { CallState(call: call, platform: platform, operation: name) },
                { tx in
                    let call = try tx.callState().begin(query.access, at: tx.now)
                    let output = try query.handle(input, call, tx)
                    try Self.checkDecision(query.access, try tx.callState())
                    return output
                })
        }
    }

    /// Refuses a caller that lacks what an operation asks for, before anything is read.
    ///
    /// Each run asks this itself. Whoever has to understand the input first asks before that, so that strangers are not
    /// told what is wrong with their input.
    ///
    /// A program with an API key does what permissions allow and no more: what only needs somebody who has signed in is
    /// about that person's own account, and not for programs.
    package static func authorize(_ access: Access, _ call: Call, acceptsAPIKeys: Bool = false) throws {
        switch access {
        case .everyone: return
        case .signedIn:
            switch call.principal {
            // A guest has no account that anything could be done with.
            case .anonymous, .guest: throw Refusal.unauthenticated
            case .user, .system: break
            }
            if !acceptsAPIKeys, call.principal.user?.apiKey != nil {
                throw Refusal.apiKeyNotAllowed
            }
        case .permission(let permission):
            if call.principal.scope(of: permission) != nil { return }
            if case .anonymous = call.principal { throw Refusal.unauthenticated }
            throw Refusal.forbidden(permission)
        }
    }

    /// Fails closed: an operation that forgot to ask whose its objects are serves only callers who may see all of them.
    private static func checkDecision(_ access: Access, _ state: CallState) throws {
        guard case .permission(let permission) = access, !state.hasDecided,
            state.call.principal.scope(of: permission) != .organization
        else { return }
        throw Refusal.forbidden(permission)
    }
}
