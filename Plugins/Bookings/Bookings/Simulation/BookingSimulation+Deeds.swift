internal import AlmanacKernel
internal import AlmanacStorage

extension BookingSimulation {
    /// Lets something happen.
    mutating func act(_ deed: SimulatedDeed) async throws {
        switch deed {
        case .wish: try await self.wish()
        case .decide(let choice): try await self.decide(choice)
        case .judge(let booking): try await self.judge(booking)
        case .move(let booking, let customer, let eventType, let seats):
            try await self.move(booking, customer, eventType, seats)
        case .cancel(let booking, let customer):
            let answer = try await self.customers[customer].post("/api/v1/bookings/\(booking)/cancel")
            try self.note("cancel", answer)
        case .begin(let booking): try await self.begin(booking)
        case .finish(let booking):
            try self.note("complete", try await self.staff.post("/api/v1/bookings/\(booking)/complete"))
        }
    }

    /// Counts what came of a request; whatever is no refusal ends the simulation.
    private mutating func note(_ request: String, _ answer: SimulatedClient.Answer) throws {
        if answer.isDone {
            self.report.done[request, default: 0] += 1
        } else if [403, 404, 409, 422].contains(answer.status) {
            self.report.refusals["\(request) \(answer.code)", default: 0] += 1
        } else {
            throw SimulationFailure(request: request, answer)
        }
    }

    private func days(from: Int, to: Int) -> String {
        let today = self.organization.zone.localDate(at: self.clock.now)
        return "from=\(today.adding(days: from))&to=\(today.adding(days: to))"
    }

    // MARK: Customers

    private mutating func wish() async throws {
        self.report.wishes += 1
        guard let offer = self.random.pick(self.eventTypes) else { return }
        let customer = self.random.below(self.customers.count)
        let first = self.random.below(self.plan.horizonDays)
        let seats = offer.capacity > 1 ? self.random.number(in: 1...min(2, offer.capacity)) : 1
        guard let slot = try await self.look(for: offer.slug, customer, seats, first...(first + 6)) else {
            self.report.refusals["look nothing_offered", default: 0] += 1
            return
        }
        var choice = SimulatedChoice(
            customer: customer, eventType: offer.slug, start: slot, seats: seats)
        if self.random.happens(self.plan.holding) {
            let answer = try await self.customers[customer].post("/api/v1/holds", self.input(choice))
            try self.note("hold", answer)
            guard answer.isDone else { return }
            choice.hold = answer.json["id"]?.string
        }
        if self.random.happens(self.plan.decided) {
            choice.isAtOnce = true
            return try await self.decide(choice)
        }
        let minutes = self.random.number(in: 1...10)
        self.agenda.add(.decide(choice), at: self.clock.now.adding(minutes: Int64(minutes)))
    }

    /// What a customer is offered and likes, the earlier the better.
    private mutating func look(
        for eventType: String, _ customer: Int, _ seats: Int, _ days: ClosedRange<Int>
    ) async throws -> String? {
        let dates = self.days(from: days.lowerBound, to: days.upperBound)
        let answer = try await self.customers[customer].get(
            "/api/v1/slots?eventType=\(eventType)&\(dates)&seats=\(seats)")
        guard answer.isDone else { throw SimulationFailure(request: "look", answer) }
        return self.random.pickEarly(answer.json["items"]?.array ?? [])?["start"]?.string
    }

    private func input(_ choice: SimulatedChoice) -> JSON {
        var input: JSONObject = [
            "eventType": .string(choice.eventType), "start": .string(choice.start),
            "seats": .number(JSONNumber(choice.seats)),
        ]
        if let hold = choice.hold { input["hold"] = .string(hold) }
        return .object(input)
    }

    private mutating func decide(_ choice: SimulatedChoice) async throws {
        let answer = try await self.customers[choice.customer].post("/api/v1/bookings", self.input(choice))
        try self.note(choice.hold == nil ? "book" : "book held", answer)
        guard answer.isDone, let booking = answer.json["id"]?.string else {
            if choice.isAtOnce {
                self.report.violations.append(
                    "offers: \(choice.start) was offered and refused at once for \(answer.code)")
            }
            return
        }
        if answer.json["status"]?.string == "pending" { self.planApproval(of: booking) }
        self.follow(booking, choice)
    }

    /// Draws what becomes of a booking.
    private mutating func follow(_ booking: String, _ choice: SimulatedChoice) {
        guard let start = Instant(rfc3339: choice.start) else { return }
        let minutesLeft = Int(start.microseconds(since: self.clock.now) / 60_000_000)
        let (now, random) = (self.clock.now, self.random)
        func later() -> Instant { now.adding(minutes: Int64(random.below(max(1, minutesLeft)))) }
        if self.random.happens(self.plan.moving) {
            self.agenda.add(
                .move(booking, customer: choice.customer, eventType: choice.eventType, seats: choice.seats),
                at: later())
        }
        if self.random.happens(self.plan.cancelling) {
            self.agenda.add(.cancel(booking, customer: choice.customer), at: later())
        }
        self.agenda.add(.begin(booking), at: start)
    }

    private mutating func move(
        _ booking: String, _ customer: Int, _ eventType: String, _ seats: Int
    ) async throws {
        guard let slot = try await self.look(for: eventType, customer, seats, 1...10) else {
            self.report.refusals["move nothing_offered", default: 0] += 1
            return
        }
        let answer = try await self.customers[customer].post(
            "/api/v1/bookings/\(booking)/reschedule", ["start": .string(slot)])
        try self.note("move", answer)
        guard answer.isDone, let start = Instant(rfc3339: slot) else { return }
        if answer.json["status"]?.string == "pending" { self.planApproval(of: booking) }
        self.agenda.add(.begin(booking), at: start)
    }

    // MARK: Staff

    private mutating func planApproval(of booking: String) {
        guard !self.random.happens(self.plan.forgetting) else { return }
        self.agenda.add(.judge(booking), at: self.clock.now.adding(minutes: Int64(self.random.number(in: 10...900))))
    }

    private mutating func judge(_ booking: String) async throws {
        let action = self.random.happens(self.plan.declining) ? "reject" : "approve"
        try self.note(action, try await self.staff.post("/api/v1/bookings/\(booking)/\(action)"))
    }

    /// A booking begins, unless it was moved or called off.
    private mutating func begin(_ booking: String) async throws {
        let answer = try await self.staff.get("/api/v1/bookings/\(booking)")
        guard answer.isDone else { throw SimulationFailure(request: "read", answer) }
        guard answer.json["start"]?.string == self.clock.now.rfc3339,
            answer.json["allowed"]?.array?.contains("start") ?? false,
            let end = answer.json["end"]?.string.flatMap({ Instant(rfc3339: $0) })
        else { return }
        if self.random.happens(self.plan.missing) {
            try self.note("no-show", try await self.staff.post("/api/v1/bookings/\(booking)/no-show"))
            return
        }
        try self.note("start", try await self.staff.post("/api/v1/bookings/\(booking)/start"))
        self.agenda.add(.finish(booking), at: end)
    }
}
