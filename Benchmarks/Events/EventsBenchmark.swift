internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation
internal import Logging
internal import Synchronization

/// Events through the outbox and one consumer, beside the same rows written bare; and typed dispatch in process.
struct EventsBenchmark {
    let name: String
    let engine: any DatabaseEngine
    let roles: RoleSetup?
    let options: Options
    /// Writes the rows of one event bare, with so many clients; `nil` where another program does.
    let pgbench: ((_ clients: Int, _ events: Int, OrganizationID) throws -> Double)?

    /// How many keys events stay in order with.
    private static let clocks = 1_000
    /// How often a policy is asked.
    private static let questions = 2_000_000

    /// Measures on a SQLite file.
    static func onSQLite(_ options: Options) async throws -> Table {
        try await withTemporaryFolder { folder in
            let engine = try SQLiteEngine(
                SQLiteConfiguration(path: folder.file("events.sqlite"), purpose: "AlmanacBenchmarks"))
            return try await Self.closing(engine) {
                try await EventsBenchmark(
                    name: "SQLite, synchronous FULL", engine: engine, roles: nil, options: options, pgbench: nil
                ).run()
            }
        }
    }

    /// Measures on a PostgreSQL cluster of its own.
    static func onPostgres(_ options: Options) async throws -> Table {
        try await PostgresCluster.with { cluster in
            let engine = PostgresEngine(
                PostgresConfiguration(url: try PostgresURL(cluster.url)), logger: Self.logger)
            return try await Self.closing(engine) {
                try await EventsBenchmark(
                    name: "PostgreSQL, durable", engine: engine, roles: RoleSetup(), options: options,
                    pgbench: { clients, events, organization in
                        try BareEvents(organization).rate(on: cluster, clients: clients, events: events)
                    }
                ).run()
            }
        }
    }

    private static func closing(_ engine: any DatabaseEngine, _ body: () async throws -> Table) async throws -> Table {
        do {
            let table = try await body()
            await engine.close()
            return table
        } catch {
            await engine.close()
            throw error
        }
    }

    private static var logger: Logger { Logger(label: "almanac.bench") { _ in SwiftLogNoOpLogHandler() } }

    private func run() async throws -> Table {
        let assembler = Assembler([TickingPlugin.self])
        _ = try await Migrator(assembler.histories, roles: self.roles).migrate(self.engine, now: SystemClock().now)
        var settings = BusSettings()
        settings.workers = self.roles == nil ? 16 : 6
        settings.batch = 256
        let database = Database(
            engine: self.engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator())
        let runtime = try Runtime(
            assembling: assembler, enabled: [EnabledPlugin(TickingPlugin.id)], database: database, bus: settings,
            logger: Self.logger)
        let organization = try await runtime.organizations.establish(
            slug: "ticking", name: "Ticking", zone: .utc, locale: "en", currency: "EUR")
        let call = Call(organization: organization.id, principal: .system("benchmark"), origin: Origin(.test))

        let emitted = try await self.emit(runtime, call)
        let count = emitted.latencies.count
        let drained = try await self.drain(runtime)
        let rate = Double(drained.events) / (Double(count) / emitted.rate + drained.seconds)
        let bare = try await self.bare(database, organization.id, events: drained.events)

        var table = Table("Events on \(self.name), \(self.options.clients) clients")
        table.rows = [
            Row("events through outbox and consumer", "\(Format.count(rate))/s").beside(bare, of: rate),
            Row("emitting alone", emitted),
            Row("delivering a backlog alone", "\(Format.count(Double(drained.events) / drained.seconds))/s"),
            try await self.dispatch(runtime, call),
        ]
        table.notes = [
            "\(Format.count(Double(drained.events))) events with \(Self.clocks) keys; each leaves one row",
            "resident memory while the backlog was delivered: at most \(Format.mebibytes(drained.memory))",
            "the ceiling writes the rows of event, delivery, inbox and effect in two transactions an event",
        ]
        return table
    }

    private func emit(_ runtime: Runtime, _ call: Call) async throws -> LoadResult {
        let ticks = Ticks()
        return try await TaskLoad(tasks: self.options.clients, duration: .seconds(self.options.seconds)).run { _ in
            let tick = ticks.next()
            try await runtime.invoker.run(
                TickingPlugin.tick, of: TickingPlugin.id, Ticked(clock: "clock-\(tick % Self.clocks)", tick: tick),
                as: call)
            return true
        }
    }

    private func drain(_ runtime: Runtime) async throws -> (events: Int, seconds: Double, memory: Int) {
        var total = BusProgress()
        var memory = 0
        let start = ContinuousClock.now
        while true {
            let progress = try await runtime.bus.step()
            total += progress
            memory = max(memory, Self.residentBytes())
            guard progress.hasMore else { break }
        }
        guard total.dead + total.retried == 0 else { throw TestKitError("events could not be handled: \(total)") }
        return (total.handled, (ContinuousClock.now - start).inSeconds, memory)
    }

    /// How fast the same rows are written bare.
    private func bare(_ database: Database, _ organization: OrganizationID, events: Int) async throws -> Double {
        if let pgbench = self.pgbench { return try pgbench(self.options.clients, events, organization) }
        let bare = BareEvents(organization)
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

    /// How much memory this process has in use; 0 where `/proc` does not tell.
    private static func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4_096 : 0
    }
}
