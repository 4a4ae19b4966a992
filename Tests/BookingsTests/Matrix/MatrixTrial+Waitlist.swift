import AlmanacStorage
import AlmanacTestKit

/// Those who wait for what the booking has: it goes to the first of them when the booking leaves it, and from one to the
/// next.
extension MatrixTrial {
    /// How long an offer lasts, in minutes, where an organization says nothing else.
    private static let offerMinutes: Int64 = 120

    // MARK: Waiting

    /// Three wait for the start, which is taken; whoever came second is to come first.
    mutating func beginToWait() async throws {
        for _ in 0..<3 { try await self.join() }
        try await self.business.admin.send(
            "PUT", "/api/v1/waitlist/\(self.waiters[1].entry)/priority", json: ["priority": 5],
            headers: [("If-Match", "*")]
        ).expect(200)
        try await self.business.settle()
        for (waiter, place) in zip(self.waiters, [2, 1, 3]) {
            let entry = try await self.compare(.book, waiter, "waiting")
            self.same(.book, entry["position"]?.int, place, "place on the list")
        }
        try await self.sabotage(.waiting(.book), self.business)
        try await self.inspect(.book, "waiting: ")
    }

    /// Two wait for where the booking is now, when nothing is left of that.
    mutating func waitAgain() async throws {
        try await self.fill(self.place, .cancel)
        for _ in 0..<2 { try await self.join(isFifth: self.staysMoved) }
        try await self.business.settle()
        for waiter in self.waiters { try await self.compare(.cancel, waiter, "waiting") }
        try await self.sabotage(.waiting(.cancel), self.business)
        try await self.inspect(.cancel, "waiting: ")
    }

    /// Where the booking is in the end.
    private var place: String { self.staysMoved ? self.target : self.start }

    /// Has somebody wait for the third start of the date, or for the fifth, after all others.
    private mutating func join(isFifth: Bool = false) async throws {
        var waiter = try await self.business.makeWaiter(self.joined)
        self.joined += 1
        self.business.platform.clock.advance(minutes: 1)
        var wish = self.row.week.wish(isFifth: isFifth)
        wish["eventType"] = .string(MatrixBusiness.visit)
        wish["seats"] = .number(JSONNumber(self.row.group.wanted))
        if self.row.hosts == .one { wish["providers"] = [.string(self.business.hosts[0])] }
        if let customer = waiter.customer { wish["customer"] = .string(customer) }
        if let address = waiter.address {
            wish["givenName"] = "Wanda"
            wish["familyName"] = "Winter"
            wish["email"] = .string(address)
        }
        let path = waiter.address == nil ? "waitlist" : "guest-waitlist"
        let answer = try await self.send(path, wish, as: waiter.client).expect(201)
        waiter.entry = (answer["entry"] ?? answer).id
        waiter.client.headers += Self.headers(showing: answer)
        self.waiters.append(waiter)
    }

    /// What a guest sends from then on.
    private static func headers(showing answer: JSON) -> [(name: String, value: String)] {
        answer["accessToken"]?.string.map { [("Authorization", "Booking-Token \($0)")] } ?? []
    }

    // MARK: Offers

    /// What the booking has left goes to the first who waits, and on to the next by being declined and by lapsing.
    mutating func passOn() async throws {
        try await self.sabotage(.freed(.move), self.business)
        try await self.business.settle()
        let ranked = [self.waiters[1], self.waiters[0], self.waiters[2]]
        if self.row.leavesRoomByMoving {
            try await self.compareOffer(.move, to: ranked[0], before: [ranked[1], ranked[2]], at: self.start)
            try await self.act("decline", by: ranked[0]).expect(200)
            try await self.sabotage(.declined(.move), self.business)
            try await self.business.settle()
            try await self.compareOffer(.move, to: ranked[1], before: [ranked[0], ranked[2]], at: self.start)
            self.business.platform.clock.advance(minutes: Self.offerMinutes - 1)
            try await self.business.settle()
            try await self.compare(.move, ranked[1], "offered")
            self.business.platform.clock.advance(minutes: 1)
            try await self.business.settle()
            try await self.compareOffer(.move, to: ranked[2], before: [ranked[0], ranked[1]], at: self.start)
            try await self.withdraw(ranked[2])
            try await self.business.settle()
            try await self.compare(.move, ranked[2], "withdrawn")
        } else {
            try await self.compare(.move, ranked[2], "waiting")
            try await self.withdraw(ranked[2])
        }
        for waiter in ranked.prefix(2) {
            try await self.compare(.move, waiter, "waiting")
            try await self.withdraw(waiter)
        }
        self.waiters = []
        try await self.giveBack()
        try await self.business.settle()
        try await self.inspect(.move, "passed on: ")
    }

    /// What is free once the booking is cancelled is booked by the first who waits; when they cancel too, it goes on.
    mutating func takeOver() async throws {
        let (first, second) = (self.waiters[0], self.waiters[1])
        try await self.sabotage(.freed(.cancel), self.business)
        try await self.business.settle()
        try await self.compareOffer(.cancel, to: first, before: [second], at: self.place)
        let answer = try await self.act("accept", by: first).expect(201)
        let made = answer["booking"] ?? answer
        self.same(.cancel, made["start"]?.string, self.place, "start of what was accepted")
        self.same(.cancel, made["status"]?.string, self.row.waits ? "pending" : "confirmed", "status of it")
        self.same(.cancel, made.hostIDs.count, self.row.hosts == .all ? 2 : 1, "hosts of it")
        self.same(.cancel, made.resourceNames.count, self.row.resources.count, "resources of it")
        self.same(.cancel, made["price"]?["amount"]?.int, self.row.price, "price of it")
        let entry = try await self.compare(.cancel, first, "booked")
        self.same(.cancel, entry["booking"]?.string, made.id, "booking of the entry")
        try await self.inspect(.cancel, "accepted: ")
        if self.row.waits {
            let approved = try await self.act("approve", on: made.id, as: self.business.admin).expect(200)
            self.same(.cancel, approved["status"]?.string, "confirmed", "status after the approval of it")
        }
        try await self.business.settle()
        try await self.compare(.cancel, second, "waiting")
        var owner = first.client
        if first.address != nil { owner.headers = self.business.anonymous.headers + Self.headers(showing: answer) }
        try await self.act("cancel", on: made.id, as: owner).expect(200)
        try await self.business.settle()
        try await self.compareOffer(.cancel, to: second, before: [], at: self.place)
        try await self.withdraw(second)
        self.waiters = []
        try await self.giveBack()
        try await self.business.settle()
    }

    // MARK: Looking

    /// An entry as the staff see it, which must have come so far.
    @discardableResult
    private mutating func compare(_ step: Step, _ waiter: MatrixWaiter, _ status: String) async throws -> JSON {
        let entry = try await self.business.admin.get("/api/v1/waitlist/\(waiter.entry)").expect(200)
        self.same(step, entry["status"]?.string, status, "status of somebody who waits")
        return entry
    }

    /// The start must be offered to somebody, to nobody else, and to everybody no more.
    private mutating func compareOffer(
        _ step: Step, to waiter: MatrixWaiter, before others: [MatrixWaiter], at start: String
    ) async throws {
        try await self.sabotage(.offered(step), self.business)
        let offer = try await self.compare(step, waiter, "offered")["offer"]
        for other in others { try await self.compare(step, other, "waiting") }
        self.same(step, offer?["start"]?.string, start, "start that is offered to somebody who waits")
        let host = offer?["provider"]?.string ?? ""
        let hosts = self.row.hosts == .one ? [self.business.hosts[0]] : self.business.hosts
        self.check(step, hosts.contains(host), "offered with \(host), who is not wanted")
        let expiry = self.business.platform.clock.now.adding(minutes: Self.offerMinutes).rfc3339
        self.same(step, offer?["expiresAt"]?.string, expiry, "end of the offer")
        let isOffered = try await self.isOffered(start)
        self.check(step, !isOffered, "what is kept for somebody who waits is offered to everybody")
        var wish = self.wish(start)
        wish["seats"] = 1
        wish["customer"] = nil
        let refused = await self.send("bookings", wish, as: self.business.otherCustomer)
        self.same(step, refused.status, 409, "status of what is kept for somebody who waits")
        try await self.inspect(step, "offered: ")
    }

    // MARK: Asking

    /// Accepts or declines what is offered.
    private func act(_ action: String, by waiter: MatrixWaiter) async -> APIAnswer {
        let list = waiter.address != nil && action == "accept" ? "guest-waitlist" : "waitlist"
        return await self.send("\(list)/\(waiter.entry)/\(action)", [:], as: waiter.client)
    }

    private func withdraw(_ waiter: MatrixWaiter) async throws {
        try await waiter.client.send("DELETE", "/api/v1/waitlist/\(waiter.entry)", headers: [("If-Match", "*")])
            .expect(200)
    }
}
