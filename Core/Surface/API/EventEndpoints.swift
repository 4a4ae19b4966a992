internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which an organization sees its events, and deals with those that could not be delivered.
///
/// Facts of events name things by their ids and say nothing of people. Why a delivery has failed may name the operator's
/// machines, and is told only where nobody else's are there: see ``Organizations/showsDeployment(to:in:)``.
enum EventEndpoints {
    static func all(_ runtime: Runtime) -> [Endpoint] {
        let (organizations, repair) = (runtime.organizations, EventRepair(runtime.platform))
        return [
            Endpoint.get("/events", self.list, "Lists the organization's events, the latest first."),
            Endpoint.get("/events/{id}", self.read(organizations), "Shows an event with its facts and deliveries."),
            Endpoint.get(
                "/dead-letters", self.dead(organizations),
                "Lists what could not be delivered, oldest first: at most 200."),
            Endpoint.get("/dead-letters/{id}", self.readDead(organizations), "Shows what could not be delivered."),
            Endpoint.post(
                "/dead-letters/{id}/retry", self.settle("kernel.dead-letters.retry", repair.retry), status: 200,
                "Lets something be delivered again, as often as at first."),
            Endpoint.post(
                "/dead-letters/{id}/drop", self.settle("kernel.dead-letters.drop", repair.drop), status: 200,
                "Gives something up that could not be delivered; what waits behind it goes on."),
        ].map { $0.inProduct() }
    }

    // MARK: Events

    /// How far deliveries are, as one word for all of them: the worst.
    private static let gravity: [DeliveryState] = [
        .dead, .unreadable, .blocked, .running, .pending, .dropped, .done,
    ]

    struct EventView: Codable, Sendable {
        let id: ID<AnyEvent>
        let name: String
        let version: Int
        let occurredAt: Instant
        let deliveries: Int
        let state: DeliveryState

        init(_ event: StoredEvent) {
            self.id = event.id
            self.name = event.wire.name
            self.version = event.wire.version
            self.occurredAt = event.occurredAt
            self.deliveries = event.deliveries.count
            let states = Set(event.deliveries.map(\.state))
            self.state = EventEndpoints.gravity.first { states.contains($0) } ?? .done
        }
    }

    struct DeliveryView: Codable, Sendable {
        let consumer: String
        let state: DeliveryState
        let failures: Int
        let lastError: String?
        let dueAt: Instant?
        let finishedAt: Instant?

        init(_ delivery: StoredDelivery, showsErrors: Bool) {
            self.consumer = delivery.consumer
            self.state = delivery.state
            self.failures = delivery.failures
            self.lastError = showsErrors ? delivery.lastError : nil
            self.dueAt = delivery.dueAt
            self.finishedAt = delivery.finishedAt
        }
    }

    struct EventDetails: Codable, Sendable {
        let id: ID<AnyEvent>
        let name: String
        let version: Int
        let occurredAt: Instant
        let orderingKey: String?
        let state: DeliveryState
        let facts: JSON
        let deliveries: [DeliveryView]

        init(_ event: StoredEvent, showsErrors: Bool) {
            let view = EventView(event)
            self.id = view.id
            self.name = view.name
            self.version = view.version
            self.occurredAt = view.occurredAt
            self.orderingKey = event.orderingKey
            self.state = view.state
            self.facts = event.payload ?? .null
            self.deliveries = event.deliveries.map { DeliveryView($0, showsErrors: showsErrors) }
        }
    }

    struct ListEvents: APIInput {
        let limit: Int
        let after: String?
        let name: String?
        let consumer: String?
        let state: DeliveryState?
        let from: Instant?

        static let constraints: [String: Constraint] = [
            "limit": .pageLength, "after": .pageStart,
            "name": .text(1...200, "Only events of this name, as `bookings.booking-created`."),
            "consumer": .text(1...200, "Only events that this consumer is told of, as `messaging.reminders`."),
            "state": .field("Only events with a delivery in this state."),
            "from": .field("Only events from this instant on."),
        ]
    }

    struct EventByID: APIInput {
        let id: ID<AnyEvent>
    }

    private static let list = Query<ListEvents, Page<EventView>>(
        "kernel.events.list", .permission(.readOperations)
    ) { input, call, tx in
        try Self.checkReach(.readOperations, in: tx)
        var filter = EventFilter()
        filter.name = input.name
        filter.consumer = input.consumer
        filter.state = input.state
        filter.since = input.from
        if let after = input.after,
            case .uuid(let high, let low)? = try Cursor(after, list: "events", keys: 1).keys.first
        {
            filter.before = ID(high: high, low: low)
        }
        let found = try EventLookup.list.handle(
            EventLookup.Request(filter, limit: input.limit + 1), call, tx.entering(.kernel))
        return Page(found.map { EventView($0) }, limit: input.limit) {
            Cursor(list: "events", keys: [$0.id.sqlValue])
        }
    }

    private static func read(_ organizations: Organizations) -> Query<EventByID, EventDetails> {
        Query("kernel.events.read", .permission(.readOperations)) { input, call, tx in
            try Self.checkReach(.readOperations, in: tx)
            let event = try EventLookup.show.handle(input.id, call, tx.entering(.kernel))
            return EventDetails(event, showsErrors: try organizations.showsDeployment(to: call, in: tx))
        }
    }

    /// Operations are the whole organization's: nobody sees or repairs a part of them.
    static func checkReach(_ permission: Permission, in tx: ReadTransaction) throws {
        guard try tx.filter(permission) == .organization else { throw Refusal.forbidden(permission) }
    }

    // MARK: Dead letters

    struct LetterView: Codable, Sendable {
        let id: String
        let event: ID<AnyEvent>
        let name: String
        let occurredAt: Instant
        let consumer: String
        let failures: Int
        let lastError: String?
        let waitingBehind: Int
        let allowed: [String]

        init(_ letter: DeadLetter, showsErrors: Bool, mayRepair: Bool) {
            self.id = "\(letter.event)~\(letter.consumer)"
            self.event = letter.event
            self.name = letter.wire.name
            self.occurredAt = letter.occurredAt
            self.consumer = letter.consumer
            self.failures = letter.failures
            self.lastError = showsErrors ? letter.lastError : nil
            self.waitingBehind = letter.behind
            self.allowed = mayRepair ? ["retry", "drop"] : []
        }
    }

    struct LetterList: Codable, Sendable {
        let items: [LetterView]
    }

    struct ListLetters: APIInput {
        let consumer: String?

        static let constraints: [String: Constraint] = [
            "consumer": .text(1...200, "Only what was meant for this consumer, as `messaging.reminders`.")
        ]
    }

    struct LetterByID: APIInput {
        let id: String

        static let constraints: [String: Constraint] = [
            "id": .text(1...300, "What could not be delivered, as the list names it.")
        ]

        /// The event and the consumer.
        func letters() throws -> EventRepair.Letters {
            let parts = self.id.split(separator: "~", maxSplits: 1).map(String.init)
            guard parts.count == 2, let event = ID<AnyEvent>(parts[0]) else { throw Refusal.notFound("dead letter") }
            var letters = EventRepair.Letters()
            letters.events = [event]
            letters.consumer = parts[1]
            return letters
        }
    }

    private static func dead(_ organizations: Organizations) -> Query<ListLetters, LetterList> {
        Query("kernel.dead-letters.list", .permission(.readOperations)) { input, call, tx in
            try Self.checkReach(.readOperations, in: tx)
            var filter = EventFilter()
            filter.consumer = input.consumer
            return LetterList(items: try Self.letters(filter, organizations, call, in: tx))
        }
    }

    private static func readDead(_ organizations: Organizations) -> Query<LetterByID, LetterView> {
        Query("kernel.dead-letters.read", .permission(.readOperations)) { input, call, tx in
            try Self.checkReach(.readOperations, in: tx)
            let letters = try input.letters()
            var filter = EventFilter()
            filter.ids = letters.events
            filter.consumer = letters.consumer
            guard let found = try Self.letters(filter, organizations, call, in: tx).first else {
                throw Refusal.notFound("dead letter")
            }
            return found
        }
    }

    private static func letters(
        _ filter: EventFilter, _ organizations: Organizations, _ call: Call, in tx: ReadTransaction
    ) throws -> [LetterView] {
        let showsErrors = try organizations.showsDeployment(to: call, in: tx)
        let mayRepair = call.principal.scope(of: .manageOperations) == .organization
        let request = EventLookup.Request(filter, limit: EventRepair.piece)
        return try EventLookup.dead.handle(request, call, tx.entering(.kernel)).map {
            LetterView($0, showsErrors: showsErrors, mayRepair: mayRepair)
        }
    }

    private static func settle(
        _ name: String, _ command: Command<EventRepair.Letters, Int>
    ) -> Command<LetterByID, Nothing> {
        Command(name, .permission(.manageOperations)) { input, call, tx in
            try Self.checkReach(.manageOperations, in: tx.reading)
            _ = try command.handle(try input.letters(), call, tx.entering(.kernel))
            return Nothing()
        }
    }
}

extension DeliveryState: APIValue {}
