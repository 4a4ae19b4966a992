internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    // MARK: Wishing

    /// The form for those who find nothing free, and what becomes of it.
    mutating func wait(for name: String) async throws(VisitProblem) -> Reply {
        guard self.flow?[.wait] != nil else { throw .notFound }
        let offer = try await self.offer(name)
        let date = self.isChange ? self.form.first("date") : self.queried("date")
        var session: JSON?
        if let date, !date.isEmpty { session = try await self.read(.date, date) }
        guard self.isChange else { return try await self.waitPage(offer, session, FormState()) }
        let choice = try await self.choice(of: offer)
        var input = DetailsForm(visit: self, questions: [], asksWho: !self.isOwn, others: 0, asksAddress: false)
            .input(self.form)
        input["notes"] = nil
        input["seats"] = .number(JSONNumber(choice.seats))
        if let session {
            input["session"] = session["id"]
        } else {
            input["eventType"] = .string(offer["id"]?.string ?? "")
            input["timeZone"] = .string(choice.zone.name)
            let days = self.form.all("weekday").compactMap { Int($0) }.filter { (1...7).contains($0) }
            if !days.isEmpty { input["weekdays"] = .array(days.map { .number(JSONNumber($0)) }) }
            for (field, member) in [("after", "startTime"), ("before", "endTime"), ("from", "from"), ("to", "to")] {
                input[member] = self.form.first(field).flatMap { $0.isEmpty ? nil : JSON.string($0) }
            }
            if let provider = choice.provider { input["providers"] = .array([.string(provider)]) }
        }
        let answer = try await self.send(self.isOwn ? .waitOwn : .wait, "", .object(input))
        guard answer.isFine else {
            switch answer.status {
            case 429: return self.busyPage(answer.retryAfter)
            case 403: return try await self.refused(answer, offer)
            case 400, 409, 422:
                let errors = (answer.json["errors"]?.array ?? []).map { error in
                    (
                        control: Self.waitControl(error["pointer"]?.string ?? ""),
                        text: self.explanation(error["code"]?.string ?? "", error["detail"]?.string ?? "")
                    )
                }
                let problem = errors.isEmpty ? self.explanation(of: answer) : self.word("wrongFields")
                return try await self.waitPage(
                    offer, session, self.form, status: answer.status, problem: problem, errors: errors)
            default: throw .failed(answer.requestID)
            }
        }
        if let token = answer.json["accessToken"]?.string {
            self.setCookies.append(self.cookies.setting(Self.waitCookie, to: token))
        }
        let entry = self.isOwn ? answer.json["id"]?.string : nil
        return .redirect(self.address(["waitlist"], [("entry", entry), ("did", "joined")]))
    }

    private static func waitControl(_ pointer: String) -> String {
        let name = pointer.split(separator: "/").first.map(String.init) ?? ""
        let own = ["startTime": "after", "endTime": "before", "from": "from", "to": "to"]
        return own[name] ?? "\(Self.detail)\(name)"
    }

    private func waitPage(
        _ offer: JSON, _ session: JSON?, _ state: FormState, status: Int = 200, problem: String? = nil,
        errors: DetailsForm.Errors = []
    ) async throws(VisitProblem) -> Reply {
        let choice = try await self.choice(of: offer)
        let form = DetailsForm(visit: self, questions: [], asksWho: !self.isOwn, others: 0, asksAddress: false)
        let step = Self.step(of: offer)
        var context = form.context(state, errors)
        context.merge(self.choiceContext(choice, [step, "wait"])) { $1 }
        let names = self.word("weekdays").split(separator: " ").map(String.init)
        let chosen = Set(state.all("weekday"))
        let weekdays: [[String: Any]] = names.enumerated().map { index, name in
            ["value": "\(index + 1)", "title": name, "isChosen": chosen.contains("\(index + 1)")]
        }
        let zone = self.zone(session?["timeZone"]?.string)
        let when = session.map {
            self.period(Self.instant($0["start"]), Self.instant($0["end"]), in: zone)
        }
        context.merge(
            [
                "heading": session?["title"]?.string ?? offer["name"]?.string ?? "",
                "when": orHidden(when), "isDate": session != nil, "date": session?["id"]?.string ?? "",
                "weekdays": weekdays, "after": state.first("after") ?? "", "before": state.first("before") ?? "",
                "from": state.first("from") ?? "", "to": state.first("to") ?? "",
                "address": self.address([step, "wait"]), "back": self.address([step], choice.fields),
                "problem": orHidden(problem.map { ["text": $0] }), "asksSeats": session != nil || choice.mostSeats > 1,
                "fromError": orHidden(errors.first { ["from", "to"].contains($0.control) }?.text),
                "timeError": orHidden(errors.first { ["after", "before"].contains($0.control) }?.text),
            ]
        ) { $1 }
        return .page(
            Reply.Page(status: status, title: self.word("bookWait"), template: "book/wait", context: context))
    }

    // MARK: What becomes of it

    /// Everything below `/book/waitlist`.
    mutating func waitlist(_ part: String?) async throws(VisitProblem) -> Reply {
        guard self.flow?[.waiting] != nil else { throw .notFound }
        if part == nil, self.isChange { return try await self.openWish() }
        let answer = try await self.wish()
        guard let (client, entry) = answer else {
            guard part == nil else { return .redirect(self.address(["waitlist"])) }
            return self.openWishPage()
        }
        guard let part else { return try await self.wishPage(entry) }
        guard self.isChange else { throw .notFound }
        switch part {
        case "accept": return try await self.accept(entry, client)
        case "decline", "withdraw": return try await self.end(entry, client, part == "decline" ? .decline : .withdraw)
        default: throw .notFound
        }
    }

    private func wish() async throws(VisitProblem) -> (client: PageClient, entry: JSON)? {
        if let id = self.queried("entry"), self.isOwn, self.flow?[.waitingOwn] != nil {
            return (self.client, try await self.read(.waitingOwn, id))
        }
        guard let client = self.guest(by: Self.waitCookie) else { return nil }
        let answer = await client.get(try self.operation(.waiting).path)
        if answer.status == 429 { throw .busy }
        return answer.isFine ? (client, answer.json) : nil
    }

    /// What addresses name the wish of whoever has signed in by; nothing for guests, whose token leads to it.
    private var named: [(name: String, value: String?)] {
        self.isOwn ? self.queried("entry").map { [("entry", $0)] } ?? [] : []
    }

    private func openWishPage(status: Int = 200, problem: String? = nil) -> Reply {
        .page(
            Reply.Page(
                status: status, title: self.word("bookWaiting"), template: "book/open-wish",
                context: [
                    "address": self.address(["waitlist"]), "problem": orHidden(problem.map { ["text": $0] }),
                    "gone": orHidden(self.queried("did") == "withdraw" ? ["text": self.word("bookDidWithdraw")] : nil),
                    "signIn": orHidden(self.signIn(to: "waitlist", naming: "entry")),
                ], scripts: ["open"]))
    }

    private mutating func openWish() async throws(VisitProblem) -> Reply {
        let token = (self.form.first("token") ?? "").filter { !$0.isWhitespace }
        guard Self.isToken(token) else {
            return self.openWishPage(status: 422, problem: self.word("bookWrongCode"))
        }
        let answer = await self.guest(with: token).get(try self.operation(.waiting).path)
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        guard answer.isFine else { return self.openWishPage(status: 422, problem: self.word("bookWrongCode")) }
        self.setCookies.append(self.cookies.setting(Self.waitCookie, to: token))
        return .redirect(self.address(["waitlist"]))
    }

    private func wishPage(
        _ entry: JSON, status: Int = 200, problem: String? = nil, errors: DetailsForm.Errors = [],
        state: FormState = FormState()
    ) async throws(VisitProblem) -> Reply {
        let offer = try await self.offer(entry["eventType"]?.string ?? "")
        let zone = self.zone(entry["timeZone"]?.string)
        let allowed = Set((entry["allowed"]?.array ?? []).compactMap(\.string))
        var context: [String: Any] = ["offer": false]
        var form: [String: Any] = ["rest": false, "questions": false, "hasQuestions": false, "summary": false]
        if let proposal = entry["offer"], proposal["start"] != nil {
            let end = Self.instant(proposal["expiresAt"])
            let questions = try await self.read(.questions, offer["id"]?.string ?? "")["items"]?.array ?? []
            form = DetailsForm(
                visit: self, questions: questions.map { QuestionField($0) }, asksWho: false, others: 0,
                asksAddress: false
            ).context(state, errors)
            context["offer"] = [
                "when": self.period(Self.instant(proposal["start"]), Self.instant(proposal["end"]), in: zone),
                "until": end.map { self.formats.instant($0, in: zone) } ?? "",
                "left": "\(end.map { max($0.microseconds(since: self.now) / 1_000_000, 0) } ?? 0)",
            ]
        }
        context.merge(form) { own, _ in own }
        let did = self.queried("did") == "joined" ? self.word("bookDidJoined") : nil
        context.merge(
            [
                "heading": offer["name"]?.string ?? "", "zone": zone.name,
                "position": orHidden(
                    entry["position"]?.int.map { self.word("bookPosition", ["number": "\($0)"]) }),
                "accept": self.address(["waitlist", "accept"], self.named),
                "decline": self.address(["waitlist", "decline"], self.named),
                "withdraw": orHidden(
                    allowed.contains("withdraw") ? self.address(["waitlist", "withdraw"], self.named) : nil),
                "version": entry["version"]?.int.map { "\"\($0)\"" } ?? "",
                "problem": orHidden(problem.map { ["text": $0] }), "notice": orHidden(did.map { ["text": $0] }),
                "price": self.price(offer["price"]), "policies": orHidden(self.policiesContext(offer)),
                "opening": orHidden(self.named.isEmpty ? self.address(["waitlist"]) : nil),
            ]
        ) { own, _ in own }
        return .page(
            Reply.Page(
                status: status, title: self.word("bookWaiting"), template: "book/wish", context: context,
                scripts: ["details", "open"]))
    }

    private mutating func accept(_ entry: JSON, _ client: PageClient) async throws(VisitProblem) -> Reply {
        let questions = try await self.read(.questions, entry["eventType"]?.string ?? "")["items"]?.array ?? []
        let form = DetailsForm(
            visit: self, questions: questions.map { QuestionField($0) }, asksWho: false, others: 0,
            asksAddress: false)
        let isOwn = !self.named.isEmpty
        let answer = try await self.send(
            isOwn ? .acceptOwn : .accept, entry["id"]?.string ?? "", .object(form.input(self.form)), as: client)
        if answer.isFine, isOwn {
            return .redirect(self.address(["manage"], [("booking", answer.json["id"]?.string), ("did", "booked")]))
        }
        if answer.isFine {
            self.setCookies.append(self.cookies.setting(Self.waitCookie, to: ""))
            if let token = answer.json["accessToken"]?.string {
                self.setCookies.append(self.cookies.setting(Self.guestCookie, to: token))
            }
            return .redirect(self.address(["manage"], [("did", "booked")]))
        }
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        if answer.status >= 500 { throw .failed(answer.requestID) }
        let errors = form.errors(answer, self.form)
        return try await self.wishPage(
            entry, status: answer.status,
            problem: errors.isEmpty ? self.explanation(of: answer) : self.word("wrongFields"), errors: errors,
            state: self.form)
    }

    private mutating func end(
        _ entry: JSON, _ client: PageClient, _ step: BookingStep
    ) async throws(VisitProblem) -> Reply {
        let answer = try await self.send(
            step, entry["id"]?.string ?? "", version: self.form.first("version"), as: client)
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        if answer.status >= 500 { throw .failed(answer.requestID) }
        guard answer.isFine else {
            return try await self.wishPage(entry, status: answer.status, problem: self.explanation(of: answer))
        }
        if step == .withdraw, self.named.isEmpty {
            self.setCookies.append(self.cookies.setting(Self.waitCookie, to: ""))
        }
        let isGone = step == .withdraw
        return .redirect(
            self.address(["waitlist"], (isGone ? [] : self.named) + [("did", isGone ? "withdraw" : "decline")]))
    }
}
