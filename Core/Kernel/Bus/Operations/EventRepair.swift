package import AlmanacStorage

/// Handles events again, and deals with dead letters: what operators do when something has gone wrong.
///
/// Each piece is a command of its own and leaves an audit entry; large selections are worked through piece by piece.
package struct EventRepair: Sendable {
    /// What is to be handled again.
    package struct Replay: Sendable {
        /// Which events.
        package var filter: EventFilter
        /// By whom; by everybody who handles them when `nil`.
        package var consumer: String?
        /// Behind the event with which position the piece begins.
        package var after: Int64

        package init(_ filter: EventFilter, by consumer: String?, after: Int64 = 0) {
            self.filter = filter
            self.consumer = consumer
            self.after = after
        }
    }

    /// What handling again comes to.
    package struct Replayed: Sendable, Equatable {
        /// How many events were looked at.
        package var events = 0
        /// How many deliveries were over and are made again.
        package var again = 0
        /// How many deliveries are made that there were none of.
        package var new = 0
        /// How many are not over yet, and stay as they are.
        package var waiting = 0
        /// Behind which position the next piece begins; `nil` at the end.
        package var next: Int64?

        package init() {}
    }

    /// Which dead letters are meant.
    package struct Letters: Sendable {
        /// Of which events; of any when empty.
        package var events: [ID<AnyEvent>] = []
        /// To which consumer; to any when `nil`.
        package var consumer: String?

        package init() {}
    }

    /// How many events or letters one piece has.
    package static let piece = 200

    private let table: ConsumerTable
    private let signal: DeliverySignal

    package init(_ platform: Platform) {
        self.table = platform.consumers
        self.signal = platform.deliveries
    }

    // MARK: Replaying

    /// Tells what ``replay`` would do with its next piece.
    package var rehearsal: Query<Replay, Replayed> {
        let repair = self
        return Query("kernel.event.rehearse", .everyone) { request, call, tx in
            try repair.plan(request, call.organization, in: tx).report
        }
    }

    /// Makes a piece of the selected deliveries due, those that are over included.
    ///
    /// - Throws: ``Refusal`` `unknown_consumer` when this program has no such consumer.
    package var replay: Command<Replay, Replayed> {
        let repair = self
        return Command("kernel.event.replayed", .everyone) { request, call, tx in
            try tx.lock([EventPruner.lock])
            let plan = try repair.plan(request, call.organization, in: tx.reading)
            for step in plan.steps { try Self.make(step, call.organization, in: tx) }
            let numbers = plan.steps.map(\.number)
            let one = request.filter.ids.count == 1 ? request.filter.ids.first : nil
            try tx.audit(
                "kernel.event.replayed", object: one.map { AuditEntry.Object("event", $0) },
                detail: [
                    "consumer": request.consumer.map { .string($0) } ?? .null,
                    "again": .number(JSONNumber(plan.report.again)), "new": .number(JSONNumber(plan.report.new)),
                    "firstNumber": numbers.first.map { .number(JSONNumber($0)) } ?? .null,
                    "lastNumber": numbers.last.map { .number(JSONNumber($0)) } ?? .null,
                ])
            let signal = repair.signal
            tx.afterCommit { signal.wake() }
            return plan.report
        }
    }

    private struct Step {
        let event: ID<AnyEvent>
        let number: Int64
        let orderingKey: String?
        let consumer: String
        let isNew: Bool
    }

    private struct Plan {
        var steps: [Step] = []
        var report = Replayed()
    }

    private func plan(_ request: Replay, _ organization: OrganizationID, in tx: ReadTransaction) throws -> Plan {
        let consumers = try self.consumers(request.consumer)
        let events = try EventLookup.events(
            request.filter, organization, "e.position", Self.piece, request.after, in: tx)
        var plan = Plan()
        plan.report.events = events.count
        plan.report.next = events.count == Self.piece ? events.last?.position : nil
        for event in events {
            for consumer in consumers where self.table.reading(of: event.wire, for: consumer) != nil {
                let known = event.deliveries.first { $0.consumer.utf8.elementsEqual(consumer.id.utf8) }
                switch known?.state {
                case .done, .dropped: plan.report.again += 1
                case nil: plan.report.new += 1
                default:
                    plan.report.waiting += 1
                    continue
                }
                plan.steps.append(
                    Step(
                        event: event.id, number: event.number, orderingKey: event.orderingKey, consumer: consumer.id,
                        isNew: known == nil))
            }
        }
        return plan
    }

    private func consumers(_ name: String?) throws -> [Consumer] {
        guard let name else { return self.table.ids.compactMap { self.table.consumers[$0] } }
        if let consumer = self.table.consumers[name] { return [consumer] }
        let near = Spelling.nearest(to: name, among: self.table.ids)
        throw Refusal(
            .notFound, "unknown_consumer",
            "no enabled plugin has a consumer \(name.prefix(120))" + (near.map { ": did you mean \($0)?" } ?? ""))
    }

    private static func make(_ step: Step, _ organization: OrganizationID, in tx: Transaction) throws {
        guard !step.isNew else {
            return try tx.post(
                """
                INSERT INTO \(Outbox.deliveries) (organization_id, event_id, consumer, number, ordering_key, due_at)
                VALUES (\(organization), \(step.event), \(step.consumer), \(step.number), \(step.orderingKey),
                    \(Outbox.atOnce))
                """)
        }
        let row: SQL = """
            organization_id = \(organization) AND event_id = \(step.event) AND consumer = \(step.consumer)
            """
        // Somebody wants the effect once more.
        try tx.post("DELETE FROM \(DeliverySchema.inbox) WHERE \(row)")
        try tx.post(
            """
            UPDATE \(Outbox.deliveries) SET state = 'pending', due_at = \(Outbox.atOnce), attempts = 0,
                last_error = NULL, finished_at = NULL
            WHERE \(row) AND finished_at IS NOT NULL
            """)
    }

    // MARK: Dead letters

    /// Makes dead letters due, as if they had never been tried; a piece at a time.
    ///
    /// - Returns: How many; fewer than ``piece`` at the end.
    package var retry: Command<Letters, Int> {
        let repair = self
        return Command("kernel.event.retried", .everyone) { letters, call, tx in
            let signal = repair.signal
            tx.afterCommit { signal.wake() }
            return try repair.settle(letters, "kernel.event.retried", call, in: tx) { row, _ in
                try tx.execute(
                    """
                    UPDATE \(Outbox.deliveries) SET state = 'pending', due_at = \(Outbox.atOnce), attempts = 0
                    WHERE \(row) AND state = 'dead'
                    """) == 1
            }
        }
    }

    /// Gives dead letters up, so that those behind them go on; a piece at a time.
    ///
    /// - Returns: How many; fewer than ``piece`` at the end.
    package var drop: Command<Letters, Int> {
        let repair = self
        return Command("kernel.event.dropped", .everyone) { letters, call, tx in
            let signal = repair.signal
            tx.afterCommit { signal.wake() }
            return try repair.settle(letters, "kernel.event.dropped", call, in: tx) { row, lane in
                let dropped = try tx.execute(
                    """
                    UPDATE \(Outbox.deliveries) SET state = 'dropped', finished_at = \(tx.now)
                    WHERE \(row) AND state = 'dead'
                    """)
                guard dropped == 1 else { return false }
                try lane?.advance(in: tx)
                return true
            }
        }
    }

    private func settle(
        _ letters: Letters, _ action: String, _ call: Call, in tx: Transaction,
        _ body: (SQL, DeliveryLane?) throws -> Bool
    ) throws -> Int {
        var filter = EventFilter()
        filter.ids = letters.events
        filter.consumer = letters.consumer
        let found = try EventLookup.deadLetters(filter, call.organization, Self.piece, in: tx.reading)
        guard !found.isEmpty || letters.events.isEmpty else { throw Refusal.notFound("dead letter") }
        var settled = 0
        for letter in found {
            let row: SQL = """
                organization_id = \(call.organization) AND event_id = \(letter.event) AND consumer = \(letter.consumer)
                """
            let parks = self.table.consumers[letter.consumer]?.afterDead != .continue
            let lane = letter.orderingKey.map {
                DeliveryLane(call.organization, letter.consumer, $0, parks: parks)
            }
            guard try body(row, lane) else { continue }
            settled += 1
            try tx.audit(
                action, object: AuditEntry.Object("event", letter.event), detail: ["consumer": .string(letter.consumer)]
            )
        }
        return settled
    }
}
