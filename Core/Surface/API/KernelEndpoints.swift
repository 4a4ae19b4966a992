internal import AlmanacKernel
internal import AlmanacStorage

/// The kernel's own endpoints: signing in and out.
enum KernelEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        [Self.signIn(runtime), Self.whoAmI(runtime)]
    }

    struct SignIn: APIInput {
        let email: String
        let password: String

        static let constraints: [String: Constraint] = [
            "email": .text(1...254, "The address of the account, in any spelling."),
            "password": .text(1...1_024, "The password of the account."),
        ]
    }

    struct SignedIn: Codable, Sendable {
        let accessToken: String
        let expiresAt: Instant
    }

    private static func signIn(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.sign-in", .post, "/auth/token", status: 200, "Begins a session", access: .everyone
        ) { (input: SignIn, call: Call) in
            let issued = try await runtime.identity.signIn(
                email: input.email, password: input.password, organization: call.organization, origin: call.origin)
            return SignedIn(accessToken: issued.token.reveal(), expiresAt: issued.expiresAt)
        }
    }

    struct Me: Codable, Sendable {
        let user: ID<User>
        let person: ID<Person>
        let roles: [String]
        let permissions: [String]
    }

    private static func whoAmI(_ runtime: Runtime) -> Endpoint {
        Endpoint(
            procedure: "kernel.me", .get, "/me", status: 200, "Tells who is signed in and what they may do",
            access: .signedIn
        ) { (_: Nothing, call: Call) in
            guard let user = call.principal.user else { throw Refusal.unauthenticated }
            return Me(
                user: user.id, person: user.person, roles: user.roles.map(\.name), permissions: user.grants.names)
        }
    }
}
