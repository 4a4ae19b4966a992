import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Logging
import Synchronization

/// A plugin of somebody else with a live endpoint: tickers that count, to be followed by those who may.
struct Tickers: Plugin {
    static let id: PluginID = "tickers"
    static let table = Table(Self.id.namespace, "ticker")
    static let mayFollow = Permission("tickers:follow")
    static let root = "/api/v1/ext/tickers"

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Tickers",
        migrations: [
            Migration(1, "tickers") {
                CreateTable(Self.table) {
                    Column("id", .uuid)
                    Column("count", .integer)
                    PrimaryKey("id")
                }
                CreateIndex(on: Self.table, "id", acrossOrganizations: true)
            }
        ],
        permissions: [PermissionDeclaration(Self.mayFollow, "Follows tickers", roles: [.customer: .organization])])

    private let kernel: Kernel<Self>

    init(settings: NoSettings, kernel: Kernel<Self>) throws { self.kernel = kernel }

    enum Ticker {}
    struct ByID: APIInput { let id: ID<Ticker> }
    struct Count: Codable, Sendable { let count: Int }

    static let ticked = LiveEventKind<Count>("ticked", "The ticker has counted.")

    static let topic = LiveTopic("tickers.ticker") { subjects, tx in
        var counts: [LiveSubject: Int64] = [:]
        try tx.forEach(
            "SELECT organization_id, id, count FROM \(Self.table) WHERE id IN \(list: subjects.map { $0.id(of: Ticker.self) })"
        ) { row in
            let (organization, id): (OrganizationID, ID<Ticker>) = (try row.next(), try row.next())
            counts[LiveSubject("tickers.ticker", id, in: organization)] = try row.next()
        }
        return counts
    }

    var contributions: Contributions {
        Self.topic
        Endpoint.post("/tickers/{id}/ticks", self.tick, "Lets a ticker count.")
        Endpoint.live(
            "/tickers/{id}/live", Self.follow(.permission(Self.mayFollow), "tickers.follow"), "Follows a ticker.")
        Endpoint.live("/public/{id}/live", Self.follow(.everyone, "tickers.follow-publicly"), "Follows a ticker.")
    }

    private var tick: Command<ByID, Count> {
        Command("tickers.tick", .everyone) { [live = self.kernel.live] input, call, tx in
            try tx.post(
                """
                INSERT INTO \(Self.table) AS present (organization_id, id, count)
                VALUES (\(call.organization), \(input.id), 1)
                ON CONFLICT (organization_id, id) DO UPDATE SET count = present.count + 1
                """)
            tx.afterCommit { live.changed(LiveSubject("tickers.ticker", input.id, in: call.organization)) }
            return Count(count: try Self.count(input.id, call, tx.reading))
        }
    }

    private static func follow(_ access: Access, _ name: String) -> LiveQuery<ByID, Int64> {
        LiveQuery(name, access, events: [Self.ticked.described]) { input, call in
            LiveSubject("tickers.ticker", input.id, in: call.organization)
        } begin: { input, position, call, tx in
            if case .permission(let permission) = access { _ = try tx.filter(permission) }
            return try position ?? Int64(Self.count(input.id, call, tx))
        } next: { input, state, call, tx in
            if case .permission(let permission) = access { _ = try tx.filter(permission) }
            let count = try Self.count(input.id, call, tx)
            guard count > state else { return LiveBatch([]) }
            state += 1
            return LiveBatch([LiveEvent(Self.ticked, Count(count: Int(state)), at: state)], hasMore: count > state)
        }
    }

    private static func count(_ id: ID<Ticker>, _ call: Call, _ tx: ReadTransaction) throws -> Int {
        try tx.value("SELECT count FROM \(Self.table) WHERE organization_id = \(call.organization) AND id = \(id)") ?? 0
    }
}

/// A clock of the API's own, and the API that goes by it.
final class LiveHost: Sendable {
    let platform: TestPlatform
    let runtime: Runtime
    let api: API
    let log = EntryLog()
    private let time: TestTime

    final class TestTime: Sendable {
        let nanoseconds = Mutex<Int64>(0)
    }

    init(
        _ platform: TestPlatform, _ runtime: Runtime? = nil, limits: LiveSettings = LiveSettings()
    ) throws {
        let time = TestTime()
        var settings = APISettings(title: "Test", version: "0")
        settings.requestLogLevel = .info
        settings.time = MonotonicTime { time.nanoseconds.withLock { $0 } }
        settings.live = limits
        self.platform = platform
        self.runtime = runtime ?? platform.runtime
        self.time = time
        self.api = try API(self.runtime, settings: settings, logger: self.log.logger)
    }

    /// Lets time pass for everybody who listens, and lets them look at it.
    func pass(seconds: Double) {
        self.time.nanoseconds.withLock { $0 += Int64(seconds * 1_000_000_000) }
        self.platform.clock.advance(microseconds: Int64(seconds * 1_000_000))
        self.runtime.live.tick()
    }

    func client(as member: TestMember? = .customer) async throws -> APIClient {
        let client = APIClient(self.api, headers: [("Almanac-Organization", "north")])
        guard let member else { return client }
        return try await client.signedIn(member.email)
    }

    static let ticker = "\(Tickers.root)/tickers/00000000-0000-7000-8000-000000000001"
    static let live = "\(LiveHost.ticker)/live"
    static let publicly = "\(Tickers.root)/public/00000000-0000-7000-8000-000000000001/live"

    /// Lets the ticker count.
    func tick() async throws {
        try await APIClient(self.api, headers: [("Almanac-Organization", "north")]).post("\(Self.ticker)/ticks").expect(
            201)
    }
}

/// Runs `body` with a host that has tickers.
func withTickers(
    _ engine: TestEngine, limits: LiveSettings = LiveSettings(), _ body: (LiveHost) async throws -> Void
) async throws {
    try await withPlatform(engine, plugins: [Tickers.self]) { platform in
        try await body(try LiveHost(platform, limits: limits))
    }
}
