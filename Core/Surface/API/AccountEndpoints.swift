internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which people make accounts and care for them.
///
/// None takes an idempotency key: the answers of those that strangers call must tell nothing, and tokens work once
/// anyway.
enum AccountEndpoints {
    static func all(_ accounts: Accounts) -> [Endpoint] {
        [
            self.register(accounts), self.verify(accounts), self.resend(accounts), self.forgot(accounts),
            self.reset(accounts), self.changePassword(accounts), self.changeEmail(accounts), self.confirm(accounts),
        ] + ProfileEndpoints.all
    }

    private static let token = Constraint.text(1...200, "The token of the mail; it works once, for ten minutes.")
    private static let password = Constraint.text(
        1...1_024, "The password from now on: at least 15 characters, and none that is tried first.")
    private static let current = Constraint.text(1...1_024, "The caller's present password.")

    // MARK: Registering

    struct Register: APIInput {
        let email: EmailAddress
        let givenName: String?
        let familyName: String?
        let locale: String?

        static let constraints: [String: Constraint] = [
            "email": .field(default: nil, "The address to sign in with; a token is mailed to it."),
            "givenName": .text(0...200, "First and middle names."),
            "familyName": .text(0...200, "Family name."),
            "locale": .text(2...35, "The preferred language as a BCP 47 tag."),
        ]
    }

    private static func register(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.register", .post, "/auth/register", status: 202,
            "Mails a token with which an account can be made, or tells the owner of the address that they have one",
            access: .everyone, problems: [403]
        ) { (input: Register, call: Call) in
            var draft = RegistrationDraft(
                email: input.email, givenName: input.givenName ?? "", familyName: input.familyName ?? "")
            draft.locale = try input.locale.map(self.language)
            try await accounts.register(draft, call)
            return Nothing()
        }.limited(.reset, identifier: "email").toleratingCredentials()
    }

    private static func language(_ tag: String) throws -> String {
        guard let normalized = RegistrationDraft.language(tag) else {
            throw Refusal.invalid("/locale", "locale_invalid", "a language is a tag such as de or de-CH")
        }
        return normalized
    }

    struct VerifyEmail: APIInput {
        let token: String
        let password: String

        static let constraints: [String: Constraint] = [
            "token": AccountEndpoints.token,
            "password": .text(
                1...1_024,
                "The password from now on, at least 15 characters; who has an account already sends its password."),
        ]
    }

    private static func verify(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.verify-email", .post, "/auth/verify-email", status: 200,
            "Makes the account of a registration, for who has the token that was mailed", access: .everyone,
            problems: [403]
        ) { (input: VerifyEmail, call: Call) in
            try await accounts.completeRegistration(token: input.token, password: input.password, call)
            return Nothing()
        }.limited(.reset, sparesSuccesses: true).toleratingCredentials().countingSignIns(.registration)
    }

    struct Address: APIInput {
        let email: EmailAddress

        static let constraints: [String: Constraint] = ["email": .field(default: nil, "The address, in any spelling.")]
    }

    private static func resend(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.resend-verification", .post, "/auth/resend-verification", status: 202,
            "Mails another token for a registration that was not completed", access: .everyone, problems: [403]
        ) { (input: Address, call: Call) in
            try await accounts.resendVerification(input.email, call)
            return Nothing()
        }.limited(.reset, identifier: "email").toleratingCredentials()
    }

    // MARK: Passwords

    private static func forgot(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.forgot-password", .post, "/auth/forgot-password", status: 202,
            "Mails a token for choosing a password anew, if the address has an account", access: .everyone
        ) { (input: Address, call: Call) in
            try await accounts.requestPasswordReset(input.email, call)
            return Nothing()
        }.limited(.reset, identifier: "email").toleratingCredentials()
    }

    struct ResetPassword: APIInput {
        let token: String
        let password: String

        static let constraints: [String: Constraint] = [
            "token": AccountEndpoints.token, "password": AccountEndpoints.password,
        ]
    }

    private static func reset(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.reset-password", .post, "/auth/reset-password", status: 200,
            "Chooses a password anew with a token that was mailed; ends all sessions and API keys", access: .everyone
        ) { (input: ResetPassword, call: Call) in
            try await accounts.resetPassword(token: input.token, to: input.password, call)
            return Nothing()
        }.limited(.reset, sparesSuccesses: true).toleratingCredentials().countingSignIns(.passwordReset)
    }

    struct ChangePassword: APIInput {
        let currentPassword: String
        let newPassword: String
        let endApiKeys: Bool?

        static let constraints: [String: Constraint] = [
            "currentPassword": AccountEndpoints.current, "newPassword": AccountEndpoints.password,
            "endApiKeys": .field(
                default: .bool(false),
                "Whether the caller's API keys end too, in every organization: when somebody else may have made one."),
        ]
    }

    private static func changePassword(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.change-password", .post, "/me/password", status: 200,
            "Gives the caller another password; ends all their other sessions", access: .signedIn, problems: [409]
        ) { (input: ChangePassword, call: Call) in
            try await accounts.changePassword(
                from: input.currentPassword, to: input.newPassword, endingKeys: input.endApiKeys ?? false, call)
            return Nothing()
        }.limited(.login, sparesSuccesses: true)
    }

    // MARK: Addresses

    struct ChangeEmail: APIInput {
        let email: EmailAddress
        let currentPassword: String

        static let constraints: [String: Constraint] = [
            "email": .field(default: nil, "The address to sign in with from now on; a token is mailed to it."),
            "currentPassword": AccountEndpoints.current,
        ]
    }

    private static func changeEmail(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.change-email", .post, "/me/email", status: 202,
            "Mails a token to the address that the caller wants to sign in with", access: .signedIn
        ) { (input: ChangeEmail, call: Call) in
            try await accounts.requestEmailChange(to: input.email, password: input.currentPassword, call)
            return Nothing()
        }.limited(.reset, identifier: "email")
    }

    struct ConfirmEmail: APIInput {
        let token: String

        static let constraints: [String: Constraint] = ["token": AccountEndpoints.token]
    }

    private static func confirm(_ accounts: Accounts) -> Endpoint {
        Endpoint(
            procedure: "kernel.confirm-email", .post, "/me/email/confirm", status: 200,
            "Gives the caller the address to which a token was mailed; ends all their other sessions",
            access: .signedIn, problems: [409]
        ) { (input: ConfirmEmail, call: Call) in
            try await accounts.confirmEmail(token: input.token, call)
            return Nothing()
        }.limited(.reset, sparesSuccesses: true)
    }
}
