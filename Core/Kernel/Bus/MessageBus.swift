package import AlmanacStorage
package import Logging

/// Delivers stored events to their consumers.
///
/// Events and one delivery for each consumer are written in the transaction that made them true (`tx.emit`). Every host
/// takes deliveries that are due, a bounded number at a time, under a lease; each is handled in a transaction of its
/// own, together with a note that it has been. See the README beside this file for the order of events, failures and
/// what several hosts do.
///
/// The actor owns what has a lifecycle: which deliveries are in this process's hands.
package actor MessageBus {
    /// Announces deliveries that were emitted in this process.
    nonisolated let signal: DeliverySignal
    nonisolated let settings: BusSettings
    nonisolated let queue: DeliveryQueue
    /// Removes events that have had their time.
    package nonisolated let pruner: EventPruner
    /// Gives committed events their positions.
    package nonisolated let sequencer: EventSequencer
    private let table: ConsumerTable
    private let runner: DeliveryRunner
    private let meter: DeliveryMeter
    private let supervisor: Supervisor?
    /// The leases under which something is being handled, with how many deliveries each still covers.
    private var leases: [ID<DeliveryLease>: Int] = [:]

    /// Makes a bus; nothing happens before its first step.
    ///
    /// - Parameters:
    ///   - platform: Who handles what.
    ///   - database: Where events are kept.
    ///   - settings: How it works.
    ///   - random: Where the name of this process and the random part of pauses come from.
    ///   - supervisor: Who is told how deliveries went, and says whose may be begun.
    ///   - logger: Where failures are logged.
    package init(
        _ platform: Platform, database: Database, settings: BusSettings = BusSettings(), random: any RandomSource,
        supervisor: Supervisor? = nil, logger: Logger
    ) {
        let host = String(random.next() | 1 << 63, radix: 36)
        self.signal = platform.deliveries
        self.supervisor = supervisor
        self.settings = settings
        self.table = platform.consumers
        self.queue = DeliveryQueue(database, settings, host: host)
        self.sequencer = EventSequencer(database)
        self.pruner = EventPruner(database, days: settings.retentionDays)
        self.meter = DeliveryMeter(platform.consumers.ids, settings.metrics)
        self.runner = DeliveryRunner(
            queue: self.queue, platform: platform, inbox: settings.inbox, random: random,
            supervisor: supervisor, meter: self.meter, logger: logger)
    }

    /// Makes up for what happened while this program was not running; once, before the first step.
    package func prepare() async throws {
        try await self.queue.endForeignLeases()
        try await self.queue.unpark(Array(self.table.consumers.values))
        try await self.wakeUnreadable()
    }

    /// Takes deliveries that are due and handles them.
    ///
    /// May run several times at once, in one process and in many: what one takes no other does.
    ///
    /// - Returns: What was done; when anything was, there may be more.
    /// - Throws: What the database throws while deliveries are looked for. What handlers throw is recorded.
    package func step() async throws -> BusProgress {
        var progress = BusProgress()
        var lanes: [[ClaimedDelivery]] = []
        let due = try await self.queue.due(of: self.admitted)
        for consumer in due.compactMap({ self.table.consumers[$0] }) {
            let claim: DeliveryClaim
            do {
                claim = try await self.claim(consumer, limit: max(self.settings.batch / due.count, 1))
            } catch {
                _ = await self.runner.giveBack(lanes.flatMap { $0 })
                throw error
            }
            progress.claimed += claim.deliveries.count
            progress.blocked += claim.blocked
            progress.unreadable += claim.unreadable
            progress.dead += claim.dead
            if claim.dead > 0 { self.meter.count(BusProgress(dead: claim.dead), of: consumer.id) }
            lanes += claim.lanes
        }
        progress += await self.handle(lanes)
        return progress
    }

    /// The consumers whose plugins are not put aside; what is meant for the others waits.
    private var admitted: [String] {
        guard let supervisor = self.supervisor else { return self.table.ids }
        return self.table.ids.filter { id in self.table.consumers[id].map { supervisor.admits($0.owner) } ?? true }
    }

    /// Takes deliveries of one consumer.
    func claim(_ consumer: Consumer, limit: Int) async throws -> DeliveryClaim {
        let table = self.table
        return try await self.queue.claim(consumer, limit: limit) { table.reading(of: $0, for: consumer) }
    }

    /// Handles what was taken, lanes beside each other; gives back what it does not come to.
    func handle(_ lanes: [[ClaimedDelivery]]) async -> BusProgress {
        for delivery in lanes.joined() { self.leases[delivery.lease, default: 0] += 1 }
        let runner = self.runner
        var progress = BusProgress()
        var next = Self.interleaved(lanes).makeIterator()
        await withTaskGroup(of: (BusProgress, [ClaimedDelivery]).self) { group in
            for _ in 0..<self.settings.workers(onPostgres: self.queue.isPostgres) {
                guard let lane = next.next() else { break }
                group.addTask { (await runner.run(lane), lane) }
            }
            while let (done, lane) = await group.next() {
                progress += done
                self.letGo(lane)
                guard let lane = next.next() else { continue }
                group.addTask { (await runner.run(lane), lane) }
            }
        }
        return progress
    }

    /// One lane of each consumer in turn, so that a slow one does not hold up the others.
    private static func interleaved(_ lanes: [[ClaimedDelivery]]) -> [[ClaimedDelivery]] {
        var turns: [String: Int] = [:]
        let placed = lanes.enumerated().map { place, lane -> (turn: Int, place: Int) in
            let turn = turns[lane.first?.consumer.id ?? "", default: 0]
            turns[lane.first?.consumer.id ?? ""] = turn + 1
            return (turn, place)
        }
        return placed.sorted { ($0.turn, $0.place) < ($1.turn, $1.place) }.map { lanes[$0.place] }
    }

    private func letGo(_ lane: [ClaimedDelivery]) {
        for delivery in lane {
            guard let count = self.leases[delivery.lease] else { continue }
            self.leases[delivery.lease] = count > 1 ? count - 1 : nil
        }
    }

    /// Tells the others that this host is still at what it has taken; three times in each lease.
    package func heartbeat() async throws {
        _ = try await self.queue.renew(Array(self.leases.keys))
    }

    /// Makes due what no program could read before and this one can.
    @discardableResult
    package func wakeUnreadable() async throws -> Int {
        let table = self.table
        return try await self.queue.wake(Array(table.consumers.values)) { table.reading(of: $0, for: $1) != nil }
    }
}
