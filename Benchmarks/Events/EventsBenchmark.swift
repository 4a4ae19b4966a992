internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit
internal import Synchronization

/// Events through the outbox and one consumer, beside the same rows written bare; and typed dispatch in process.
struct EventsBenchmark {
    let place: EventsPlace
    let options: Options

    /// How often a policy is asked.
    private static let questions = 2_000_000

    func run() async throws -> Table {
        try await self.place.withCluster { engine, roles, cluster in
            let runtime = try await TickingPlugin.runtime(engine, roles, BusSettings())
            let call = try await TickingPlugin.establish(runtime)
            let emitted = try await self.emit(runtime, call)
            let count = emitted.latencies.count
            let drained = try await Drain.run(runtime)
            let rate = Double(drained.events) / (Double(count) / emitted.rate + drained.seconds)
            let bare = try await self.bare(runtime.database, cluster, call.organization, events: drained.events)

            var table = Table("Events on \(self.place.name), \(self.options.clients) clients")
            table.rows = [
                Row("events through outbox and consumer", "\(Format.count(rate))/s").beside(bare, of: rate),
                Row("emitting alone", emitted),
                Row("delivering a backlog alone", "\(Format.count(Double(drained.events) / drained.seconds))/s"),
                try await self.dispatch(runtime, call),
            ]
            table.notes = [
                "\(Format.count(Double(drained.events))) events with \(TickingPlugin.clocks) keys; each leaves one row",
                "resident memory while the backlog was delivered: at most \(Format.mebibytes(drained.memory))",
                "the ceiling writes the rows of event, delivery, inbox and effect in two transactions an event",
            ]
            return table
        }
    }

    private func emit(_ runtime: Runtime, _ call: Call) async throws -> LoadResult {
        let ticks = Ticks()
        return try await TaskLoad(tasks: self.options.clients, duration: .seconds(self.options.seconds)).run { _ in
            let tick = ticks.next()
            let event = Ticked(clock: "clock-\(tick % TickingPlugin.clocks)", tick: tick)
            try await runtime.invoker.run(TickingPlugin.tick, of: TickingPlugin.id, event, as: call)
            return true
        }
    }

    /// How fast the same rows are written bare.
    private func bare(
        _ database: Database, _ cluster: PostgresCluster?, _ organization: OrganizationID, events: Int
    ) async throws -> Double {
        let bare = BareEvents(organization)
        if let cluster { return try bare.rate(on: cluster, clients: self.options.clients, events: events) }
        let load = try await TaskLoad(
            tasks: self.options.clients, duration: .seconds(self.options.seconds)
        ).run { _ in
            try await bare.write(to: database)
            return true
        }
        return load.rate
    }

    /// One typed question to one policy of a plugin, many times in one transaction.
    private func dispatch(_ runtime: Runtime, _ call: Call) async throws -> Row {
        let start = ContinuousClock.now
        let answers = try await runtime.invoker.run(
            TickingPlugin.ask, of: TickingPlugin.id, Self.questions, as: call)
        let rate = Double(Self.questions) / (ContinuousClock.now - start).inSeconds
        guard answers == Self.questions else { throw TestKitError("a policy was not asked") }
        return Row("typed dispatch in process", "\(Format.count(rate))/s").limited(
            "≥ 1,000,000/s", isMet: rate >= 1_000_000)
    }

    private final class Ticks: Sendable {
        private let count = Atomic<Int>(0)

        func next() -> Int { self.count.add(1, ordering: .relaxed).newValue }
    }
}
