internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The page on which people sign in.
    func signInPage(
        _ status: Int = 200, problem: String? = nil, asksCode: Bool = false, asksOrganization: Bool = false
    ) async -> ConsoleReply {
        let providers = await self.providers()
        let asksOrganization = asksOrganization || self.form.first("organization") != nil
        return .alone(
            ConsoleReply.Page(
                status: status, title: self.word("signIn"), template: "console/sign-in",
                context: [
                    "problem": orHidden(problem.map { ["text": $0] }), "next": self.next ?? "",
                    "email": self.form.first("email") ?? "", "asksCode": asksCode,
                    "providers": providers, "hasProviders": !providers.isEmpty,
                    "asksOrganization": asksOrganization, "organization": self.form.first("organization") ?? "",
                ]))
    }

    /// Where to go on afterwards: a page of ours, or none.
    var next: String? {
        guard let next = self.isChange ? self.form.first("next") : self.queried("next"), Self.isOwn(next) else {
            return nil
        }
        return next
    }

    /// Whether an address is one of ours that may follow signing in.
    static func isOwn(_ address: String) -> Bool {
        ["/console", "/book"].contains { address == $0 || address.hasPrefix("\($0)/") || address.hasPrefix("\($0)?") }
            && !address.hasPrefix("/console/sign-")
            && address.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
    }

    /// Begins a session.
    mutating func signIn() async -> ConsoleReply {
        var input: JSONObject = [
            "email": .string(self.form.first("email") ?? ""), "password": .string(self.form.first("password") ?? ""),
        ]
        let code = self.form.first("code").flatMap { $0.isEmpty ? nil : $0 }
        input["code"] = code.map { JSON.string($0) }
        input["deviceToken"] = self.site.cookies.value(of: PageSession.device, in: self.request).map { JSON.string($0) }
        let organization = self.form.first("organization").flatMap { $0.isEmpty ? nil : $0 }
        self.client.organization = organization ?? self.client.organization
        let answer = await self.client.send("POST", "/api/v1/auth/token", json: .object(input))
        guard answer.isFine else {
            let asksCode = code != nil || answer.code.hasPrefix("second_factor")
            // Asking for the code is the second half of signing in, and no problem.
            let problem = answer.code == "second_factor_required" && code == nil ? nil : answer.detail
            let isWhere = ["organization_required", "unknown_organization"].contains(answer.code)
            if isWhere { self.client.organization = nil }
            return await self.signInPage(
                answer.status, problem: problem, asksCode: asksCode,
                asksOrganization: isWhere)
        }
        self.keep(answer.json)
        self.renewFormSecret()
        if let organization, organization.utf8.allSatisfy({ $0.isNameByte }) {
            self.cookies.append(self.site.cookies.setting(PageSession.organization, to: organization))
        }
        return .redirect(self.next ?? "/console")
    }

    /// Sees to it that whatever stood on pages before somebody signed in is worth nothing now.
    mutating func renewFormSecret() {
        self.cookies.removeAll { $0.value.contains("\(PageSession.form)=") }
        self.cookies.append(
            self.site.cookies.setting(PageSession.form, to: Base64URL.encode(self.site.random.bytes(24))))
    }

    /// Ends the session.
    mutating func signOut() async -> ConsoleReply {
        self.client.token = self.site.cookies.value(of: PageSession.access, in: self.request)
        let refresh = self.site.cookies.value(of: PageSession.refresh, in: self.request)
        var input = JSONObject()
        input["refreshToken"] = refresh.map { JSON.string($0) }
        _ = await self.client.send("POST", "/api/v1/auth/logout", json: .object(input))
        self.forget()
        return .redirect("/console/sign-in")
    }
}

extension UInt8 {
    /// Whether it may stand in the short name of an organization.
    fileprivate var isNameByte: Bool {
        (0x61...0x7A).contains(self) || (0x30...0x39).contains(self) || self == UInt8(ascii: "-")
    }
}
