internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// What changing the booking now would cost, and until when.
    private func consequences(
        _ managed: Managed, of deed: String
    ) async throws(VisitProblem) -> [String: Any] {
        let all = try await self.read(.consequences, managed.id, as: managed.client)
        let json = all[deed] ?? .null
        let zone = self.zone(managed.json["timeZone"]?.string)
        let tiers = self.tiers(json, in: zone)
        let closes = Self.instant(json["closesAt"]).map {
            self.word("bookClosesAt", ["time": self.formats.instant($0, in: zone)])
        }
        let fee = Self.money(json["fee"]).flatMap { $0.amount > 0 ? self.formats.money($0) : nil }
        return [
            "isPossible": json["isPossible"]?.bool != false,
            "fee": fee.map { self.word("bookFeeNow", ["fee": $0]) } ?? self.word("bookNoFee"),
            "isCharged": fee != nil, "tiers": tiers.map { ["text": $0] }, "hasTiers": !tiers.isEmpty,
            "closes": orHidden(closes),
        ]
    }

    /// The page that says what cancelling costs, and what becomes of confirming it.
    mutating func cancel(_ managed: Managed) async throws(VisitProblem) -> Reply {
        let target = self.address(["manage"], managed.fields)
        var problem: String?
        var status = 200
        if self.isChange {
            var input = JSONObject()
            input["reason"] = self.form.first("reason").flatMap { $0.isEmpty ? nil : JSON.string(FormState.lines($0)) }
            let answer = try await self.send(
                .cancel, managed.id, .object(input), version: self.form.first("version"), as: managed.client)
            if answer.isFine {
                return .redirect(self.address(["manage"], managed.fields + [("did", "cancelled")]))
            }
            if answer.status == 429 { return self.busyPage(answer.retryAfter) }
            if answer.status >= 500 { throw .failed(answer.requestID) }
            problem = answer.status == 412 ? self.word("bookChanged") : self.explanation(of: answer)
            status = answer.status
        }
        var context = try await self.consequences(managed, of: "cancel")
        let zone = self.zone(managed.json["timeZone"]?.string)
        context.merge(
            [
                "address": self.address(["manage", "cancel"], managed.fields), "back": target,
                "heading": managed.json["eventType"]?["name"]?.string ?? "",
                "facts": self.facts(of: managed.json, zone), "version": managed.version ?? "",
                "reason": self.form.first("reason") ?? "", "problem": orHidden(problem.map { ["text": $0] }),
            ]
        ) { $1 }
        return .page(
            Reply.Page(status: status, title: self.word("bookCancel"), template: "book/cancel", context: context))
    }

    /// With whom a booking is at its new time: whoever was chosen, else whoever gives it now if they are free then, else
    /// the first who is.
    private func giver(
        of managed: Managed, _ offer: JSON, _ choice: Choice, at start: Instant
    ) async throws(VisitProblem) -> String? {
        if let chosen = choice.provider { return chosen }
        let date = choice.zone.local(at: start).date
        let slots = try await self.free(offer["id"]?.string ?? "", choice, from: date, to: date)
        let slot = slots.first { Self.instant($0["start"]) == start }
        let free = (slot?["providers"]?.array ?? []).compactMap(\.string)
        let present = managed.json["provider"]?["id"]?.string
        return free.isEmpty || free.contains { $0 == present } ? present : free.first
    }

    /// The times to which it may be moved, the page that says what that costs, and what becomes of confirming it.
    mutating func reschedule(_ managed: Managed) async throws(VisitProblem) -> Reply {
        let name = managed.json["eventType"]?["id"]?.string ?? ""
        let offer = try await self.offer(name)
        var problem: String?
        var status = 200
        let chosen = (self.isChange ? self.form.first("time") : self.queried("time"))
            .flatMap { Instant(rfc3339: $0) }
        if self.isChange, let chosen {
            let choice = try await self.choice(of: offer)
            var input: JSONObject = ["start": .string(chosen.rfc3339)]
            input["provider"] = try await self.giver(of: managed, offer, choice, at: chosen).map { JSON.string($0) }
            let answer = try await self.send(
                .reschedule, managed.id, .object(input), version: self.form.first("version"), as: managed.client)
            if answer.isFine { return .redirect(self.address(["manage"], managed.fields + [("did", "moved")])) }
            if answer.status == 429 { return self.busyPage(answer.retryAfter) }
            if answer.status >= 500 { throw .failed(answer.requestID) }
            problem = answer.status == 412 ? self.word("bookChanged") : self.explanation(of: answer)
            status = answer.status
        }
        var context = try await self.consequences(managed, of: "reschedule")
        let choice = try await self.choice(of: offer)
        let address = self.address(["manage", "reschedule"], managed.fields)
        let times = try await self.weekContext(offer, choice, ["manage", "reschedule"], managed.fields)
        context.merge(times) { $1 }
        context.merge(self.choiceContext(choice, ["manage", "reschedule"])) { $1 }
        context["hasWeeks"] = false
        context["hasSeats"] = false
        let isAsking = chosen != nil && problem == nil
        context.merge(
            [
                "address": address, "back": self.address(["manage"], managed.fields),
                "heading": managed.json["eventType"]?["name"]?.string ?? "", "version": managed.version ?? "",
                "present": self.period(
                    Self.instant(managed.json["start"]), Self.instant(managed.json["end"]), in: choice.zone),
                "chosenTime": orHidden(
                    isAsking
                        ? chosen.map { ["text": self.formats.instant($0, in: choice.zone), "value": $0.rfc3339] } : nil),
                "times": address, "problem": orHidden(problem.map { ["text": $0] }),
                "booking": orHidden(self.queried("booking")),
                "choosing": self.address(["manage", "reschedule"], managed.fields + choice.fields),
            ]
        ) { $1 }
        return .page(
            Reply.Page(
                status: status, title: self.word("bookReschedule"), template: "book/reschedule", context: context,
                scripts: ["zone"]))
    }
}
