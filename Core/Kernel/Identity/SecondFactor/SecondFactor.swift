public import AlmanacStorage

/// Asks for the second factor of users who have one.
///
/// Each way to sign in asks it after the first factor was right, and before a session begins; so strangers never learn
/// who has a second factor.
public struct SecondFactor: Sendable {
    /// What became of a code.
    enum Outcome: Sendable, Equatable {
        /// The user has no second factor.
        case notEnrolled
        /// The code was right and is used up.
        case accepted(SignInMeans)
        /// The user has a second factor and no code was sent.
        case missing
        /// The code is wrong, or was used before.
        case wrong
        /// There were too many wrong codes.
        case blocked(until: Instant)
    }

    let keys: KeyRing
    let database: Database

    /// Refuses a sign-in without the user's second factor.
    ///
    /// - Parameters:
    ///   - code: A code of the authenticator app or a recovery code, as the user typed it.
    ///   - user: Who signs in; the first factor was right.
    ///   - organization: Where, for the audit entries.
    ///   - origin: Through what.
    /// - Returns: What kind of code it was; `nil` for a user without a second factor.
    /// - Throws: ``Refusal`` `second_factor_required` or `second_factor_invalid` of kind `unauthenticated`;
    ///   `second_factor_blocked` of kind `tooMany`.
    @discardableResult
    public func require(
        _ code: String?, of user: ID<User>, in organization: OrganizationID, origin: Origin
    ) async throws -> SignInMeans? {
        let isEnrolled = try await self.database.read(in: .system(SystemScope("second factor of a user"))) { tx in
            try Self.isEnrolled(user, in: tx)
        }
        guard isEnrolled else { return nil }
        let trace = FactorTrace(user: user, organization: organization, origin: origin)
        let (outcome, now) = try await self.database.write(in: .system(SystemScope("check a second factor"))) { tx in
            (try self.verify(code, of: user, trace, in: tx), tx.now)
        }
        if let refusal = Self.refusal(for: outcome, at: now) { throw refusal }
        return if case .accepted(let means) = outcome { means } else { nil }
    }

    /// Whether a user has a second factor that counts.
    static func isEnrolled(_ user: ID<User>, in tx: ReadTransaction) throws -> Bool {
        try TOTPFactor.find(of: user, in: tx)?.confirmedAt != nil
    }

    /// What a caller is told of an outcome; nothing when all is well.
    static func refusal(for outcome: Outcome, at now: Instant) -> Refusal? {
        switch outcome {
        case .notEnrolled, .accepted: return nil
        case .missing:
            return Refusal(
                .unauthenticated, "second_factor_required",
                "send the code of your authenticator app, or a recovery code, as `code` too")
        case .wrong:
            return Refusal(
                .unauthenticated, "second_factor_invalid",
                "this code is wrong, too old, or was used before: wait for the next one")
        case .blocked(let until):
            let seconds = max(1, (until.microseconds(since: now) + 999_999) / 1_000_000)
            return Refusal(
                .tooMany, "second_factor_blocked",
                "there were too many wrong tries: use a recovery code, or try again in \((seconds + 59) / 60) minutes",
                details: ["retryAfterSeconds": .number(JSONNumber(seconds))])
        }
    }

    // MARK: Inside a transaction

    /// Checks a code and uses it up; the transaction must be committed whatever the outcome, or tries are not counted.
    ///
    /// - Parameters:
    ///   - code: What the user typed; `nil` when they typed nothing.
    ///   - user: Whose second factor it should be.
    ///   - trace: For the audit entries.
    ///   - tx: A transaction of the platform's own.
    /// - Returns: What became of it.
    /// - Throws: ``SecretsError`` when the secret cannot be opened; storage errors.
    func verify(_ code: String?, of user: ID<User>, _ trace: FactorTrace, in tx: Transaction) throws -> Outcome {
        guard let factor = try TOTPFactor.find(of: user, in: tx.reading), factor.confirmedAt != nil else {
            return .notEnrolled
        }
        guard let code else { return .missing }
        // A recovery code is too long to be guessed. It works also while guesses at the others are blocked, so that
        // nobody can lock the owner out.
        if let recovery = RecoveryCode(code) { return try self.use(recovery, of: user, trace, in: tx) }
        let ticket = try FactorAttempts.take(for: user, in: tx)
        if case .refused(let until) = ticket { return .blocked(until: until) }
        guard let digits = OneTimeCode.digits(in: code), try self.use(digits, of: factor, in: tx) else {
            try trace.note("kernel.factor.refused", false, in: tx)
            if ticket == .last { try trace.note("kernel.factor.blocked", false, in: tx) }
            return .wrong
        }
        try FactorAttempts.clear(of: user, in: tx)
        return .accepted(.secondFactor)
    }

    private func use(_ digits: String, of factor: TOTPFactor, in tx: Transaction) throws -> Bool {
        let secret = try self.keys.open(factor.secret, in: TOTPFactor.cell(of: factor.user))
        guard let step = OneTimeCode(secret: secret).step(of: digits, at: tx.now) else { return false }
        return try tx.execute(factor.use(step: step)) == 1
    }

    private func use(
        _ code: RecoveryCode, of user: ID<User>, _ trace: FactorTrace, in tx: Transaction
    ) throws -> Outcome {
        guard try tx.execute(code.use(of: user, at: tx.now)) == 1 else {
            try trace.note("kernel.factor.refused", false, in: tx)
            return .wrong
        }
        let left = try RecoveryCode.left(of: user, in: tx.reading)
        try trace.note(
            "kernel.factor.recovery-code-used", true, ["left": .number(JSONNumber(left))], in: tx)
        try FactorAttempts.clear(of: user, in: tx)
        return .accepted(.recoveryCode)
    }
}
