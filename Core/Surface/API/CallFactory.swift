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
        if let call = try await self.guest(header, for: request, from: origin, languages) { return call }
        guard let (organization, user) = try await self.bearer(header) else {
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

    /// The call of somebody who shows a pass; `nil` when the header is of another scheme.
    private func guest(
        _ header: String, for request: APIRequest, from origin: Origin, _ languages: [String]
    ) async throws -> Call? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard let scheme = parts.first.map(String.init), self.runtime.knowsGuests(scheme) else { return nil }
        // Whatever is wrong with a pass, the answer is the same.
        guard parts.count == 2, let pass = AddressSecret(parts[1]),
            let guest = try await self.runtime.guest(scheme, pass)
        else {
            throw Self.unknownPass
        }
        if let slug = request.header("almanac-organization"),
            try await self.runtime.organizations.find(slug: slug)?.id != pass.organization
        {
            throw Self.unknownPass
        }
        return Call(organization: pass.organization, principal: .guest(guest), origin: origin, languages: languages)
    }

    /// Whether a request is meant to come from a guest.
    func showsPass(_ request: APIRequest) -> Bool {
        let scheme = request.header("authorization")?.split(separator: " ", maxSplits: 1).first
        return scheme.map { self.runtime.knowsGuests(String($0)) } ?? false
    }

    private static let unknownPass = Refusal(
        .unauthenticated, "token_invalid",
        "this token is unknown, has expired or was revoked: ask for a new one")

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

    /// Who a token belongs to: that of a session, or an API key.
    func bearer(_ header: String) async throws -> (OrganizationID, SignedInUser)? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw Refusal.unauthenticated }
        let text = String(parts[1])
        if APIKeyToken.isMeant(by: text) {
            guard let key = APIKeyToken(text) else {
                throw Refusal(
                    .unauthenticated, "api_key_mistyped", "this is no API key as it stands: was it copied as a whole?")
            }
            return try await self.runtime.identity.principal(for: key)
        }
        guard let token = AccessToken(text) else { throw Refusal.unauthenticated }
        return try await self.runtime.identity.principal(for: token)
    }
}
