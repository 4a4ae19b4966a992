import AlmanacStorage
import AlmanacTestKit

/// One of many who book, move, cancel, hold, confirm, wait and import, with an account and without, all of the same few
/// hours, one thing after the other.
struct MixedClient {
    let number: Int
    let world: MixedWorld
    let recorder: HistoryRecorder
    var random: SeededGenerator
    /// What it has booked: the id, and what it is.
    var bookings: [(id: String, offer: MixedWorld.Offer)] = []
    /// What is kept for it.
    var hold: Held?
    /// What it waits for.
    var waiting: Wait?

    init(_ number: Int, in world: MixedWorld, _ recorder: HistoryRecorder, seed: UInt64) {
        self.number = number
        self.world = world
        self.recorder = recorder
        self.random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
    }

    /// Does one thing.
    mutating func act() async {
        switch Int.random(in: 0..<100, using: &self.random) {
        case 0..<2 where self.number < 4: await self.block()
        case 2..<3 where self.number == 0: self.advance()
        case 3..<25 where !self.bookings.isEmpty: await self.cancel()
        case 25..<40 where !self.bookings.isEmpty: await self.move()
        case 40..<58: await self.wait()
        case 58..<62: await self.work()
        case 62..<80:
            if self.hold == nil { await self.keep() } else { await self.settleHold() }
        default: await self.take()
        }
    }

    /// Makes the offers that are due, as a host does.
    private func work() async {
        do {
            try await self.world.work()
        } catch {
            self.recorder.end(self.recorder.begin(), .failed("work: \(error)"))
        }
    }

    func span(_ offer: MixedWorld.Offer, at start: Instant) -> Range<Instant> {
        start..<start.adding(minutes: offer.minutes)
    }

    /// What a booking takes, as its answer says.
    private func time(_ booking: JSON, _ offer: MixedWorld.Offer, at start: Instant) -> ClaimHistory.Time {
        ClaimHistory.Time(resources: booking.hostIDs + booking.resourceNames, span: self.span(offer, at: start))
    }

    // MARK: Deeds

    private mutating func take() async {
        let offer = self.random.pick(self.world.offers)
        let start = self.random.pick(self.world.starts)
        let isGuest = self.random.chance(0.2)
        var wish: JSONObject = ["eventType": .string(offer.slug), "start": .string(start.rfc3339)]
        if let named = offer.named { wish["provider"] = .string(self.world.providers[named]) }
        if isGuest {
            for (name, value) in self.person { wish[name] = value }
        } else {
            wish["customer"] = .string(self.world.customers[self.number])
        }
        let (client, path) = isGuest ? (self.world.guest, "guest-bookings") : (self.world.admin, "bookings")
        let began = self.recorder.begin()
        let answer = await client.post("/api/v1/\(path)", .object(wish))
        guard answer.status == 201 else { return self.recorder.end(began, self.refusal(answer, offer, at: start)) }
        let booking = answer.json["booking"] ?? answer.json
        self.bookings.append((booking.id, offer))
        self.recorder.end(began, .took(booking.id, self.time(booking, offer, at: start)))
    }

    private mutating func cancel() async {
        let booking = self.bookings.remove(at: Int.random(in: self.bookings.indices, using: &self.random))
        let began = self.recorder.begin()
        let answer = await self.world.admin.post("/api/v1/bookings/\(booking.id)/cancel", [:])
        self.recorder.end(began, answer.status == 200 ? .freed(booking.id) : .failed("\(answer)"))
    }

    private mutating func move() async {
        let booking = self.random.pick(self.bookings.map { $0 })
        let start = self.random.pick(self.world.starts)
        let began = self.recorder.begin()
        let answer = await self.world.admin.post(
            "/api/v1/bookings/\(booking.id)/reschedule", ["start": .string(start.rfc3339)])
        let deed =
            answer.status == 200
            ? ClaimHistory.Deed.moved(booking.id, self.time(answer.json, booking.offer, at: start))
            : self.refusal(answer, booking.offer, at: start, moving: booking.id)
        self.recorder.end(began, deed)
    }

    /// The one refusal that others may be to blame for.
    func refusal(
        _ answer: APIAnswer, _ offer: MixedWorld.Offer, at start: Instant, moving: String? = nil
    ) -> ClaimHistory.Deed {
        answer.status == 409 && answer.code == "slot_taken"
            ? .refused(needing: offer.needs, span: self.span(offer, at: start), moving: moving) : .failed("\(answer)")
    }

    private mutating func block() async {
        let provider = Int.random(in: 0..<4, using: &self.random)
        let start = self.random.pick(self.world.starts)
        let name = "block-\(self.number)"
        let began = self.recorder.begin()
        do {
            try await self.world.block(name, provider, at: start)
            let time = ClaimHistory.Time(
                resources: [self.world.providers[provider]], span: start..<start.adding(minutes: 60))
            self.recorder.end(began, .blocked(name, time))
        } catch {
            self.recorder.end(began, .failed("import: \(error)"))
        }
    }

    /// Lets every hold lapse that there is.
    private func advance() {
        let began = self.recorder.begin()
        self.world.platform.clock.advance(minutes: Int64(MixedWorld.holdMinutes))
        self.recorder.end(began, .advanced(to: self.world.platform.clock.now))
    }
}
