internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The third page: who books, and what they are asked; what becomes of sending it.
    mutating func details(of name: String) async throws(VisitProblem) -> Reply {
        let offer = try await self.offer(name)
        guard let id = self.queried("hold"), let held = try await self.held(id), held.isActive else {
            return try await self.timesPage(
                of: offer, status: 409, problem: self.word("bookHoldOver"), kept: self.kept)
        }
        guard self.isChange else { return try await self.detailsPage(of: offer, held, FormState()) }
        return try await self.book(offer, held)
    }

    /// What is held under an id, by this browser or by whoever has signed in; `nil` when nothing is.
    private func held(_ id: String) async throws(VisitProblem) -> Held? {
        let client = self.holder.flatMap { $0.id == id ? $0.client : nil } ?? (self.isOwn ? self.client : nil)
        guard let client else { return nil }
        let answer = await client.get(try self.operation(.held).path(of: id))
        if answer.status == 429 { throw .busy }
        guard answer.isFine else { return nil }
        return Held(json: answer.json, address: self.same([]))
    }

    /// The form of an event type for what is held.
    private func detailsForm(_ offer: JSON, _ held: Held) async throws(VisitProblem) -> DetailsForm {
        let questions = try await self.read(.questions, offer["id"]?.string ?? "")["items"]?.array ?? []
        return DetailsForm(
            visit: self, questions: questions.map { QuestionField($0) }, asksWho: !self.isOwn,
            others: min(max((held.json["seats"]?.int ?? 1) - 1, 0), 20),
            asksAddress: offer["place"]?["kind"]?.string == "customer")
    }

    /// The page with the form.
    func detailsPage(
        of offer: JSON, _ held: Held, _ state: FormState, status: Int = 200, problem: String? = nil,
        errors: DetailsForm.Errors = []
    ) async throws(VisitProblem) -> Reply {
        let form = try await self.detailsForm(offer, held)
        let choice = try await self.choice(of: offer)
        let end = Self.instant(held.json["expiresAt"])
        let left = end.map { max($0.microseconds(since: self.now) / 1_000_000, 0) } ?? 0
        var context = form.context(state, errors)
        let back = self.address([Self.step(of: offer)], choice.fields)
        context.merge(
            [
                "heading": offer["name"]?.string ?? "", "address": held.address, "back": back,
                "facts": try await self.facts(of: held, offer, choice),
                "end": orHidden(end.map { self.word("bookHeldUntil", ["time": self.clock($0, choice.zone)]) }),
                "left": "\(left)", "problem": orHidden(problem.map { ["text": $0] }),
                "policies": orHidden(self.policiesContext(offer)),
                "isPending": offer["requiresApproval"]?.bool == true, "conflicts": self.conflicts(held, choice),
                "hasConflicts": !held.conflicts.isEmpty,
                "signIn": orHidden(self.visitor == nil && !self.isFramed ? self.signIn(back) : nil),
                "visitor": orHidden(self.isOwn ? self.visitor : nil),
            ]
        ) { $1 }
        return .page(
            Reply.Page(
                status: status, title: offer["name"]?.string ?? "", template: "book/details", context: context,
                scripts: ["details"], step: 3))
    }

    func signIn(_ target: String) -> String { "/console/sign-in?next=\(RequestText.encoded(target))" }

    private func clock(_ instant: Instant, _ zone: Zone) -> String {
        Formats.clock(zone.local(at: instant).secondOfDay / 60)
    }

    /// What is about to be booked: what, when, with whom, where, for how much.
    private func facts(
        of held: Held, _ offer: JSON, _ choice: Choice
    ) async throws(VisitProblem) -> [[String: Any]] {
        let json = held.json
        let seats = max(json["seats"]?.int ?? 1, 1)
        var price = offer["price"]
        var lines = [(self.word("bookWhen"), self.times(of: json, choice.zone).joined(separator: "\n"))]
        lines.append((self.word("inZone"), choice.zone.name))
        if let id = json["session"]?.string {
            let date = try await self.read(.date, id)
            price = date["price"]
            let hosts = (date["hosts"]?.array ?? []).compactMap { $0["name"]?.string }
            lines.insert((self.word("bookDate"), date["title"]?.string ?? ""), at: 0)
            lines.append((self.word("bookWith"), hosts.joined(separator: ", ")))
        } else if choice.provider != nil || (offer["providers"]?.array ?? []).count == 1 {
            let provider = try await self.list(.people).first { $0["id"] == json["provider"] }
            lines.append((self.word("bookWith"), provider?["name"]?.string ?? ""))
        }
        lines.append((self.word("bookWhere"), self.place(json["place"]).joined(separator: "\n")))
        if seats > 1 { lines.append((self.word("bookSeats"), "\(seats)")) }
        let times = max((json["occurrences"]?.array ?? []).count, 1)
        lines.append((self.word("bookPrice"), self.total(price, seats * times)))
        return lines.filter { !$0.1.isEmpty }.map { ["title": $0.0, "text": $0.1] }
    }

    /// The times that are held.
    private func times(of held: JSON, _ zone: Zone) -> [String] {
        let occurrences = held["occurrences"]?.array ?? []
        return (occurrences.isEmpty ? [held] : occurrences).map {
            self.period(Self.instant($0["start"]), Self.instant($0["end"]), in: zone)
        }
    }

    private func total(_ price: JSON?, _ count: Int) -> String {
        guard let money = Self.money(price), count > 1 else { return self.price(price) }
        let (amount, overflow) = money.amount.multipliedReportingOverflow(by: count)
        guard !overflow, let total = try? Money(amount: amount, currency: money.currency) else {
            return self.price(price)
        }
        return self.price(["amount": .number(JSONNumber(total.amount)), "currency": .string(total.currency)])
    }

    /// The weeks that could not be had, with what is free instead.
    private func conflicts(_ held: Held, _ choice: Choice) -> [[String: Any]] {
        held.conflicts.map { conflict in
            let others = (conflict["alternatives"]?.array ?? []).prefix(3).compactMap { Self.instant($0["start"]) }
                .map { self.formats.instant($0, in: choice.zone) }
            return [
                "time": Self.instant(conflict["start"]).map { self.formats.instant($0, in: choice.zone) } ?? "",
                "others": orHidden(
                    others.isEmpty ? nil : self.word("bookInstead", ["times": others.joined(separator: ", ")])),
            ]
        }
    }

    // MARK: Booking

    private mutating func book(_ offer: JSON, _ held: Held) async throws(VisitProblem) -> Reply {
        let form = try await self.detailsForm(offer, held)
        let choice = try await self.choice(of: offer)
        var input = form.input(self.form)
        input["eventType"] = .string(offer["id"]?.string ?? "")
        input["hold"] = .string(held.id)
        if (held.json["seats"]?.int ?? 1) > 1 { input["seats"] = held.json["seats"] }
        let isSeries = !(held.json["occurrences"]?.array ?? []).isEmpty
        if let location = choice.location { input["location"] = .string(location) }
        if isSeries {
            guard let first = self.queried("first").flatMap({ Instant(rfc3339: $0) }) else { throw .notFound }
            if let provider = choice.provider { input["provider"] = .string(provider) }
            for member in Self.weekly(first, choice).members { input[member.name] = member.value }
        } else {
            input["start"] = held.json["start"]
            if let session = held.json["session"], session.string != nil {
                input["session"] = session
            } else {
                input["provider"] = held.json["provider"]
            }
            if !self.isOwn { input["timeZone"] = .string(choice.zone.name) }
        }
        let client = self.holder.flatMap { $0.id == held.id ? $0.client : nil }
        let step: BookingStep =
            isSeries ? (self.isOwn ? .bookSeriesOwn : .bookSeries) : self.isOwn ? .bookOwn : .book
        let answer = try await self.send(step, "", .object(input), as: self.isOwn ? self.client : client)
        if answer.isFine { return self.booked(answer.json) }
        // What is wrong with what was typed is said beside it; what is wrong with the time leads back to the times.
        let errors = form.errors(answer, self.form)
        let isTyped = answer.status == 422 && errors.contains { form.asks($0.control) }
        guard isTyped else { return try await self.refused(answer, offer) }
        return try await self.detailsPage(
            of: offer, held, self.form, status: 422, problem: self.word("wrongFields"), errors: errors)
    }

    /// Goes on to the booking that was made.
    private mutating func booked(_ json: JSON) -> Reply {
        self.setCookies.append(self.cookies.setting(Self.holdCookie, to: ""))
        if let token = json["accessToken"]?.string {
            self.setCookies.append(self.cookies.setting(Self.guestCookie, to: token))
            return .redirect(self.address(["manage"], [("did", "booked")]))
        }
        // Of several the first.
        let id = json["id"]?.string ?? json["series"]?["occurrences"]?.array?.first?["booking"]?.string
        return .redirect(self.address(["manage"], [("booking", id), ("did", "booked")]))
    }
}
