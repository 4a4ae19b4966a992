internal import AlmanacKernel
internal import AlmanacStorage

/// Tells the audit log of refusals of access that a request meets.
struct RefusalWatch: Sendable {
    private let runtime: Runtime

    init(_ runtime: Runtime) { self.runtime = runtime }

    /// Finds out who calls, and reports it when they are not who they claim to be, or in another place.
    func whileIdentifying(
        _ request: APIRequest, for endpoint: Endpoint, from origin: Origin, _ body: () async throws -> Call
    ) async throws -> Call {
        do {
            return try await body()
        } catch let refusal as Refusal where refusal.isOfAccess {
            if let token = request.header("authorization").flatMap({ CallFactory.bearer($0) }),
                let (organization, user) = try? await self.runtime.identity.principal(for: token)
            {
                self.note(refusal, endpoint, organization, .user(user), origin)
            } else if let organization = try? await CallFactory(self.runtime).organization(for: request) {
                self.note(refusal, endpoint, organization.id, .anonymous, origin)
            }
            throw refusal
        }
    }

    /// Runs an operation, and reports it when the caller may not.
    func whileRunning<T>(_ endpoint: Endpoint, as call: Call, _ body: () async throws -> T) async throws -> T {
        do {
            return try await body()
        } catch let refusal as Refusal where refusal.isOfAccess {
            self.note(refusal, endpoint, call.organization, call.principal, call.origin)
            throw refusal
        }
    }

    private func note(
        _ refusal: Refusal, _ endpoint: Endpoint, _ organization: OrganizationID, _ principal: Principal,
        _ origin: Origin
    ) {
        self.runtime.audit.refusals.note(
            RefusedAttempt(
                organization, actor: principal.name, operation: endpoint.operation, code: refusal.code, origin: origin))
    }
}
