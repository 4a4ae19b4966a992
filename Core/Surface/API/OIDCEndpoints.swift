internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which people sign in through OpenID providers, and look after what is linked with them.
enum OIDCEndpoints {
    static func all(_ oidc: OIDCSignIn) -> [Endpoint] {
        [self.providers(oidc), self.start(oidc), self.callback(oidc)]
            + [
                Endpoint.get(
                    "/me/identities", self.list(oidc.identities),
                    "Lists the identities that the caller may sign in with."
                ),
                Endpoint.delete(
                    "/me/identities/{id}", self.unlink(oidc.identities),
                    "Unlinks an identity: it signs the caller in no longer."
                ).unversioned(because: "a link is not edited, so that nobody can have missed a change."),
            ].map { $0.inProduct() }
    }

    struct ProviderView: Codable, Sendable {
        let id: String
        let name: String
    }

    private static func providers(_ oidc: OIDCSignIn) -> Endpoint {
        Endpoint(
            procedure: "kernel.oidc.providers", .get, "/auth/oidc", status: 200,
            "Lists the providers that people may sign in with", access: .everyone
        ) { (_: Nothing, _: Call) in
            Page(items: oidc.providers.map { ProviderView(id: $0.id, name: $0.name) }, next: nil)
        }.limited(.public).toleratingCredentials()
    }

    struct Start: APIInput {
        let provider: String
        let returnTo: String?
        let password: String?
        let code: String?

        static let constraints: [String: Constraint] = [
            "provider": .text(1...63, "The provider, as the list of providers names it."),
            "returnTo": .text(
                1...1_000,
                "Where on the deployment's pages to go on, as `/bookings?week=12`: the answer at the end holds it."),
            "password": .text(
                1...1_024, "For a caller who is signed in and links an identity: the caller's password, once more."),
            "code": .text(1...100, "Instead of it, a code of the factor that the caller has."),
        ]
    }

    struct Started: Codable, Sendable {
        let authorizationUrl: String
        let handle: String
        let expiresAt: Instant
    }

    private static func start(_ oidc: OIDCSignIn) -> Endpoint {
        Endpoint(
            procedure: "kernel.oidc.start", .post, "/auth/oidc/{provider}/start", status: 200,
            "Begins to sign in with a provider; a caller who is signed in begins to link an identity",
            access: .everyone, problems: [403, 429, 503]
        ) { (input: Start, call: Call) in
            let intent = OIDCSignIn.Intent(returnTo: input.returnTo, password: input.password, code: input.code)
            let begun = try await oidc.begin(with: input.provider, intent, call)
            return Started(
                authorizationUrl: begun.authorizationURL, handle: begun.handle, expiresAt: begun.expiresAt)
        }.limited(.login)
    }

    struct Finish: APIInput {
        let provider: String
        let handle: String
        let state: String
        let code: String?
        let iss: String?
        let error: String?
        let secondFactor: String?

        static let constraints: [String: Constraint] = [
            "provider": .text(1...63, "The provider, as the list of providers names it."),
            "handle": .text(1...100, "What the answer to the start gave the client to keep."),
            "state": .text(1...500, "`state` as the provider sent it back."),
            "code": .text(
                1...4_096,
                "`code` as the provider sent it back; missing when it sent an error, and when only the second factor is."
            ),
            "iss": .text(1...500, "`iss` as the provider sent it back, if it did (RFC 9207)."),
            "error": .text(1...200, "`error` as the provider sent it back, if it did."),
            "secondFactor": .text(
                1...100,
                "The code of the account's authenticator app, or a recovery code: for accounts with a second factor."),
        ]
    }

    struct Finished: Codable, Sendable {
        let accessToken: String
        let expiresAt: Instant
        let refreshToken: String
        let refreshExpiresAt: Instant
        let effect: OIDCSignIn.Finished.Effect
        let returnTo: String?

        init(_ finished: OIDCSignIn.Finished) {
            self.accessToken = finished.tokens.access.reveal()
            self.expiresAt = finished.tokens.expiresAt
            self.refreshToken = finished.tokens.refresh.reveal()
            self.refreshExpiresAt = finished.tokens.refreshExpiresAt
            self.effect = finished.effect
            self.returnTo = finished.returnTo
        }
    }

    private static func callback(_ oidc: OIDCSignIn) -> Endpoint {
        Endpoint(
            procedure: "kernel.oidc.callback", .post, "/auth/oidc/{provider}/callback", status: 200,
            "Ends to sign in with a provider: begins a session", access: .everyone, problems: [401, 403, 409, 429, 503]
        ) { (input: Finish, call: Call) in
            let callback = OIDCSignIn.Callback(
                code: input.code, state: input.state, handle: input.handle, issuer: input.iss, error: input.error,
                secondFactor: input.secondFactor)
            return Finished(try await oidc.finish(callback, with: input.provider, call))
        }.limited(.login, sparesSuccesses: true).toleratingCredentials().countingSignIns(.openID)
    }

    struct IdentityView: Codable, Sendable {
        let id: ID<OIDCIdentity>
        let provider: String?
        let issuer: String
        let subject: String
        let linkedAt: Instant
        let lastUsedAt: Instant?
    }

    private static func list(_ identities: OIDCIdentities) -> Query<PageInput, Page<IdentityView>> {
        Query("kernel.oidc.identities", .signedIn) { input, _, tx in
            let cursor = try input.after.map { try Cursor($0, list: "identities", keys: 1) }
            let views = try identities.list(after: cursor, limit: input.limit + 1, in: tx).map { link in
                IdentityView(
                    id: link.id, provider: identities.provider(of: link.issuer)?.id, issuer: link.issuer,
                    subject: link.subject, linkedAt: link.createdAt, lastUsedAt: link.lastUsedAt)
            }
            return Page(views, limit: input.limit) { Cursor(list: "identities", keys: [$0.id.sqlValue]) }
        }
    }

    struct IdentityByID: APIInput {
        let id: ID<OIDCIdentity>
    }

    private static func unlink(_ identities: OIDCIdentities) -> Command<IdentityByID, Nothing> {
        Command("kernel.oidc.unlink", .signedIn) { input, _, tx in
            try identities.unlink(input.id, in: tx)
            return Nothing()
        }
    }
}

extension OIDCSignIn.Finished.Effect: APIValue {}
