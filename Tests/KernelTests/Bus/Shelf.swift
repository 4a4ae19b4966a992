import AlmanacStorage
import AlmanacTestKit
import Logging
import Synchronization

@testable import AlmanacKernel

/// Something on a shelf was moved; steps count per item.
struct Moved: DomainEvent {
    static let wire = WireName("shelf.moved", version: 1)
    let item: String
    let step: Int

    var orderingKey: String? { self.item.hasPrefix("free") ? nil : self.item }
}

/// A plugin that emits events and notes each that it is told of; what it should fail at stands in a table.
struct Shelf: Plugin {
    static let id: PluginID = "shelf"
    static let effects = Table(Self.id.namespace, "effect")
    static let faults = Table(Self.id.namespace, "fault")
    static let retries = RetryPolicy(attempts: 3, firstPause: .seconds(10), longestPause: .seconds(60))

    static let migration = Migration(1, "effects and faults") {
        CreateTable(Self.effects) {
            Column("id", .uuid)
            Column("number", .integer)
            Column("consumer", .text)
            Column("item", .text)
            Column("step", .integer)
            PrimaryKey("id")
        }
        CreateTable(Self.faults) {
            Column("item", .text)
            Column("step", .integer)
            Column("kind", .text)
            PrimaryKey("item", "step")
        }
    }

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Things that are moved", migrations: [Self.migration],
        events: [Moved.self])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        On<Moved>("record", retries: Self.retries) { event, tx in
            try Self.note(event.item, event.step, by: "record", in: tx)
        }
    }

    /// What a handler does: it fails as the table says, or leaves a row.
    static func note(_ item: String, _ step: Int, by consumer: String, in tx: Transaction) throws {
        guard let organization = tx.scope.organization else { throw NoCall() }
        let gate = ShelfGates.find(item)
        gate?.entered.send()
        gate?.mayGo.wait()
        let number = try tx.value(
            "SELECT count(*) FROM \(Self.effects) WHERE organization_id = \(organization)", as: Int.self)
        try tx.execute(
            """
            INSERT INTO \(Self.effects) (organization_id, id, number, consumer, item, step)
            VALUES (\(organization), \(tx.id(Shelf.self)), \(number ?? 0), \(consumer), \(item), \(step))
            """)
        let fault = try tx.value(
            """
            SELECT kind FROM \(Self.faults)
            WHERE organization_id = \(organization) AND item = \(item) AND step = \(step)
            """, as: String.self)
        // The row above is undone with the rest.
        switch fault {
        case "permanent": throw DeliveryFailure("the shelf is gone", isPermanent: true)
        case "talkative": throw TalkativeError()
        case "long": throw DeliveryFailure(String(repeating: "x", count: 5_000))
        case "refused": throw Refusal(.conflict, "shelf_full", "there is no room for anna@example.org")
        case "database":
            try tx.execute(
                """
                INSERT INTO \(Self.faults) (organization_id, item, step, kind)
                SELECT organization_id, item, step, kind FROM \(Self.faults) WHERE organization_id = \(organization)
                """)
        case .some: throw DeliveryFailure("the shelf is full")
        case nil: break
        }
    }

    static let move = Command<[Moved], Void>("shelf.move", .everyone) { moves, _, tx in
        for event in moves { try tx.emit(event) }
    }
}

/// Another plugin that is told by name, and goes on behind what it cannot handle.
struct Watcher: Plugin {
    static let id: PluginID = "watcher"
    static let effects = Table(Self.id.namespace, "effect")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Watches a shelf", optional: ["shelf"],
        migrations: [
            Migration(1, "effects") {
                CreateTable(Self.effects) {
                    Column("event_id", .uuid)
                    Column("item", .text)
                    Column("step", .integer)
                    Column("handled", .integer)
                    PrimaryKey("event_id")
                }
            }
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        OnAny("copy", of: Moved.wire, retries: Shelf.retries, afterDead: .continue) { event, tx in
            guard let item = event.payload["item"]?.string, let step = event.payload["step"]?.int else {
                throw DeliveryFailure("no item")
            }
            if item.hasPrefix("odd"), !step.isMultiple(of: 2) { throw DeliveryFailure("odd") }
            let handled = try tx.value(
                "SELECT count(*) FROM \(Self.effects) WHERE organization_id = \(event.organization)", as: Int.self)
            try tx.execute(
                """
                INSERT INTO \(Self.effects) (organization_id, event_id, item, step, handled)
                VALUES (\(event.organization), \(event.id), \(item), \(step), \(handled ?? 0))
                """)
        }
    }
}

/// An error whose words name a person.
struct TalkativeError: Error, CustomStringConvertible {
    var description: String { "anna@example.org has no shelf" }
}

/// Handlers of some items stop here until a test lets them go on.
enum ShelfGates {
    struct Gate: Sendable {
        let entered = TestSignal()
        let mayGo = TestSignal()
    }

    private static let gates = Mutex<[String: Gate]>([:])

    static func find(_ item: String) -> Gate? { self.gates.withLock { $0[item] } }

    static func make(_ item: String) -> Gate {
        let gate = Gate()
        self.gates.withLock { $0[item] = gate }
        return gate
    }
}

extension TestPlatform {
    func move(_ moves: [Moved], in place: TestPlace = .north) async throws {
        try await self.run(Shelf.move, of: Shelf.id, moves, as: nil, in: place)
    }

    /// Moves an item so many steps, each in a transaction of its own.
    func move(_ item: String, steps: ClosedRange<Int>, in place: TestPlace = .north) async throws {
        for step in steps { try await self.move([Moved(item: item, step: step)], in: place) }
    }

    /// Lets the handler `record` fail at a step.
    func fault(_ kind: String, at item: String, _ step: Int, in place: TestPlace = .north) async throws {
        let organization = try self.organization(place).id
        try await self.database(of: Shelf.id).write(in: .organization(organization)) { tx in
            try tx.execute(
                """
                INSERT INTO \(Shelf.faults) (organization_id, item, step, kind)
                VALUES (\(organization), \(item), \(step), \(kind))
                """)
        }
    }

    /// Lets the handler `record` do its work again.
    func mend(in place: TestPlace = .north) async throws {
        let organization = try self.organization(place).id
        try await self.database(of: Shelf.id).write(in: .organization(organization)) { tx in
            try tx.execute("DELETE FROM \(Shelf.faults) WHERE organization_id = \(organization)")
        }
    }

    /// What the handler `record` has done, in the order in which it did: `item step`.
    func effects(in place: TestPlace = .north) async throws -> [String] {
        let organization = try self.organization(place).id
        return try await self.database(of: Shelf.id).read(in: .organization(organization)) { tx in
            var effects: [String] = []
            try tx.forEach(
                """
                SELECT item, step FROM \(Shelf.effects) WHERE organization_id = \(organization) ORDER BY number, id
                """
            ) { row in
                let item: String = try row.next()
                let step: Int = try row.next()
                effects.append("\(item) \(step)")
            }
            return effects
        }
    }

    /// What the handler `copy` has done, in the order in which it did: `item step`.
    func copies(in place: TestPlace = .north) async throws -> [String] {
        let organization = try self.organization(place).id
        return try await self.database(of: Watcher.id).read(in: .organization(organization)) { tx in
            var effects: [String] = []
            try tx.forEach(
                """
                SELECT item, step FROM \(Watcher.effects) WHERE organization_id = \(organization)
                ORDER BY handled, event_id
                """
            ) { row in
                let item: String = try row.next()
                let step: Int = try row.next()
                effects.append("\(item) \(step)")
            }
            return effects
        }
    }

    /// The deliveries to a consumer in all organizations, in their order: state, failures, error.
    func deliveries(to consumer: String) async throws -> [String] {
        try await self.database.rows(
            """
            SELECT state, attempts, last_error FROM {kernel.delivery} WHERE consumer = '\(consumer)'
            ORDER BY number
            """
        ).map { $0.map { $0 ?? "-" }.joined(separator: " ") }
    }

    /// How many deliveries to a consumer are in each state: `state count`, sorted.
    func states(of consumer: String) async throws -> [String] {
        try await self.database.rows(
            """
            SELECT state, count(*) FROM {kernel.delivery} WHERE consumer = '\(consumer)' GROUP BY state ORDER BY state
            """
        ).map { $0.map { $0 ?? "-" }.joined(separator: " ") }
    }

    /// Another host over the same database: other plugins, another clock, other guards; the test's where none is named.
    func host(
        _ plugins: [any Plugin.Type] = [Shelf.self, Watcher.self], enabled: [PluginID]? = nil,
        settings: BusSettings? = nil, clock: (any WallClock)? = nil, engine: (any DatabaseEngine)? = nil,
        seed: UInt64 = 0x40057
    ) throws -> Runtime {
        let database = Database(
            engine: engine ?? self.database.engine, namespace: .kernel, clock: clock ?? self.clock,
            ids: UUIDv7Generator(random: SeededRandom(seed: seed)))
        let names = enabled ?? plugins.map { $0.declaration.id }
        return try Runtime(
            assembling: Assembler(plugins), enabled: names.map { EnabledPlugin($0) }, database: database,
            random: SeededRandom(seed: seed), bus: settings ?? TestPlatform.Setup().bus,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Takes deliveries of a consumer without handling them, as a host that is about to.
    func claim(_ consumer: String, limit: Int = 64, by runtime: Runtime? = nil) async throws -> DeliveryClaim {
        let runtime = runtime ?? self.runtime
        guard let consumer = runtime.platform.consumers.consumers[consumer] else {
            throw TestKitError("there is no consumer \(consumer)")
        }
        return try await runtime.bus.claim(consumer, limit: limit)
    }
}

extension MessageBus {
    /// Delivers until nothing is due any more.
    @discardableResult
    func settle() async throws -> BusProgress {
        var total = BusProgress()
        while true {
            let progress = try await self.step()
            total += progress
            guard progress.hasMore else { return total }
        }
    }
}
