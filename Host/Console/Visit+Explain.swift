internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// What the endpoint asks of its caller.
    private static let explainPermission = "roles:read"

    /// Whether the visitor may ask why somebody may do something.
    var mayExplain: Bool { self.visitor?.permissions.contains(Self.explainPermission) == true }

    /// Why a user may do something, or not: a question, and the answer in words.
    func explanation() async throws(VisitProblem) -> ConsoleReply {
        guard self.mayExplain, !self.isChange else { throw .notFound }
        let (user, permission) = (self.queried("user"), self.queried("permission"))
        let object = self.queried("object")
        var answer: PageClient.Answer?
        if let user, let permission {
            var query = [(name: "user", value: user), (name: "permission", value: permission)]
            if let object { query.append((name: "object", value: object)) }
            let found = await self.client.get("/api/v1/access/explain", query)
            if found.status == 401 { throw .signedOut }
            if found.status >= 500 { throw .failed(found.requestID) }
            answer = found
        }
        let isFine = answer?.isFine == true
        let isAllowed = answer?.json["allowed"]?.bool == true
        let users = await self.choices(named: "users")
        let permissions = await self.client.get("/api/v1/permissions").json["items"]?.array ?? []
        let names = permissions.compactMap { $0["name"]?.string }
        return .page(
            ConsoleReply.Page(
                status: answer.map { $0.isFine ? 200 : $0.status } ?? 200, title: self.word("explain"),
                template: "console/explain",
                context: [
                    "heading": self.word("explain"), "hasUsers": !users.isEmpty,
                    "users": users.map {
                        ["value": $0.value, "title": $0.title, "isChosen": $0.value == user] as [String: Any]
                    },
                    "user": user ?? "", "permission": permission ?? "", "object": object ?? "",
                    "permissions": names.map { ["value": $0] as [String: Any] },
                    "problem": orHidden(answer.flatMap { $0.isFine ? nil : ["text": self.messageText(of: $0)] }),
                    "hasAnswer": isFine, "isAllowed": isAllowed,
                    "verdict": self.word(isAllowed ? "allowedYes" : "allowedNo"),
                    "tone": isAllowed ? "good" : "bad",
                    "lines": (answer?.json["text"]?.array ?? []).compactMap(\.string).map {
                        ["text": $0] as [String: Any]
                    },
                    "reasons": (answer?.json["reasons"]?.array ?? []).map { self.reason($0) },
                    "hasReasons": answer?.json["reasons"]?.array?.isEmpty == false,
                ], resource: "users"))
    }

    /// One way on which the user comes by the permission.
    private func reason(_ json: JSON) -> [String: Any] {
        let path = (json["path"]?.array ?? []).compactMap(\.string).joined(separator: " → ")
        let expires = json["expiresAt"]?.string.flatMap { Instant(rfc3339: $0) }.map { self.formats.instant($0) }
        return [
            "source": self.label(ofValue: json["source"]?.string ?? ""), "path": path.isEmpty ? "—" : path,
            "scope": self.label(ofValue: json["scope"]?.string ?? ""), "expires": expires ?? "—",
            "isInForce": self.word(json["inForce"]?.bool == true ? "yes" : "no"),
        ]
    }

    /// What a problem says, in one sentence.
    private func messageText(of answer: PageClient.Answer) -> String {
        self.messages(of: answer).compactMap { $0["text"] as? String }.joined(separator: " ")
    }

    /// The address of the question about an item of a resource, where there is one.
    func explainAddress(of id: String, _ resource: ConsoleModel.Resource) -> String? {
        guard self.mayExplain else { return nil }
        switch resource.list.name {
        case "kernel.users.list": return "/console/explain?user=\(RequestText.encoded(id))"
        case "kernel.roles.list": return "/console/explain"
        default: return nil
        }
    }
}
