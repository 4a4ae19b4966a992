internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints that explain who may do what, and let administrators work as somebody else.
enum AccessEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        [
            Endpoint.get(
                "/access/explain", self.explain(runtime.access.explainer), "Tells why a user may do something, or not."
            ).inProduct().answeringNotFound(),
            self.impersonate(runtime.identity),
        ]
    }

    // MARK: Explaining

    struct Explain: APIInput {
        let user: ID<User>
        let permission: String
        let object: String?

        static let constraints: [String: Constraint] = [
            "permission": .text(3...120, "The permission, as bookings:read."),
            "object": .text(1...200, "On what, as booking:ID; for anything when left out."),
        ]
    }

    enum SourceName: String, CaseIterable, APIValue {
        case declared
        case rule
        case grant
    }

    struct ReasonView: Codable, Sendable {
        let source: SourceName
        let path: [String]
        let rule: RuleView?
        let grant: ID<DirectGrant>?
        let expiresAt: Instant?
        let scope: ScopeName
        let inForce: Bool

        init(_ reason: AccessExplanation.Reason) {
            self.path = reason.path.map(\.name)
            self.scope = ScopeName(reason.scope)
            self.inForce = reason.isInForce
            switch reason.source {
            case .declared:
                (self.source, self.rule, self.grant, self.expiresAt) = (.declared, nil, nil, nil)
            case .rule(let rule):
                (self.source, self.rule, self.grant, self.expiresAt) = (.rule, RuleView(rule), nil, nil)
            case .grant(let grant):
                (self.source, self.rule, self.grant, self.expiresAt) = (
                    .grant, RuleView(grant.rule), grant.id, grant.expiresAt
                )
            }
        }
    }

    struct ExplainedObject: Codable, Sendable {
        let type: String
        let id: String
        let reach: String
    }

    struct Explanation: Codable, Sendable {
        let allowed: Bool
        let user: ID<User>
        let permission: String
        let scope: ScopeName?
        let object: ExplainedObject?
        let reasons: [ReasonView]
        let text: [String]

        init(_ explanation: AccessExplanation) {
            self.allowed = explanation.isAllowed
            self.user = explanation.member.user
            self.permission = explanation.permission.name
            self.scope = explanation.scope.map { ScopeName($0) }
            self.object = explanation.object.map { ExplainedObject(type: $0.type, id: $0.id, reach: $0.reach) }
            self.reasons = explanation.reasons.map { ReasonView($0) }
            self.text = explanation.lines
        }
    }

    private static func explain(_ explainer: AccessExplainer) -> Query<Explain, Explanation> {
        Query("kernel.access.explain", .permission(.readRoles)) { input, _, tx in
            Explanation(try explainer.explain(input.user, input.permission, on: input.object, in: tx))
        }
    }

    // MARK: Working as somebody else

    struct Impersonate: APIInput {
        let id: ID<User>
        let reason: String

        static let constraints: [String: Constraint] = [
            "reason": .text(1...500, "Why, for whoever looks later.")
        ]
    }

    struct Impersonated: Codable, Sendable {
        let accessToken: String
        let expiresAt: Instant
        let session: ID<Session>
    }

    private static func impersonate(_ identity: Identity) -> Endpoint {
        Endpoint(
            procedure: "kernel.users.impersonate", .post, "/users/{id}/impersonate", status: 201,
            "Begins a session of half an hour in which the caller works as a user who may do less.",
            access: .permission(.impersonateUsers), problems: [403, 409]
        ) { (input: Impersonate, call: Call) in
            try Invoker.authorize(.permission(.impersonateUsers), call)
            let issued = try await identity.impersonate(input.id, reason: input.reason, call)
            return Impersonated(
                accessToken: issued.access.reveal(), expiresAt: issued.expiresAt, session: issued.session)
        }
    }
}
