internal import AlmanacKernel
internal import AlmanacStorage

/// Finds out who sends a request and for which organization.
///
/// A token fixes the organization. Without one it is named by the header `Almanac-Organization` (a slug), by the first
/// label of the host name, or it is the only one there is.
struct CallFactory {
    private let runtime: Runtime

    init(_ runtime: Runtime) { self.runtime = runtime }

    /// The call that a request makes.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - origin: Through what it came.
    ///   - isTolerant: Whether a token that cannot be used counts as none.
    /// - Returns: The call, without what the endpoint takes from the request.
    /// - Throws: ``Refusal`` when the token cannot be used; ``RequestFault`` when no organization can be told.
    func call(for request: APIRequest, from origin: Origin, isTolerant: Bool = false) async throws -> Call {
        let languages = RequestText.languages(request.header("accept-language"))
        if let header = request.header("authorization") {
            do {
                return try await self.call(by: header, for: request, from: origin, languages)
            } catch is Refusal where isTolerant {}
        }
        let organization = try await self.organization(for: request)
        return Call(organization: organization.id, principal: .anonymous, origin: origin, languages: languages)
    }

    private func call(
        by header: String, for request: APIRequest, from origin: Origin, _ languages: [String]
    ) async throws -> Call {
        guard let token = Self.bearer(header) else { throw Refusal.unauthenticated }
        guard let (organization, user) = try await self.runtime.identity.principal(for: token) else {
            throw Refusal(.unauthenticated, "token_invalid", "this token is unknown or has expired: sign in again")
        }
        if let slug = request.header("almanac-organization"),
            try await self.runtime.organizations.find(slug: slug)?.id != organization
        {
            throw Refusal(
                .forbidden, "wrong_organization", "this token is for another organization than the header names")
        }
        return Call(organization: organization, principal: .user(user), origin: origin, languages: languages)
    }

    /// The organization of a request without a token.
    func organization(for request: APIRequest) async throws -> Organization {
        if let slug = request.header("almanac-organization") {
            guard let named = try await self.runtime.organizations.find(slug: slug) else {
                throw RequestFault(404, "unknown_organization", "there is no organization called \(slug.prefix(60))")
            }
            return named
        }
        if let label = request.header("host")?.split(separator: ".").first,
            let named = try await self.runtime.organizations.find(slug: String(label))
        {
            return named
        }
        if let only = try await self.runtime.organizations.find(slug: nil) { return only }
        guard try await !self.runtime.organizations.all().isEmpty else {
            throw RequestFault(503, "no_organization", "the deployment has no organization yet: run `almanac migrate`")
        }
        throw RequestFault(
            400, "organization_required",
            "there are several organizations: name one in the header Almanac-Organization")
    }

    private static func bearer(_ header: String) -> AccessToken? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return AccessToken(String(parts[1]))
    }
}
