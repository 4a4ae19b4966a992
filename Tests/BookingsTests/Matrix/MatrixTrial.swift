import AlmanacStorage
import AlmanacTestKit

@testable import Bookings

/// One row, gone through: a slot is offered, booked, moved and cancelled, and after each step everything is looked at.
struct MatrixTrial {
    /// What is done with a booking.
    enum Step: String, Sendable, Hashable, CaseIterable {
        case offer, book, move, cancel
    }

    /// When something is broken on purpose.
    enum Moment: Sendable, Hashable {
        /// A step is done, and nothing has been looked at.
        case done(Step)
        /// Somebody has begun to wait, in a step.
        case waiting(Step)
        /// Time was freed in a step, and nobody has been told.
        case freed(Step)
        /// Something was offered in a step.
        case offered(Step)
        /// An offer was declined in a step, and nobody has been told.
        case declined(Step)
    }

    /// Breaks something on purpose.
    typealias Sabotage = @Sendable (Moment, MatrixBusiness) async throws -> Void

    /// What was found wrong after each step; a step that was not reached is missing.
    private(set) var faults: [Step: [String]] = [:]

    let business: MatrixBusiness
    let row: MatrixRow
    let sabotage: Sabotage
    let starts: [String]
    private let nextStarts: [String]
    private var booking = ""
    /// The booking a week later, where there is a series.
    private var laterBooking: String?
    /// Whoever holds what is booked.
    private var holder: APIClient
    /// Whoever moves and cancels the booking.
    private var owner: APIClient
    /// The bookings besides, one seat each, which take what was left of a start.
    private var others: [String] = []
    /// Those who wait, in the order in which they began to.
    var waiters: [MatrixWaiter] = []
    /// How many have waited so far.
    var joined = 0

    /// Whether nothing was wrong with a step.
    func isGreen(_ step: Step) -> Bool { self.faults[step]?.isEmpty ?? false }

    private init(_ business: MatrixBusiness, _ sabotage: @escaping Sabotage) throws {
        self.business = business
        self.row = business.row
        self.sabotage = sabotage
        self.holder = business.booker
        self.owner = business.booker
        self.starts = try Self.hours(self.row.week.hours, from: self.row.week.firstStart)
        self.nextStarts = try Self.hours(6, from: self.row.week.nextFirstStart)
    }

    /// Hours that follow each other, whatever clocks show.
    private static func hours(_ count: Int, from first: String) throws -> [String] {
        guard let first = Instant(rfc3339: first) else { throw TestKitError("\(first) is no instant") }
        return (0..<count).map { first.adding(minutes: Int64($0) * 60).rfc3339 }
    }

    /// Goes through a row; a step that fails ends it.
    static func run(
        _ business: MatrixBusiness, sabotage: @escaping Sabotage = { _, _ in }
    ) async throws -> Self {
        var trial = try Self(business, sabotage)
        for step in Step.allCases {
            trial.faults[step] = []
            do {
                switch step {
                case .offer: try await trial.offer()
                case .book: try await trial.book()
                case .move: try await trial.move()
                case .cancel: try await trial.cancel()
                }
                try await trial.look(after: step)
            } catch {
                trial.faults[step, default: []].append("\(error)")
                break
            }
        }
        return trial
    }

    // MARK: Looking

    mutating func check(_ step: Step, _ isRight: Bool, _ fault: @autoclosure () -> String) {
        if !isRight { self.faults[step, default: []].append(fault()) }
    }

    mutating func same<Value: Equatable>(_ step: Step, _ found: Value, _ wanted: Value, _ what: String) {
        self.check(step, found == wanted, "\(what): \(found) instead of \(wanted)")
    }

    private mutating func look(after step: Step) async throws {
        try await self.sabotage(.done(step), self.business)
        try await self.inspect(step)
    }

    /// Looks at the tables in the midst of a step, or after it.
    mutating func inspect(_ step: Step, _ moment: String = "") async throws {
        for violation in try await self.business.violations() {
            self.faults[step, default: []].append("\(moment)\(violation)")
        }
    }

    /// The list, the explanation and the engine behind bookings must say the same of every start.
    private mutating func compareExplanations(_ step: Step) async throws {
        let offered = try await self.business.offered(on: self.row.week.dates.first)
        for start in self.starts + [self.offGrid] {
            let listed = offered.first { $0.start == start }?.providers ?? []
            for host in self.business.hosts {
                let isExplained = try await self.business.explained(start, with: host)
                self.same(step, isExplained, listed.contains(host), "explanation of \(start)")
            }
        }
    }

    /// Half an hour after a start: no appointment begins there.
    private var offGrid: String {
        Instant(rfc3339: self.starts[2])?.adding(minutes: 30).rfc3339 ?? ""
    }

    /// Where the booking is made.
    var start: String { self.starts[2] }
    /// Where it is moved to.
    var target: String { self.row.move == .nextDay ? self.nextStarts[2] : self.starts[4] }

    // MARK: Steps

    private mutating func offer() async throws {
        let offered = try await self.business.offered(on: self.row.week.dates.first)
        self.same(.offer, offered.map(\.start), self.starts, "starts")
        let next = try await self.business.offered(on: self.row.week.dates.second)
        self.same(.offer, next.map(\.start), self.nextStarts, "starts of the next date")
        for item in offered { self.same(.offer, Set(item.providers), Set(self.business.hosts), "who is free") }
        try await self.compareExplanations(.offer)
        // What is not offered cannot be booked.
        let refused = await self.request(self.wish(self.offGrid))
        self.same(.offer, refused.status, 422, "status of a start that is not offered")
    }

    private mutating func book() async throws {
        var wish = self.wish(self.start)
        if self.row.hosts == .one { wish["provider"] = .string(self.business.hosts[0]) }
        if self.isSeries {
            wish["start"] = .string(self.row.week.thirdLocalStart)
            wish["rule"] = "FREQ=WEEKLY;COUNT=2"
        }
        if self.row.hold == .held { wish["hold"] = .string(try await self.hold(wish)) }
        let answer = try await self.request(wish, asSeries: self.isSeries).expect(201)
        if let token = answer["accessToken"]?.string { self.owner = self.business.guest(showing: token) }
        let made = try await self.isSeries ? self.first(of: answer) : answer["booking"] ?? answer
        self.booking = made.id
        self.same(.book, made["start"]?.string, self.start, "start")
        self.same(.book, made["status"]?.string, self.row.waits ? "pending" : "confirmed", "status")
        self.same(.book, made.hostIDs.count, self.row.hosts == .all ? 2 : 1, "hosts")
        self.same(.book, made.resourceNames.count, self.row.resources.count, "resources")
        self.check(.book, !made.resourceNames.contains("Car 3"), "it takes the car that will not do")
        self.same(.book, made["price"]?["amount"]?.int, self.row.price, "price")
        try await self.settle(.book)
        try await self.sellOut()
        try await self.compareExplanations(.book)
    }

    private var isSeries: Bool { self.row.series == .weekly }

    /// The booking of this week, of a series of this week and the next one at the same time of the wall clock.
    private mutating func first(of made: JSON) async throws -> JSON {
        let bookings = made["bookings"]?.array ?? []
        self.same(
            .book, bookings.map { $0["start"]?.string }, [self.start, self.row.week.weekLater], "starts of the series")
        guard bookings.count == 2 else { throw TestKitError("a series of two has \(bookings.count)") }
        self.laterBooking = bookings[1].id
        let shown = try await self.owner.get("/api/v1/booking-series/\(made["series"]?.id ?? "")").expect(200)
        self.same(.book, shown["occurrences"]?.array?.count, 2, "bookings of the series")
        if self.row.waits {
            try await self.act("approve", on: bookings[1].id, as: self.business.admin).expect(200)
        }
        return bookings[0]
    }

    /// Holds what is to be booked, and makes sure that it is kept from others.
    ///
    /// - Returns: The hold.
    private mutating func hold(_ wish: JSONObject) async throws -> String {
        let isGuest = self.row.booker == .guest
        let single = isGuest ? "guest-holds" : "holds"
        let series = isGuest ? "guest-booking-series/holds" : "booking-series/holds"
        let answer = try await self.send(self.isSeries ? series : single, wish, as: self.business.booker).expect(201)
        if let token = answer["accessToken"]?.string { self.holder = self.business.guest(showing: token) }
        let held = answer["hold"] ?? answer
        self.same(.book, held["start"]?.string, self.start, "start of the hold")
        self.same(.book, held["occurrences"]?.array?.count, self.isSeries ? 2 : nil, "times of the hold")
        let shown = try await self.holder.get("/api/v1/holds/\(held.id)").expect(200)
        self.same(.book, shown["status"]?.string, "active", "status of the hold")
        for violation in try await self.business.violations() {
            self.faults[.book, default: []].append("held: \(violation)")
        }
        let offered = try await self.business.offered(on: self.row.week.dates.first).map(\.start)
        self.same(.book, offered.contains(self.start), self.row.isLeftBesides, "offer of what is held")
        return held.id
    }

    /// Books what is left of the start until nothing is; gives it back at once where nobody waits.
    private mutating func sellOut() async throws {
        try await self.fill(self.start, .book)
        if self.row.waitlist == .waiting { return try await self.beginToWait() }
        try await self.giveBack()
        try await self.compareNeighbors(.book)
    }

    /// Books what is left of a start until nothing is.
    mutating func fill(_ start: String, _ step: Step) async throws {
        var last: APIAnswer
        repeat {
            var wish = self.wish(start)
            wish["seats"] = 1
            wish["customer"] = nil
            let isOffered = try await self.isOffered(start)
            last = await self.send("bookings", wish, as: self.business.otherCustomer)
            self.same(step, last.status, isOffered ? 201 : 409, "status of what is \(isOffered ? "" : "not ")offered")
            if last.status == 201 { self.others.append(last.json.id) }
        } while last.status == 201 && self.others.count <= 2 * self.row.group.capacity
        self.same(step, self.others.count, self.row.roomBesides, "bookings besides")
        self.check(
            step, ["slot_taken", "limit_reached"].contains(last.code ?? ""), "refused for \(last.code ?? "nothing")")
        try await self.inspect(step, "sold out: ")
    }

    /// Cancels the bookings besides.
    mutating func giveBack() async throws {
        for other in self.others {
            try await self.act("cancel", on: other, as: self.business.otherCustomer).expect(200)
        }
        self.others = []
    }

    /// Whether one seat of a start of the date can be booked.
    func isOffered(_ start: String) async throws -> Bool {
        try await self.business.offered(on: self.row.week.dates.first).contains { $0.start == start }
    }

    /// The starts beside the booking, when nothing else is booked.
    private mutating func compareNeighbors(_ step: Step) async throws {
        let neighbors = try await self.business.offered(on: self.row.week.dates.first).map(\.start)
        for neighbor in [self.starts[1], self.starts[3]] {
            self.same(
                step, neighbors.contains(neighbor), self.row.offersNeighbors, "offer of the neighbor \(neighbor)")
        }
    }

    private mutating func move() async throws {
        let foreseen = try await self.owner.get("/api/v1/bookings/\(self.booking)/consequences").expect(200)
        self.same(.move, foreseen["reschedule"]?["fee"]?["amount"]?.int, self.row.moveFee, "foreseen fee")
        let unavailable = await self.act("reschedule", ["start": .string(self.offGrid)])
        self.same(.move, unavailable.status, 422, "status of a move to where nothing begins")
        let moved = try await self.act("reschedule", ["start": .string(self.target)]).expect(200)
        self.same(.move, moved["start"]?.string, self.target, "start")
        self.same(.move, moved["status"]?.string, self.row.waits ? "pending" : "confirmed", "status")
        self.same(.move, moved.hostIDs.count, self.row.hosts == .all ? 2 : 1, "hosts")
        self.same(.move, moved["price"]?["amount"]?.int, self.row.price, "price")
        try await self.compareCharge(.move, self.row.moveFee)
        try await self.settle(.move)
        if self.row.waitlist == .waiting { try await self.passOn() }
        let isFree = try await self.isOffered(self.start)
        self.check(.move, isFree, "the time it had is not offered")
        let again = await self.act("reschedule", ["start": .string(self.start)])
        let isOver = self.staysMoved
        self.same(.move, again.status, isOver ? 409 : 200, "status of the second move")
        if isOver { self.same(.move, again.code, "rescheduled_too_often", "refusal of the second move") }
        if !isOver {
            try await self.settle(.move)
            if self.row.waitlist == .waiting { try await self.compareNeighbors(.move) }
        }
        try await self.compareExplanations(.move)
    }

    /// Whether the booking may be moved once only, and so stays where it was moved to.
    var staysMoved: Bool { self.row.move == .once && self.row.booker != .staff }

    private mutating func cancel() async throws {
        let foreseen = try await self.owner.get("/api/v1/bookings/\(self.booking)/consequences").expect(200)
        self.same(.cancel, foreseen["cancel"]?["fee"]?["amount"]?.int, self.row.cancelFee, "foreseen fee")
        if self.row.waitlist == .waiting { try await self.waitAgain() }
        if let later = self.laterBooking { try await self.act("cancel", on: later).expect(200) }
        let cancelled = try await self.act("cancel").expect(200)
        self.same(.cancel, cancelled["status"]?.string, "cancelled", "status")
        try await self.compareCharge(.cancel, self.row.cancelFee)
        let again = await self.act("cancel")
        self.same(.cancel, again.code, "booking_cancelled", "refusal of the second time")
        if self.row.waitlist == .waiting { try await self.takeOver() }
        let offered = try await self.business.offered(on: self.row.week.dates.first)
        self.same(.cancel, offered.map(\.start), self.starts, "starts")
        for item in offered { self.same(.cancel, Set(item.providers), Set(self.business.hosts), "who is free") }
        try await self.compareExplanations(.cancel)
    }

    // MARK: Asking

    /// What is asked for at a start.
    func wish(_ start: String) -> JSONObject {
        var wish: JSONObject = [
            "eventType": .string(MatrixBusiness.visit), "start": .string(start),
            "seats": .number(JSONNumber(self.row.group.wanted)),
        ]
        if self.row.booker == .staff { wish["customer"] = .string(self.business.guestOfStaff) }
        return wish
    }

    /// Asks for the booking that is to be followed, or for its series.
    private func request(_ wish: JSONObject, asSeries isSeries: Bool = false) async -> APIAnswer {
        let bookings = isSeries ? "booking-series" : "bookings"
        guard self.row.booker == .guest else { return await self.send(bookings, wish, as: self.business.booker) }
        var wish = wish
        wish["givenName"] = "Greta"
        wish["familyName"] = "Gast"
        // How often bookings are made with one address is limited.
        wish["email"] = .string("gast@\(self.business.slug).example")
        return await self.send("guest-\(bookings)", wish, as: self.holder)
    }

    func send(_ path: String, _ input: JSONObject, as client: APIClient) async -> APIAnswer {
        await client.post("/api/v1/\(path)", .object(input))
    }

    func act(
        _ action: String, _ input: JSON = [:], on booking: String? = nil, as client: APIClient? = nil
    ) async -> APIAnswer {
        await (client ?? self.owner).post("/api/v1/bookings/\(booking ?? self.booking)/\(action)", input)
    }

    /// Has the booking approved, if it waits for that.
    private mutating func settle(_ step: Step) async throws {
        guard self.row.waits else { return }
        let approved = try await self.act("approve", as: self.business.admin).expect(200)
        self.same(step, approved["status"]?.string, "confirmed", "status after the approval")
    }

    /// Customers owe what was agreed; when staff change something, it is waived.
    private mutating func compareCharge(_ step: Step, _ owed: Int?) async throws {
        let changes = try await self.business.admin.get("/api/v1/bookings/\(self.booking)/changes").expect(200)
        let last = changes["items"]?.array?.last
        let isStaff = self.row.booker == .staff
        self.same(step, last?["fee"]?["amount"]?.int, isStaff ? nil : owed, "fee")
        self.same(step, last?["waivedFee"]?["amount"]?.int, isStaff ? owed : nil, "waived fee")
    }
}
