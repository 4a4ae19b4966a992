import AlmanacStorage
import AlmanacTestKit

/// Keeping time, of one start or of a series, with an account and without; then booking it, or giving it back.
extension MixedClient {
    /// What is kept for a client.
    struct Held {
        let id: String
        let offer: MixedWorld.Offer
        /// When it begins; of a series all starts, in order.
        let starts: [Instant]
        let isSeries: Bool
        let isGuest: Bool
        let until: Instant
        /// Who may book it and give it up: a guest shows its token.
        let owner: APIClient

        /// What the history calls one of its times.
        func name(_ start: Instant) -> String { "\(self.id) \(start.rfc3339)" }
    }

    mutating func keep() async {
        // What a hold of several resources takes is not told.
        let offer = self.random.pick(self.world.offers.filter { $0.needs.count == 1 })
        let (isSeries, isGuest) = (self.random.chance(0.4), self.random.chance(0.4))
        let starts = self.world.starts.shuffled(using: &self.random).prefix(isSeries ? 2 : 1).sorted()
        var wish = self.wish(offer, starts, isSeries: isSeries, isGuest: isGuest)
        if isSeries, self.random.chance(0.5) { wish["mode"] = "free" }
        let path = "\(isGuest ? "guest-" : "")\(isSeries ? "booking-series/" : "")holds"
        var owner = isGuest ? self.world.guest : self.world.admin
        let began = self.recorder.begin()
        let answer = await owner.post("/api/v1/\(path)", .object(wish))
        self.noteConflicts(answer, offer, began)
        guard answer.status == 201 else {
            if answer.code != "series_conflict" { self.recorder.end(began, self.refusal(answer, offer, at: starts[0])) }
            return
        }
        if let token = answer.json["accessToken"]?.string {
            owner.headers.append(("Authorization", "Booking-Token \(token)"))
        }
        let hold = answer.json["hold"] ?? answer.json
        let times = (hold["occurrences"]?.array ?? [hold]).compactMap { time in
            time["start"]?.string.flatMap { Instant(rfc3339: $0) }.map { ($0, time["provider"]?.string ?? "") }
        }
        let until = hold["expiresAt"]?.string.flatMap { Instant(rfc3339: $0) } ?? .distantFuture
        let held = Held(
            id: hold.id, offer: offer, starts: times.map(\.0), isSeries: isSeries, isGuest: isGuest, until: until,
            owner: owner)
        self.hold = held
        for (start, provider) in times {
            let time = ClaimHistory.Time(resources: [provider], span: self.span(offer, at: start))
            self.recorder.end(began, .took(held.name(start), time, until: until))
        }
    }

    /// Of a series each time that was not to be had is a refusal of its own.
    private func noteConflicts(_ answer: APIAnswer, _ offer: MixedWorld.Offer, _ began: Int) {
        for conflict in answer.json["conflicts"]?.array ?? [] {
            guard conflict["code"]?.string == "slot_taken",
                let start = conflict["start"]?.string.flatMap({ Instant(rfc3339: $0) })
            else {
                self.recorder.end(began, .failed("\(answer)"))
                continue
            }
            self.recorder.end(began, .refused(needing: offer.needs, span: self.span(offer, at: start)))
        }
    }

    /// What is asked for, to be held or booked; who a guest is belongs to it when it is booked.
    private func wish(
        _ offer: MixedWorld.Offer, _ starts: [Instant], isSeries: Bool, isGuest: Bool
    ) -> JSONObject {
        var wish: JSONObject = ["eventType": .string(offer.slug)]
        if isSeries {
            wish["timeZone"] = "UTC"
            wish["starts"] = .array(starts.map { .string(String($0.rfc3339.prefix(19))) })
        } else {
            wish["start"] = starts.first.map { .string($0.rfc3339) }
        }
        if !isGuest { wish["customer"] = .string(self.world.customers[self.number]) }
        if let named = offer.named { wish["provider"] = .string(self.world.providers[named]) }
        return wish
    }

    // MARK: Settling

    mutating func settleHold() async {
        guard let held = self.hold else { return }
        self.hold = nil
        let began = self.recorder.begin()
        if self.random.chance(0.3) {
            let answer = await held.owner.delete("/api/v1/holds/\(held.id)")
            return self.note(answer, freeing: held, isExpected: answer.status == 200, began)
        }
        var wish = self.wish(held.offer, held.starts, isSeries: held.isSeries, isGuest: held.isGuest)
        wish["hold"] = .string(held.id)
        if held.isGuest { for (name, value) in self.person { wish[name] = value } }
        let path = (held.isGuest ? "guest-" : "") + (held.isSeries ? "booking-series" : "bookings")
        let answer = await held.owner.post("/api/v1/\(path)", .object(wish))
        guard answer.status == 201 else {
            // Only the clock ends it: nobody else knows of this hold.
            let hasLapsed = answer.status == 409 && answer.code == "hold_expired"
            return self.note(
                answer, freeing: held, isExpected: hasLapsed && held.until <= self.world.platform.clock.now, began)
        }
        let made = answer.json["bookings"]?.array ?? [answer.json["booking"] ?? answer.json]
        for start in held.starts {
            let found = made.first { $0["start"]?.string.flatMap { Instant(rfc3339: $0) } == start }
            guard let booking = found?.id else {
                self.recorder.end(began, .failed("\(start.rfc3339) was not booked: \(answer)"))
                continue
            }
            self.bookings.append((booking, held.offer))
            self.recorder.end(began, .confirmed(held.name(start), as: booking))
        }
    }

    /// Notes that what was kept is free; the token of a guest ends an hour after the hold.
    private func note(_ answer: APIAnswer, freeing held: Held, isExpected: Bool, _ began: Int) {
        let isForgotten =
            held.isGuest && answer.status == 401 && held.until.adding(minutes: 60) <= self.world.platform.clock.now
        guard isExpected || isForgotten else { return self.recorder.end(began, .failed("\(answer)")) }
        for start in held.starts { self.recorder.end(began, .freed(held.name(start))) }
    }

    /// Who a guest says that they are.
    var person: [(name: String, value: JSON)] {
        [
            ("givenName", "Greta"), ("familyName", .string("Gast \(self.number)")),
            ("email", .string("gast\(self.number)@example.org")),
        ]
    }
}
