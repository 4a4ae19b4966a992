internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// Signing in with a provider of the deployment's: there and back.
extension Visit {
    /// What is kept of a try: for ten minutes, and shown once.
    static let attemptCookie = "almanac-oidc"
    private static let attemptSeconds: Int64 = 600

    /// The providers, for buttons; none when the API does not tell.
    func providers() async -> [[String: Any]] {
        let answer = await self.client.get("/api/v1/auth/oidc")
        return (answer.json["items"]?.array ?? []).compactMap { provider in
            guard let id = provider["id"]?.string, let name = provider["name"]?.string else { return nil }
            return [
                "address": "/console/sign-in/oidc/\(RequestText.encoded(id))",
                "title": "\(self.word("signInWith")) \(name)",
            ]
        }
    }

    /// What the address below `sign-in/oidc` leads to.
    mutating func signIn(through provider: String, _ rest: [String]) async throws(VisitProblem) -> ConsoleReply {
        switch (rest, self.isChange) {
        case ([], true): return try await self.start(provider)
        case (["callback"], false): return try await self.finish(provider, self.queried("state"), code: nil)
        case (["callback"], true):
            return try await self.finish(provider, self.form.first("state"), code: self.form.first("code"))
        default: throw .notFound
        }
    }

    /// Begins: the browser is sent to the provider.
    private mutating func start(_ provider: String) async throws(VisitProblem) -> ConsoleReply {
        var input = JSONObject()
        input["returnTo"] = .string(self.next ?? "/console")
        let answer = await self.client.send(
            "POST", "/api/v1/auth/oidc/\(RequestText.encoded(provider))/start", json: .object(input))
        guard answer.status != 404 else { throw .notFound }
        guard answer.isFine, let address = answer.json["authorizationUrl"]?.string,
            let handle = answer.json["handle"]?.string
        else { return await self.signInPage(answer.status, problem: answer.detail) }
        self.cookies.append(
            self.site.cookies.setting(Self.attemptCookie, to: handle, seconds: Self.attemptSeconds))
        return .leave(address)
    }

    /// Ends: with what the provider has sent the browser back with, and with the second factor where there is one.
    private mutating func finish(
        _ provider: String, _ state: String?, code: String?
    ) async throws(VisitProblem) -> ConsoleReply {
        var input = JSONObject()
        input["handle"] = .string(self.site.cookies.value(of: Self.attemptCookie, in: self.request) ?? "-")
        input["state"] = .string(state ?? "-")
        input["secondFactor"] = code.flatMap { $0.isEmpty ? nil : JSON.string($0) }
        if !self.isChange {
            for name in ["code", "iss", "error"] { input[name] = self.queried(name).map { JSON.string($0) } }
        }
        let path = "/api/v1/auth/oidc/\(RequestText.encoded(provider))/callback"
        let answer = await self.client.send("POST", path, json: .object(input))
        if answer.code.hasPrefix("second_factor") {
            let isFirst = answer.code == "second_factor_required" && code == nil
            return self.codePage(answer.status, provider, state ?? "", problem: isFirst ? nil : answer.detail)
        }
        self.cookies.append(self.site.cookies.setting(Self.attemptCookie, to: ""))
        guard answer.isFine else { return await self.signInPage(answer.status, problem: answer.detail) }
        self.keep(answer.json)
        self.renewFormSecret()
        let target = answer.json["returnTo"]?.string ?? "/console"
        return .redirect(Self.isOwn(target) ? target : "/console")
    }

    /// Asks for the second factor of who has come back from a provider.
    private func codePage(_ status: Int, _ provider: String, _ state: String, problem: String?) -> ConsoleReply {
        .alone(
            ConsoleReply.Page(
                status: status, title: self.word("signIn"), template: "console/sign-in-code",
                context: [
                    "problem": orHidden(problem.map { ["text": $0] }), "state": state,
                    "address": "/console/sign-in/oidc/\(RequestText.encoded(provider))/callback",
                ]))
    }
}
