internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The visitor's own account: the second factor with which they sign in.
    func account() async throws(VisitProblem) -> ConsoleReply {
        guard self.isChange else { return try await self.accountPage() }
        switch self.form.first("do") {
        case "set-up": return try await self.setUpFactor()
        case "confirm": return try await self.confirmFactor()
        case "codes":
            let answer = try await self.changeFactor("/api/v1/me/recovery-codes", self.stated("password"))
            guard answer.isFine else { return try await self.accountPage(answer) }
            return self.recoveryCodes(answer)
        case "remove":
            let answer = try await self.changeFactor("/api/v1/me/totp/remove", self.stated("password"))
            return answer.isFine ? .redirect("/console/account?did=saved") : try await self.accountPage(answer)
        default: throw .notFound
        }
    }

    private func stated(_ field: String) -> JSON { [field: .string(self.form.first(field) ?? "")] }

    private func changeFactor(_ path: String, _ input: JSON) async throws(VisitProblem) -> PageClient.Answer {
        let answer = await self.client.send("POST", path, json: input)
        if answer.status >= 500 { throw .failed(answer.requestID) }
        return answer
    }

    /// Shows the key for the app, once; it counts after its first code.
    private func setUpFactor() async throws(VisitProblem) -> ConsoleReply {
        let answer = try await self.changeFactor("/api/v1/me/totp", self.stated("password"))
        guard answer.isFine else { return try await self.accountPage(answer) }
        // In groups of four it is typed without losing one's place.
        let secret = Array(answer.json["secret"]?.string ?? "")
        let groups = stride(from: 0, to: secret.count, by: 4).map { String(secret[$0..<min($0 + 4, secret.count)]) }
        let uri = answer.json["uri"]?.string ?? ""
        let code = QRCode(uri).map { ["side": "\($0.side)", "path": $0.path] }
        let key: [String: Any] = ["text": groups.joined(separator: " "), "uri": uri, "scan": orHidden(code)]
        return try await self.accountPage(key: key)
    }

    private func confirmFactor() async throws(VisitProblem) -> ConsoleReply {
        let code = (self.form.first("code") ?? "").filter { !$0.isWhitespace }
        let answer = try await self.changeFactor("/api/v1/me/totp/confirm", ["code": .string(code)])
        guard answer.isFine else { return try await self.accountPage(answer, asksCode: true) }
        return self.recoveryCodes(answer)
    }

    private func recoveryCodes(_ answer: PageClient.Answer) -> ConsoleReply {
        let codes = (answer.json["recoveryCodes"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
        let line: [String: Any] = ["title": self.word("recoveryCodes"), "text": codes]
        return .page(
            ConsoleReply.Page(
                title: self.word("recoveryCodes"), template: "console/done",
                context: [
                    "heading": self.word("recoveryCodes"), "lines": [line], "results": false,
                    "back": "/console/account", "backTitle": self.word("account"),
                ], scripts: ["copy"]))
    }

    private func accountPage(
        _ refused: PageClient.Answer? = nil, key: [String: Any]? = nil, asksCode: Bool = false
    ) async throws(VisitProblem) -> ConsoleReply {
        let answer = await self.client.get("/api/v1/me/factors")
        if let problem = VisitProblem(reading: answer) { throw problem }
        let since = answer.json["totp"]?["since"]?.string.flatMap { Instant(rfc3339: $0) }
        let isOn = since != nil
        let asksCode = asksCode || key != nil
        let problem = refused.map { self.messages(of: $0).compactMap { $0["text"] as? String }.joined(separator: " ") }
        return .page(
            ConsoleReply.Page(
                status: refused?.status ?? 200, title: self.word("account"), template: "console/account",
                context: [
                    "heading": self.word("account"), "isOn": isOn, "isOff": !isOn && !asksCode,
                    "asksCode": !isOn && asksCode, "key": orHidden(key),
                    "state": self.word(isOn ? "factorOn" : "factorOff"), "tone": isOn ? "good" : "neutral",
                    "since": since.map { self.formats.instant($0) } ?? "",
                    "left": "\(answer.json["recoveryCodesLeft"]?.int ?? 0)",
                    "problem": orHidden(problem.map { ["text": $0] }),
                ], scripts: ["copy"]))
    }
}
