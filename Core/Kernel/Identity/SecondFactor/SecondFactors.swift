package import AlmanacStorage

/// Lets users enrol, replace and remove their second factor.
///
/// Whoever changes a factor proves anew who they are: an open session is not enough (OWASP ASVS 5.0 7.5.1). A change
/// ends the user's other sessions, in all organizations. These are no commands, because their answers hold secrets that
/// must not be kept under an idempotency key.
package struct SecondFactors: Sendable {
    /// How a user proves anew who they are: by one of both.
    package struct Proof: Sendable {
        /// The user's password.
        package var password: String?
        /// A code of the factor that the user has.
        package var code: String?

        package init(password: String? = nil, code: String? = nil) {
            self.password = password
            self.code = code
        }
    }

    /// What an authenticator app needs; shown once.
    package struct Enrolment: Sendable {
        /// The shared secret in base 32.
        package let secret: String
        /// The same as an `otpauth` address, to be shown as a QR code.
        package let uri: String
    }

    /// What second factors a user has.
    package struct Status: Sendable, Equatable {
        /// Since when an authenticator app counts; `nil` when none does.
        package let totpSince: Instant?
        /// How many recovery codes are left.
        package let recoveryCodesLeft: Int
    }

    let factor: SecondFactor
    let database: Database
    let hasher: PasswordHasher
    let random: any RandomSource
    let cache: PrincipalCache

    // MARK: Looking

    /// What second factors the caller has.
    package func status(_ call: Call) async throws -> Status {
        let user = try Self.caller(call)
        return try await self.database.read(in: .system(SystemScope("second factor of a user"))) { tx in
            let factor = try TOTPFactor.find(of: user.id, in: tx)
            return Status(
                totpSince: factor?.confirmedAt, recoveryCodesLeft: try RecoveryCode.left(of: user.id, in: tx))
        }
    }

    // MARK: Changing

    /// Begins to enrol an authenticator app; nothing counts before ``confirm(_:_:)``.
    ///
    /// - Throws: ``Refusal`` `factor_exists` when one counts already; what the proof is refused with.
    package func enrol(_ proof: Proof, _ call: Call) async throws -> Enrolment {
        let user = try Self.caller(call)
        try await self.check(proof, of: user, call)
        let bytes = self.random.bytes(OneTimeCode.secretLength)
        let sealed = try self.factor.keys.seal(bytes, in: TOTPFactor.cell(of: user.id))
        let label = try await self.database.write(in: .system(SystemScope("enrol a second factor"))) { tx in
            guard try tx.execute(TOTPFactor.enrol(user.id, secret: sealed, at: tx.now)) == 1 else {
                throw Refusal(
                    .conflict, "factor_exists",
                    "you have an authenticator app already: remove it before you add another")
            }
            return try Self.label(user.id, call.organization, in: tx.reading)
        }
        return Enrolment(secret: Base32.encode(bytes), uri: OTPAuthURI.text(label.issuer, label.account, bytes))
    }

    /// Makes an authenticator app count, by its first code.
    ///
    /// - Returns: The user's recovery codes, shown once.
    /// - Throws: ``Refusal`` `no_enrolment` when none was begun within the last hour; `second_factor_invalid` of kind
    ///   `invalid` when the code is wrong.
    package func confirm(_ code: String, _ call: Call) async throws -> [String] {
        let user = try Self.caller(call)
        let codes = self.drawCodes()
        let outcome = try await self.database.write(in: .system(SystemScope("confirm a second factor"))) { tx in
            let ticket = try FactorAttempts.take(for: user.id, in: tx)
            if case .refused(let until) = ticket { return (SecondFactor.Outcome.blocked(until: until), tx.now) }
            guard let factor = try TOTPFactor.find(of: user.id, in: tx.reading), factor.confirmedAt == nil,
                tx.now.microseconds(since: factor.enrolledAt) < TOTPFactor.enrolmentSeconds * 1_000_000
            else { return (.notEnrolled, tx.now) }
            let secret = try self.factor.keys.open(factor.secret, in: TOTPFactor.cell(of: user.id))
            guard let digits = OneTimeCode.digits(in: code),
                let step = OneTimeCode(secret: secret).step(of: digits, at: tx.now),
                try tx.execute(factor.confirm(step: step, at: tx.now)) == 1
            else { return (.wrong, tx.now) }
            try RecoveryCode.replace(codes, of: user.id, in: tx)
            try FactorAttempts.clear(of: user.id, in: tx)
            try self.finish("kernel.factor.enrolled", user, call, in: tx)
            return (.accepted(.secondFactor), tx.now)
        }
        switch outcome.0 {
        case .accepted: return codes.map { $0.reveal() }
        case .notEnrolled, .missing:
            throw Refusal(.conflict, "no_enrolment", "there is nothing to confirm: begin by `POST /me/totp`")
        case .wrong:
            throw Refusal.invalid(
                "/code", "second_factor_invalid", "this code is wrong or too old: is the clock of your device right?")
        case .blocked: throw SecondFactor.refusal(for: outcome.0, at: outcome.1) ?? .unauthenticated
        }
    }

    /// Removes the caller's authenticator app and recovery codes.
    ///
    /// - Throws: ``Refusal`` `no_factor` when there is none; what the proof is refused with.
    package func remove(_ proof: Proof, _ call: Call) async throws {
        let user = try Self.caller(call)
        try await self.check(proof, of: user, call)
        try await self.database.write(in: .system(SystemScope("remove a second factor"))) { tx in
            guard try tx.execute("DELETE FROM \(TOTPFactor.table) WHERE user_id = \(user.id)") == 1 else {
                throw Self.noFactor
            }
            try RecoveryCode.removeAll(of: user.id, in: tx)
            try self.finish("kernel.factor.removed", user, call, in: tx)
        }
    }

    /// Removes the authenticator app and the recovery codes of somebody who has lost them, and ends all their sessions.
    ///
    /// For the operator alone, who knows by other means who asks: a user belongs to the whole deployment, so that an
    /// administrator of one organization must not open their way into the others (OWASP ASVS 5.0 6.4.4).
    ///
    /// - Parameters:
    ///   - user: Who has lost them.
    ///   - organization: In whose audit log it is written down.
    ///   - actor: Who does it, for the audit log.
    /// - Throws: ``Refusal`` `no_factor` when there is none.
    package func removeLost(of user: ID<User>, in organization: OrganizationID, by actor: String) async throws {
        try await self.database.write(in: .system(SystemScope("remove a lost second factor"))) { tx in
            guard try tx.execute("DELETE FROM \(TOTPFactor.table) WHERE user_id = \(user)") == 1 else {
                throw Refusal(.conflict, "no_factor", "this user has no authenticator app")
            }
            try RecoveryCode.removeAll(of: user, in: tx)
            let trace = FactorTrace(user: user, organization: organization, origin: Origin(.cli), actor: actor)
            try self.finish("kernel.factor.removed", of: user, except: nil, trace, in: tx)
        }
    }

    /// Puts new recovery codes in the place of the old ones, used or not.
    ///
    /// - Returns: The codes, shown once.
    /// - Throws: ``Refusal`` `no_factor` when the caller has no authenticator app; what the proof is refused with.
    package func replaceRecoveryCodes(_ proof: Proof, _ call: Call) async throws -> [String] {
        let user = try Self.caller(call)
        try await self.check(proof, of: user, call)
        let codes = self.drawCodes()
        try await self.database.write(in: .system(SystemScope("replace recovery codes"))) { tx in
            guard try SecondFactor.isEnrolled(user.id, in: tx.reading) else { throw Self.noFactor }
            try RecoveryCode.replace(codes, of: user.id, in: tx)
            try self.finish("kernel.factor.recovery-codes-replaced", user, call, in: tx)
        }
        return codes.map { $0.reveal() }
    }

    private static let noFactor = Refusal(
        .conflict, "no_factor", "you have no authenticator app: add one by `POST /me/totp`")

    private func drawCodes() -> [RecoveryCode] {
        (0..<RecoveryCode.count).map { _ in RecoveryCode(random: self.random) }
    }

    // MARK: What all changes share

    private static func caller(_ call: Call) throws -> SignedInUser {
        guard let user = call.principal.user else { throw Refusal.unauthenticated }
        return user
    }

    /// Writes the change down and ends the user's other sessions.
    private func finish(_ action: String, _ user: SignedInUser, _ call: Call, in tx: Transaction) throws {
        let trace = FactorTrace(user: user.id, organization: call.organization, origin: call.origin)
        try self.finish(action, of: user.id, except: user.session, trace, in: tx)
    }

    private func finish(
        _ action: String, of user: ID<User>, except own: ID<Session>?, _ trace: FactorTrace, in tx: Transaction
    ) throws {
        let ended = try Session.endAll(of: user, except: own, tx)
        try trace.note(action, true, ["sessionsEnded": .number(JSONNumber(ended))], in: tx)
        tx.afterCommit { [cache] in cache.empty() }
    }

    private static func label(
        _ user: ID<User>, _ organization: OrganizationID, in tx: ReadTransaction
    ) throws -> (issuer: String, account: String) {
        let name = try tx.value("SELECT name FROM \(Organization.table) WHERE id = \(organization)", as: String.self)
        let email = try tx.value("SELECT email FROM \(User.table) WHERE id = \(user)", as: String.self)
        return (name ?? "Almanac", email ?? "\(user)")
    }

    // MARK: Proving anew

    /// Refuses a caller who cannot prove anew who they are.
    ///
    /// - Throws: ``Refusal`` `proof_required`, `password_wrong`, `second_factor_invalid` of kind `invalid`;
    ///   `second_factor_blocked`.
    package func prove(_ proof: Proof, _ call: Call) async throws {
        try await self.check(proof, of: try Self.caller(call), call)
    }

    /// Refuses who cannot prove anew who they are; tries are counted together with those at codes.
    private func check(_ proof: Proof, of user: SignedInUser, _ call: Call) async throws {
        if let password = proof.password {
            try await self.check(password: password, of: user, call)
        } else {
            try await self.check(code: proof.code, of: user, call)
        }
    }

    private func check(code: String?, of user: SignedInUser, _ call: Call) async throws {
        let trace = FactorTrace(user: user.id, organization: call.organization, origin: call.origin)
        let (outcome, now) = try await self.database.write(in: .system(SystemScope("check a second factor"))) { tx in
            (try self.factor.verify(code, of: user.id, trace, in: tx), tx.now)
        }
        switch outcome {
        case .accepted: return
        case .notEnrolled, .missing:
            throw Refusal.invalid("/password", "proof_required", "give your password once more")
        case .wrong:
            throw Refusal.invalid(
                "/code", "second_factor_invalid", "this code is wrong, too old, or was used before")
        case .blocked: throw SecondFactor.refusal(for: outcome, at: now) ?? .unauthenticated
        }
    }

    private func check(password: String, of user: SignedInUser, _ call: Call) async throws {
        let (ticket, hash, now) = try await self.database.write(in: .system(SystemScope("prove anew"))) { tx in
            let hash = try tx.value(
                "SELECT password_hash FROM \(User.table) WHERE id = \(user.id)", as: String.self)
            return (try FactorAttempts.take(for: user.id, in: tx), hash, tx.now)
        }
        if case .refused(let until) = ticket {
            throw SecondFactor.refusal(for: .blocked(until: until), at: now) ?? .unauthenticated
        }
        let fits = password.utf8.count <= PasswordRule.maximumBytes
        let matches = try await self.hasher.verify(fits ? password : "", against: hash)
        let trace = FactorTrace(user: user.id, organization: call.organization, origin: call.origin)
        try await self.database.write(in: .system(SystemScope("prove anew"))) { tx in
            if fits, matches {
                try FactorAttempts.clear(of: user.id, in: tx)
            } else {
                try trace.note("kernel.factor.refused", false, in: tx)
            }
        }
        guard fits, matches else {
            throw Refusal.invalid("/password", "password_wrong", "this is not your password")
        }
    }
}
