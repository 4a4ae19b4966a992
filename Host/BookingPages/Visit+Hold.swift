internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// What begins the names of fields that hold what people say of themselves.
    static let detail = "d."

    /// What was typed about oneself, which goes along when another time has to be chosen.
    var kept: [(name: String, value: String)] {
        self.form.values.filter { $0.key.hasPrefix(Self.detail) }.sorted { $0.key < $1.key }
            .flatMap { name, values in values.filter { !$0.isEmpty }.map { (name: name, value: $0) } }
    }

    /// Keeps the time that was chosen, and goes on to the details.
    mutating func hold(_ offer: JSON) async throws(VisitProblem) -> Reply {
        let choice = try await self.choice(of: offer)
        await self.giveUp()
        let isSeries = choice.weeks > 1 && self.form.first("date") == nil
        let step: BookingStep =
            isSeries ? (self.isOwn ? .holdSeriesOwn : .holdSeries) : self.isOwn ? .holdOwn : .hold
        guard let input = try await self.held(offer, choice, isSeries: isSeries) else {
            return try await self.timesPage(
                of: offer, status: 422, problem: self.word("bookChooseTime"), kept: self.kept)
        }
        // One page offers many times: going back and choosing another is no repetition.
        let chosen = self.form.first("date") ?? self.form.first("time") ?? ""
        let answer = try await self.send(step, "", .object(input), about: chosen)
        guard answer.isFine else { return try await self.refused(answer, offer) }
        let hold = answer.json["hold"] ?? answer.json
        let id = hold["id"]?.string ?? ""
        if let token = answer.json["accessToken"]?.string {
            self.setCookies.append(self.cookies.setting(Self.holdCookie, to: "\(id)~\(token)"))
        }
        let conflicts = answer.json["conflicts"]?.array ?? []
        let fields =
            choice.fields + [
                ("hold", id), ("first", isSeries ? self.form.first("time") : nil),
            ]
        let address = self.address([Self.step(of: offer), "details"], fields)
        guard !self.kept.isEmpty || !conflicts.isEmpty else { return .redirect(address) }
        // What was typed before is in no address: the page is the answer to this very form.
        return try await self.detailsPage(
            of: offer, Held(json: hold, address: address, conflicts: conflicts), FormState(self.kept))
    }

    /// Whether whoever looks at the page books for themselves and not as a guest.
    var isOwn: Bool { self.visitor != nil && self.isCustomer }

    /// What is sent to keep a time; `nil` when none was chosen.
    private func held(
        _ offer: JSON, _ choice: Choice, isSeries: Bool
    ) async throws(VisitProblem) -> JSONObject? {
        var input: JSONObject = ["eventType": .string(offer["id"]?.string ?? "")]
        if choice.seats > 1 { input["seats"] = .number(JSONNumber(choice.seats)) }
        if let id = self.form.first("date"), !id.isEmpty {
            let date = try await self.read(.date, id)
            input["session"] = .string(id)
            input["start"] = date["start"]
            return input
        }
        guard let start = self.form.first("time").flatMap({ Instant(rfc3339: $0) }) else { return nil }
        if let provider = choice.provider { input["provider"] = .string(provider) }
        if let location = choice.location { input["location"] = .string(location) }
        if isSeries {
            for member in Self.weekly(start, choice).members { input[member.name] = member.value }
        } else {
            input["start"] = .string(start.rfc3339)
        }
        return input
    }

    /// A time in so many weeks in a row.
    static func weekly(_ start: Instant, _ choice: Choice) -> JSONObject {
        // Each week at the same time on the clock of whoever is booked.
        let local = choice.usualZone.local(at: start)
        return [
            "timeZone": .string(choice.usualZone.name),
            "start": .string("\(local.date)T\(Formats.clock(local.secondOfDay / 60))"), "mode": "free",
            "recurrence": ["frequency": "weekly", "count": .number(JSONNumber(choice.weeks))],
        ]
    }

    /// Gives up what this browser has held until now, so that nobody waits for it in vain.
    mutating func giveUp() async {
        guard let (id, client) = self.holder, self.flow?[.release] != nil else { return }
        _ = try? await self.send(.release, id, as: client)
    }

    /// What this browser holds, and as whom.
    var holder: (id: String, client: PageClient)? {
        guard let cookie = self.cookies.value(of: Self.holdCookie, in: self.request) else { return nil }
        let parts = cookie.split(separator: "~", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { return nil }
        return (parts[0], self.guest(with: parts[1]))
    }

    /// The page that says why a time could not be kept or booked.
    func refused(_ answer: PageClient.Answer, _ offer: JSON) async throws(VisitProblem) -> Reply {
        switch answer.status {
        case 429: return self.busyPage(answer.retryAfter)
        case 403 where self.visitor == nil:
            let target = self.address([Self.step(of: offer)])
            return self.message(
                403, self.word("bookAccountTitle"), self.word("bookAccount"),
                link: ("/console/sign-in?next=\(RequestText.encoded(target))", self.word("signIn")))
        case 400, 403, 404, 409, 412, 422:
            return try await self.timesPage(
                of: offer, status: answer.status == 404 ? 409 : answer.status,
                problem: self.explanation(of: answer), kept: self.kept)
        default: throw .failed(answer.requestID)
        }
    }
}

/// What is kept for somebody while they fill in the form.
struct Held {
    let json: JSON
    /// The address of the form.
    let address: String
    /// The weeks of a series that could not be had.
    var conflicts: [JSON] = []

    var id: String { self.json["id"]?.string ?? "" }
    var isActive: Bool { self.json["status"]?.string == "active" }
}
