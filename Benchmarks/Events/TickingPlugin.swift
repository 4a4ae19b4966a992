internal import AlmanacKernel
internal import AlmanacStorage

/// Something that happens all the time.
struct Ticked: DomainEvent {
    static let wire = WireName("ticking.ticked", version: 1)
    let clock: String
    let tick: Int

    var orderingKey: String? { self.clock }
}

/// What a policy is asked about.
struct TickQuestion: PolicySubject {
    static let name = "tick"
    var answers = 0
}

/// A plugin that emits events, with one consumer that leaves a row for each, and one policy.
struct TickingPlugin: Plugin {
    static let id: PluginID = "ticking"
    static let ticks = AlmanacStorage.Table(Self.id.namespace, "tick")
    /// How many keys events stay in order with.
    static let clocks = 1_000

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Ticks",
        migrations: [
            Migration(1, "ticks") {
                CreateTable(Self.ticks) {
                    Column("id", .uuid)
                    Column("clock", .text)
                    Column("tick", .integer)
                    PrimaryKey("id")
                }
            }
        ],
        events: [Ticked.self])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        On<Ticked>("note") { event, tx in
            guard let organization = tx.scope.organization else { return }
            try tx.post(
                """
                INSERT INTO \(Self.ticks) (organization_id, id, clock, tick)
                VALUES (\(organization), \(tx.id(TickingPlugin.self)), \(event.clock), \(event.tick))
                """)
        }
        Policy("count", for: TickQuestion.self) { question, _ in question.answers += 1 }
    }

    /// Emits many events in one transaction.
    static let tickOften = Command<[Ticked], Void>("ticking.tick-often", .everyone) { events, _, tx in
        for event in events { try tx.emit(event) }
    }

    /// Emits one event.
    static let tick = Command<Ticked, Void>("ticking.tick", .everyone) { event, _, tx in try tx.emit(event) }

    /// Asks the policies so many times, in one transaction.
    static let ask = Command<Int, Int>("ticking.ask", .everyone) { rounds, _, tx in
        var question = TickQuestion()
        for _ in 0..<rounds { try tx.decide(&question) }
        return question.answers
    }

    /// Makes the schema and a runtime with this plugin alone.
    static func runtime(
        _ engine: any DatabaseEngine, _ roles: RoleSetup?, _ settings: BusSettings
    ) async throws -> Runtime {
        let assembler = Assembler([TickingPlugin.self])
        _ = try await Migrator(assembler.histories, roles: roles).migrate(engine, now: SystemClock().now)
        let database = Database(engine: engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator())
        return try Runtime(
            assembling: assembler, enabled: [EnabledPlugin(Self.id)], database: database, bus: settings,
            logger: EventsPlace.logger)
    }

    /// Makes an organization, and somebody who acts in it.
    static func establish(_ runtime: Runtime) async throws -> Call {
        let organization = try await runtime.organizations.establish(
            slug: "ticking", name: "Ticking", zone: .utc, locale: "en", currency: "EUR")
        return Call(organization: organization.id, principal: .system("benchmark"), origin: Origin(.test))
    }
}
