internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which users look after their second factor.
///
/// Answers that hold secrets are given once and never kept under an idempotency key. Removing is a POST, because it
/// takes a password, which must not stand in an address.
enum SecondFactorEndpoints {
    static func all(_ factors: SecondFactors) -> [Endpoint] {
        [
            self.status(factors), self.enrol(factors), self.confirm(factors), self.remove(factors),
            self.replaceCodes(factors),
        ]
    }

    // MARK: Looking

    struct Factors: Codable, Sendable {
        let totp: TOTP?
        let recoveryCodesLeft: Int

        struct TOTP: Codable, Sendable {
            let since: Instant
        }
    }

    private static func status(_ factors: SecondFactors) -> Endpoint {
        Endpoint(
            procedure: "kernel.factors.read", .get, "/me/factors", status: 200,
            "Tells which second factors the caller has", access: .signedIn
        ) { (_: Nothing, call: Call) in
            let status = try await factors.status(call)
            return Factors(
                totp: status.totpSince.map { Factors.TOTP(since: $0) }, recoveryCodesLeft: status.recoveryCodesLeft)
        }
    }

    // MARK: Changing

    struct Proof: APIInput {
        let password: String?
        let code: String?

        static let constraints: [String: Constraint] = [
            "password": .text(1...1_024, "The caller's password, once more."),
            "code": .text(1...100, "Instead of it, a code of the factor that the caller has."),
        ]

        var proof: SecondFactors.Proof { SecondFactors.Proof(password: self.password, code: self.code) }
    }

    struct Enrolment: Codable, Sendable {
        let secret: String
        let uri: String
    }

    private static func enrol(_ factors: SecondFactors) -> Endpoint {
        Endpoint(
            procedure: "kernel.totp.enrol", .post, "/me/totp", status: 201,
            "Gives a secret for an authenticator app, once; it counts after its first code", access: .signedIn,
            problems: [409, 429]
        ) { (input: Proof, call: Call) in
            let enrolment = try await factors.enrol(input.proof, call)
            return Enrolment(secret: enrolment.secret, uri: enrolment.uri)
        }
    }

    struct Confirmation: APIInput {
        let code: String

        static let constraints: [String: Constraint] = [
            "code": .text(6...10, "What the authenticator app shows: six digits.")
        ]
    }

    struct RecoveryCodes: Codable, Sendable {
        let recoveryCodes: [String]
    }

    private static func confirm(_ factors: SecondFactors) -> Endpoint {
        Endpoint(
            procedure: "kernel.totp.confirm", .post, "/me/totp/confirm", status: 200,
            "Makes an authenticator app count, gives recovery codes, once, and ends the caller's other sessions",
            access: .signedIn, problems: [409, 429]
        ) { (input: Confirmation, call: Call) in
            RecoveryCodes(recoveryCodes: try await factors.confirm(input.code, call))
        }
    }

    private static func remove(_ factors: SecondFactors) -> Endpoint {
        Endpoint(
            procedure: "kernel.totp.remove", .post, "/me/totp/remove", status: 200,
            "Removes the authenticator app and the recovery codes, and ends the caller's other sessions",
            access: .signedIn, problems: [409, 429]
        ) { (input: Proof, call: Call) in
            try await factors.remove(input.proof, call)
            return Nothing()
        }
    }

    private static func replaceCodes(_ factors: SecondFactors) -> Endpoint {
        Endpoint(
            procedure: "kernel.recovery-codes.replace", .post, "/me/recovery-codes", status: 201,
            "Gives new recovery codes, once; the old ones stop working, and the caller's other sessions end",
            access: .signedIn, problems: [409, 429]
        ) { (input: Proof, call: Call) in
            RecoveryCodes(recoveryCodes: try await factors.replaceRecoveryCodes(input.proof, call))
        }
    }
}
