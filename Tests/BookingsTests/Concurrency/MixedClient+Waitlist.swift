import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

@testable import Bookings

/// Waiting for what is taken: joining, looking what is offered, accepting it, declining it, giving up.
extension MixedClient {
    /// What a client waits for.
    struct Wait {
        let entry: String
        let offer: MixedWorld.Offer
        let start: Instant
        let isGuest: Bool
        /// Who may answer: a guest shows the token of the entry.
        let owner: APIClient
        /// Where the last look began: what is new since then came about after that.
        var looked: Int
        /// How many offers have been seen.
        var seen = 0
        /// What is offered now, as far as the client knows.
        var offered: (hold: String, until: Instant)?
    }

    /// Waits for something, unless the client does already; else does what is due.
    mutating func wait() async {
        guard let wait = self.waiting else { return await self.join() }
        guard wait.offered != nil else {
            if self.random.chance(0.1) { return await self.withdraw() }
            return await self.look()
        }
        switch Int.random(in: 0..<10, using: &self.random) {
        case 0..<6: await self.accept()
        case 6..<9: await self.decline()
        default: await self.withdraw()
        }
    }

    private mutating func join() async {
        // What a hold of several resources takes is not told.
        let offer = self.random.pick(self.world.offers.filter { $0.needs.count == 1 })
        let start = self.random.pick(self.world.starts)
        let isGuest = self.random.chance(0.4)
        var wish = self.world.wish(offer, at: start)
        if isGuest {
            for (name, value) in self.person { wish[name] = value }
        } else {
            wish["customer"] = .string(self.world.customers[self.number])
        }
        var owner = isGuest ? self.world.guest : self.world.admin
        let began = self.recorder.begin()
        let answer = await owner.post("/api/v1/\(isGuest ? "guest-waitlist" : "waitlist")", .object(wish))
        guard answer.status == 201 else { return self.recorder.end(began, .failed("\(answer)")) }
        if let token = answer.json["accessToken"]?.string {
            owner.headers.append(("Authorization", "Booking-Token \(token)"))
        }
        self.waiting = Wait(
            entry: (answer.json["entry"] ?? answer.json).id, offer: offer, start: start, isGuest: isGuest, owner: owner,
            looked: began)
    }

    /// Notes what was offered since the last look; what is not there any more may have been kept meanwhile.
    mutating func look() async {
        guard var wait = self.waiting else { return }
        let began = self.recorder.begin()
        do {
            for row in try await self.world.offers(to: wait.entry).dropFirst(wait.seen) {
                wait.seen += 1
                let time = ClaimHistory.Time(resources: [row.provider], span: self.span(wait.offer, at: row.start))
                if row.isOpen {
                    wait.offered = (row.hold, row.until)
                    self.recorder.end(wait.looked, .took(row.hold, time, until: row.until))
                } else {
                    self.recorder.end(wait.looked, .glimpsed(time))
                }
                if row.start != wait.start { self.recorder.end(began, .failed("offered is \(row.start.rfc3339)")) }
            }
        } catch {
            self.recorder.end(began, .failed("look: \(error)"))
        }
        wait.looked = began
        self.waiting = wait
    }

    // MARK: Offers

    private mutating func accept() async {
        guard let wait = self.waiting, let offered = wait.offered else { return }
        let began = self.recorder.begin()
        let path = wait.isGuest ? "guest-waitlist" : "waitlist"
        let answer = await wait.owner.post("/api/v1/\(path)/\(wait.entry)/accept", [:])
        guard answer.status == 201 else { return self.settle(answer, began) }
        self.waiting = nil
        let booking = (answer.json["booking"] ?? answer.json).id
        self.bookings.append((booking, wait.offer))
        self.recorder.end(began, .confirmed(offered.hold, as: booking))
    }

    private mutating func decline() async {
        guard let wait = self.waiting, wait.offered != nil else { return }
        let began = self.recorder.begin()
        self.settle(await wait.owner.post("/api/v1/waitlist/\(wait.entry)/decline", [:]), began)
    }

    /// Notes that an offer is over: it was given back, or only the clock has ended it before.
    private mutating func settle(_ answer: APIAnswer, _ began: Int) {
        guard let offered = self.waiting?.offered else { return }
        self.waiting?.offered = nil
        let hasLapsed =
            answer.status == 409 && ["no_offer", "offer_over", "hold_expired"].contains(answer.code ?? "")
            && offered.until <= self.world.platform.clock.now
        self.recorder.end(began, answer.status == 200 || hasLapsed ? .freed(offered.hold) : .failed("\(answer)"))
    }

    /// Gives up, with whatever is offered.
    mutating func withdraw() async {
        guard let wait = self.waiting else { return }
        let began = self.recorder.begin()
        let answer = await wait.owner.send(
            "DELETE", "/api/v1/waitlist/\(wait.entry)", headers: [("If-Match", "*")])
        if let offered = wait.offered { self.recorder.end(began, .freed(offered.hold)) }
        if answer.status != 200 { self.recorder.end(began, .failed("\(answer)")) }
        self.waiting?.offered = nil
        // What was offered without being seen has been kept for a while.
        await self.look()
        self.waiting = nil
    }
}

extension MixedWorld {
    /// Something that was offered to an entry of the waitlist.
    struct OfferRow: Record {
        static let columns: Columns = ["hold_id", "provider_id", "start_at", "expires_at", "outcome"]

        let hold: String
        let provider: String
        let start: Instant
        let until: Instant
        let isOpen: Bool

        init(row: inout RowReader) throws {
            let hold: ID<Hold> = try row.next()
            let provider: ID<Provider> = try row.next()
            self.hold = hold.description
            self.provider = provider.description
            self.start = try row.next()
            self.until = try row.next()
            let outcome: WaitlistOutcome = try row.next()
            self.isOpen = outcome == .open
        }
    }

    /// What somebody waits for who wants one start, and nothing else.
    func wish(_ offer: Offer, at start: Instant) -> JSONObject {
        let (date, hour) = (String(start.rfc3339.prefix(10)), String(start.rfc3339.dropFirst(11).prefix(2)))
        var wish: JSONObject = [
            "eventType": .string(offer.slug), "from": .string(date), "to": .string(date),
            "startTime": .string("\(hour):00"), "endTime": .string("\(hour):30"), "timeZone": "UTC",
        ]
        if let named = offer.named { wish["providers"] = [.string(self.providers[named])] }
        return wish
    }

    /// Everything that was ever offered to an entry, in order.
    func offers(to entry: String) async throws -> [OfferRow] {
        guard let id = ID<WaitlistEntry>(entry) else { throw TestKitError("\(entry) is no entry") }
        let organization = self.organization
        return try await self.platform.database(of: .bookings).read(in: .organization(organization)) { tx in
            try tx.fetchAll(
                """
                SELECT \(OfferRow.columns) FROM \(WaitlistSchema.offer)
                WHERE organization_id = \(organization) AND entry_id = \(id) ORDER BY offered_at, id
                """)
        }
    }

    /// Tells consumers what has happened and makes offers, as two hosts may at once.
    func work() async throws {
        try await self.platform.deliverEvents()
        while try await self.platform.runtime.scheduler.step() > 0 {}
    }

    /// Those who wait although what they wait for can be booked, and was not offered to them before.
    func forgotten(_ waits: [MixedClient.Wait]) async throws -> [String] {
        var forgotten: [String] = []
        for wait in waits where wait.seen == 0 {
            let date = wait.start.rfc3339.prefix(10)
            var path = "/api/v1/slots?eventType=\(wait.offer.slug)&from=\(date)&to=\(date)"
            if let named = wait.offer.named { path += "&provider=\(self.providers[named])" }
            let starts = try await self.admin.get(path).expect(200)["items"]?.array?.compactMap { $0["start"]?.string }
            if starts?.contains(wait.start.rfc3339) ?? false { forgotten.append(wait.entry) }
        }
        return forgotten
    }
}
