import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Logging
import Synchronization

/// What the jobs of one test do, and what they have done; jobs find it by the number in their input.
final class Workbench: Sendable {
    typealias Work = @Sendable (Chore, JobContext) async throws -> Void

    private static let benches = Mutex<(next: Int, all: [Int: Workbench])>((0, [:]))

    let number: Int
    /// What was done, in order.
    let log = TestLog()
    private let work: Work

    init(_ work: @escaping Work = { _, _ in }) {
        self.work = work
        self.number = Self.benches.withLock { benches in
            benches.next += 1
            return benches.next
        }
        Self.benches.withLock { $0.all[self.number] = self }
    }

    static func find(_ number: Int) -> Workbench? { Self.benches.withLock { $0.all[number] } }

    func chore(_ name: String) -> Chore { Chore(bench: self.number, name: name) }

    func run(_ chore: Chore, _ context: JobContext) async throws {
        self.log.note(chore.name)
        try await self.work(chore, context)
    }
}

struct Chore: Codable, Sendable {
    let bench: Int
    let name: String
}

/// A plugin with jobs that do what the test's workbench says.
struct Chores: Plugin {
    static let id: PluginID = "chores"
    static let done = Table(Self.id.namespace, "done")
    static let chore = JobKey<Chore>("chore")
    static let urgent = JobKey<Chore>("urgent-chore")
    static let brief = JobKey<Chore>("brief-chore")
    static let letter = JobKey<Chore>("letter")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Chores",
        migrations: [
            Migration(1, "chores") {
                CreateTable(Self.done) {
                    Column("id", .uuid)
                    Column("name", .text)
                    PrimaryKey("id")
                }
            }
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Job(Self.chore, retry: RetryPolicy(attempts: 3, firstPause: .seconds(10), longestPause: .seconds(60))) {
            try await Workbench.find($0.bench)?.run($0, $1)
        }
        Job(Self.urgent, priority: .high) { try await Workbench.find($0.bench)?.run($0, $1) }
        Job(Self.letter, isOutbound: true) { try await Workbench.find($0.bench)?.run($0, $1) }
        Job(Self.brief, timeLimit: .milliseconds(20)) { try await Workbench.find($0.bench)?.run($0, $1) }
    }

    /// Writes what was done, so that doing it twice can be counted.
    static func write(_ name: String, _ organization: OrganizationID, _ tx: Transaction) throws {
        let id: ID<Chores> = tx.id()
        try tx.execute(
            "INSERT INTO \(Self.done) (organization_id, id, name) VALUES (\(organization), \(id), \(name))")
    }

    /// Enqueues chores of one kind in one transaction.
    static func enqueueing(
        _ key: JobKey<Chore> = Self.chore, at time: Instant? = nil, priority: JobPriority? = nil,
        unique: JobUniqueness? = nil
    ) -> Command<[Chore], [ID<StoredJob>]> {
        Command("chores.enqueue", .signedIn) { chores, _, tx in
            try chores.map { try tx.enqueue(key, $0, at: time, priority: priority, unique: unique) }
        }
    }
}

/// A neighbor that may neither enqueue nor run the chores of the other.
struct Errands: Plugin {
    static let id: PluginID = "errands"
    static let errand = JobKey<Chore>("chore")
    static let declaration = Declaration(id: Self.id, version: "1.0.0", summary: "Errands")

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        Job(Self.errand) { chore, context in
            try await Workbench.find(chore.bench)?.run(Chore(bench: chore.bench, name: "errand \(chore.name)"), context)
        }
    }
}

extension TestPlatform {
    /// Enqueues chores as an administrator.
    @discardableResult
    func enqueue(
        _ chores: [Chore], _ key: JobKey<Chore> = Chores.chore, at time: Instant? = nil,
        priority: JobPriority? = nil, unique: JobUniqueness? = nil, in place: TestPlace = .north
    ) async throws -> [ID<StoredJob>] {
        try await self.run(
            Chores.enqueueing(key, at: time, priority: priority, unique: unique), of: Chores.id, chores, in: place)
    }

    /// All jobs in the order in which they were made.
    func jobs() async throws -> [StoredJob] {
        try await self.runtime.database.read(in: .system(SystemScope("look"))) { tx in
            try tx.fetchAll(
                "SELECT \(StoredJob.columns) FROM \(Table(.kernel, "job")) ORDER BY id", as: StoredJob.self)
        }
    }

    /// What is in the table of the plugin, in all organizations.
    func written() async throws -> [String] {
        try await self.database.rows("SELECT name FROM {chores.done} ORDER BY name").compactMap { $0.first ?? nil }
    }

    /// The scheduler of another process over the same database, on its engine or one of its own.
    func otherHost(
        _ engine: (any DatabaseEngine)? = nil, clock: (any WallClock)? = nil, enabled: [PluginID] = [Chores.id],
        plugins: [any Plugin.Type] = [Chores.self, Errands.self], settings: Scheduler.Settings = Scheduler.Settings()
    ) throws -> Scheduler {
        let database = Database(
            engine: engine ?? self.database.engine, namespace: .kernel, clock: clock ?? self.clock,
            ids: Hosts.makeIDs())
        let runtime = try Runtime(
            assembling: Assembler(plugins), enabled: enabled.map { EnabledPlugin($0) },
            database: database, hasher: PasswordHasher(cost: .forTests, random: SeededRandom(seed: 1)),
            random: SeededRandom(seed: 2), logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
        return Scheduler(
            database, runtime.platform, settings: settings, random: SeededRandom(seed: 3), owner: "other",
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Lets a body have a second host: on PostgreSQL with connections of its own.
    func withOtherHost(
        clock: (any WallClock)? = nil, plugins: [any Plugin.Type] = [Chores.self],
        settings: Scheduler.Settings = Scheduler.Settings(), _ body: (Scheduler) async throws -> Void
    ) async throws {
        let enabled = plugins.map { $0.declaration.id }
        guard self.engine == .postgres else {
            return try await body(
                try self.otherHost(clock: clock, enabled: enabled, plugins: plugins, settings: settings))
        }
        let engine = try self.database.openAgain()
        do {
            try await body(
                try self.otherHost(engine, clock: clock, enabled: enabled, plugins: plugins, settings: settings))
            await engine.close()
        } catch {
            await engine.close()
            throw error
        }
    }
}

/// What must differ from host to host: two that made the same identifiers would have the same leases.
enum Hosts {
    private static let count = Mutex<UInt64>(0)

    static func makeIDs() -> UUIDv7Generator {
        let number = Self.count.withLock { count in
            count += 1
            return count
        }
        return UUIDv7Generator(random: SeededRandom(seed: 0xB0B_0000 + number))
    }
}

/// Waits until the task is cancelled, however long that takes.
func untilCancelled() async {
    let never = AsyncStream<Void> { _ in }
    for await _ in never {}
}

/// What is wrong with a plugin, as assembly finds it without a database.
func assemblyProblems(_ plugin: any Plugin.Type) -> [String] {
    let database = Database(
        engine: OfflineEngine(), namespace: .kernel, clock: ManualClock(TestClock.start),
        ids: UUIDv7Generator(random: SeededRandom(seed: 1)))
    do {
        _ = try Runtime(
            assembling: Assembler([plugin]), enabled: [EnabledPlugin(plugin.declaration.id)], database: database,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
        return []
    } catch {
        return error.all.map(\.message)
    }
}
