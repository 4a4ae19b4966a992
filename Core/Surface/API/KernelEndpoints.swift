internal import AlmanacKernel
internal import AlmanacStorage

/// The kernel's own endpoints: signing in and out.
enum KernelEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        [Self.signIn(runtime), Self.refresh(runtime), Self.signOut(runtime), Self.whoAmI(runtime)]
            + SessionEndpoints.all(runtime.identity.sessions) + ConsentEndpoints.all(runtime.consents)
            + SecondFactorEndpoints.all(runtime.identity.secondFactors) + APIKeyEndpoints.all(runtime.identity.apiKeys)
            + RoleEndpoints.all(runtime.access) + UserEndpoints.all(runtime.access)
            + UserGrantEndpoints.all(runtime.access) + InvitationEndpoints.all(runtime)
            + AccessEndpoints.all(runtime) + AuditEndpoints.all(runtime) + AuditExportEndpoint.all(runtime)
            + ActivityEndpoint.all()
            + SettingsEndpoints.all(runtime)
            + EventEndpoints.all(runtime) + JobEndpoints.all(runtime)
            + AccountEndpoints.all(runtime.accounts) + OIDCEndpoints.all(runtime.oidc)
    }

    struct SignIn: APIInput {
        let email: String
        let password: String
        let code: String?
        let deviceToken: String?

        static let constraints: [String: Constraint] = [
            "email": .text(1...254, "The address of the account, in any spelling."),
            "password": .text(1...1_024, "The password of the account."),
            "code": .text(
                1...100,
                "The code of the account's authenticator app, or a recovery code: for accounts with a second factor."),
            "deviceToken": .text(
                1...200,
                "The device token of an earlier sign-in: with it the device is not slowed down when strangers try "
                    + "passwords of the account."),
        ]
    }

    struct SignedIn: Codable, Sendable {
        let accessToken: String
        let expiresAt: Instant
        let refreshToken: String
        let refreshExpiresAt: Instant
        let deviceToken: String?

        init(_ issued: IssuedTokens) {
            self.accessToken = issued.access.reveal()
            self.expiresAt = issued.expiresAt
            self.refreshToken = issued.refresh.reveal()
            self.refreshExpiresAt = issued.refreshExpiresAt
            self.deviceToken = issued.device?.reveal()
        }
    }

    private static func signIn(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.sign-in", .post, "/auth/token", status: 200, "Begins a session", access: .everyone,
            problems: [401, 429]
        ) { (input: SignIn, call: Call) in
            let issued = try await runtime.identity.signIn(
                email: input.email, password: input.password, code: input.code, organization: call.organization,
                origin: call.origin, device: input.deviceToken)
            call.signedIn?(issued.means)
            return SignedIn(issued)
        }.limited(.login, identifier: "email", sparesSuccesses: true).toleratingCredentials()
            .countingSignIns(.password)
    }

    struct Refresh: APIInput {
        let refreshToken: String

        static let constraints: [String: Constraint] = [
            "refreshToken": .text(1...200, "The session's refresh token; it works once.")
        ]
    }

    private static func refresh(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.refresh", .post, "/auth/refresh", status: 200,
            "Exchanges a refresh token for the next pair of tokens", access: .everyone, problems: [401, 409]
        ) { (input: Refresh, call: Call) in
            SignedIn(
                try await runtime.identity.refresh(
                    input.refreshToken, in: call.organization, origin: call.origin))
            // Whoever calls it holds a token, which is too long to guess.
        }.toleratingCredentials().limited(.public).countingSignIns(.refreshToken)
    }

    struct SignOut: APIInput {
        let refreshToken: String?

        static let constraints: [String: Constraint] = [
            "refreshToken": .text(
                1...200, "Ends the session of this token; with it no access token is needed.")
        ]
    }

    private static func signOut(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.sign-out", .post, "/auth/logout", status: 200, "Ends the session", access: .everyone,
            problems: [401]
        ) { (input: SignOut, call: Call) in
            try await runtime.identity.signOut(call, refreshToken: input.refreshToken)
            return Nothing()
        }.limited(.public).toleratingCredentials()
    }

    struct Me: Codable, Sendable {
        let user: ID<User>
        let person: ID<Person>
        let roles: [String]
        let permissions: [String]
        let impersonator: ID<User>?
    }

    private static func whoAmI(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.me", .get, "/me", status: 200, "Tells who is signed in and what they may do",
            access: .signedIn, acceptsAPIKeys: true
        ) { (_: Nothing, call: Call) in
            guard let user = call.principal.user else { throw Refusal.unauthenticated }
            var permissions = user.grants.names
            // Where several share a deployment nobody sees it as a whole, whatever their roles say.
            if permissions.contains(Permission.readDeployment.name), try await runtime.organizations.all().count != 1 {
                permissions.removeAll { $0 == Permission.readDeployment.name }
            }
            return Me(
                user: user.id, person: user.person, roles: user.roles.map(\.name), permissions: permissions,
                impersonator: user.impersonator)
        }
    }
}
